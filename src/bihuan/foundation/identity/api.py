"""The public door of whose site this is: its name, how to reach it, its filings, its colour."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import ConflictError, Happening, change, create, standing
from bihuan.foundation.files import api as files
from bihuan.foundation.files.api import Attachment, FileError, Given
from bihuan.foundation.identity.models import Identity
from bihuan.lib.problems import InputError

__all__ = ["ACCENTS", "FIELDS", "Site", "emblem", "may_set", "put", "put_emblem", "site"]

ONLY = 1
# A picture's digest, as far as the key of a part is long.
KEY = 40
# An emblem is small; what is larger is a photograph.
EMBLEM_BYTES = 512 * 1024
# Each with a light and a dark look in `tokens.css`, readable by who sees little.
ACCENTS = ("red", "blue", "green", "ink")
# How long each text may be; what is not said is not shown.
FIELDS: Mapping[str, int] = {
    "name": 40,
    "hotline": 40,
    "address": 120,
    "hours": 120,
    "filing": 60,
    "police_filing": 60,
}


@dataclass(frozen=True)
class Site:
    """What every page shows of whose it is; '' where nobody has said."""

    name: str = ""
    hotline: str = ""
    address: str = ""
    hours: str = ""
    filing: str = ""
    police_filing: str = ""
    accent: str = ACCENTS[0]
    emblem: str = ""


@standing.kept
def site() -> Site:
    """Whose site this is now."""
    row = Identity.objects.first()
    return Site(**{name: getattr(row, name) for name in asdict(Site())}) if row else Site()


def may_set(actor: Actor) -> bool:
    """Whether somebody administers the whole house, whose name it is."""
    return officers.is_over_house(actor, officers.SYSTEM)


def _taken(given: Mapping[str, str]) -> dict[str, str]:
    problems: dict[str, tuple[str, dict[str, object]]] = {}
    taken: dict[str, str] = {}
    for name, most in FIELDS.items():
        if name not in given:
            continue
        taken[name] = " ".join(given[name].split())
        if len(taken[name]) > most:
            problems[name] = ("input.too_long", {"limit": most, "length": len(taken[name])})
    if "accent" in given:
        taken["accent"] = given["accent"]
        if given["accent"] not in ACCENTS:
            problems["accent"] = ("input.not_a_choice", {})
    if "name" in given and not taken["name"]:
        problems["name"] = ("input.required", {})
    if problems:
        raise InputError(problems)
    return taken


def put(given: Mapping[str, str], *, at: datetime, actor: Actor) -> Site:
    """Says whose site this is; what is not given stays. Nothing happens where all is as it was.
    Raises InputError, ConflictError where somebody else says it at the same instant, and DeniedError
    unless the actor administers the whole house."""
    officers.require_house(actor, officers.SYSTEM)
    taken = _taken(given)
    try:
        with transaction.atomic():
            _write(taken, at, actor)
    except IntegrityError as error:
        # Two said it first at one instant: there is one row, by its number.
        raise ConflictError(Identity.STREAM) from error
    return site()


def emblem(key: str) -> Attachment:
    """The picture of the site's emblem. Raises LookupError where it is not the one in use."""
    row = Identity.objects.first()
    if row is None or not key or row.emblem != key:
        raise LookupError(key)
    return files.find(row.stream, key)


@transaction.atomic
def put_emblem(given: Given | None, *, at: datetime, actor: Actor) -> Site:
    """Shows a picture (JPEG, PNG, WebP, made anew from its points) as the site's emblem, or with None
    the drawn one again. Raises FileError: no picture, too large, broken, or before the
    site has a name; DeniedError unless the actor administers the whole house."""
    officers.require_house(actor, officers.SYSTEM)
    row = Identity.objects.first()
    if row is None:
        raise FileError("identity.name_first")
    if given is None:
        if row.emblem:
            change(row, Happening("identity.set", at, actor.ref, set={"emblem": ""}))
        return site()
    if (given.size or 0) > EMBLEM_BYTES:
        raise FileError("identity.emblem_large", limit=EMBLEM_BYTES // 1024)
    (stored,) = files.take([given])
    if not stored.mime.startswith("image/"):
        raise FileError("identity.emblem_kind")
    (stored,) = files.unsigned([stored])
    key = stored.sha256[:KEY]
    if key != row.emblem:
        files.keep([stored])
        parts = {("file", key): stored.part()}
        said = {"emblem": key}
        change(row, Happening("identity.set", at, actor.ref, set=said, parts=parts))
    return site()


def _write(taken: Mapping[str, str], at: datetime, actor: Actor) -> None:
    row = Identity.objects.first()
    if row is None:
        create(Identity(number=ONLY, **taken), Happening("identity.set", at, actor.ref))
    elif any(getattr(row, name) != value for name, value in taken.items()):
        change(row, Happening("identity.set", at, actor.ref, set=taken))

"""The first run: an empty installation becomes one that works, in one step and all or nothing."""

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access import governing, officers, tries
from bihuan.foundation.access.api import AccessError, Actor
from bihuan.foundation.access.logins import TooSoonError
from bihuan.foundation.identity import api as identity
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import org_types
from bihuan.foundation.orgs.api import Org, OrgError, Person
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import called, coming
from bihuan.kernel.programmes.api import Release
from bihuan.lib import codes, keyring
from bihuan.lib.problems import InputError, ProblemError, RefusedError
from bihuan.spec.duties import doing

CODE = 12
NAME = 40
_SCOPE = "setup"
# The country's working days as announced, or weekends alone (elsewhere, or until somebody enters them).
CALENDARS = ("cn", "weekends")
# Beside which field a refusal of what is carried out stands.
_BESIDE = (
    ("orgs.username", "username"),
    ("orgs.password", "password"),
    ("orgs.type", "level"),
    ("orgs.person", "name"),
)


@dataclass(frozen=True)
class Asked:
    """What a first run asks. `programmes` by their ids; without `desk_name` the first administrator
    receives what comes, else somebody of that name and `desk_username`, who is invited."""

    organisation: str
    username: str
    name: str
    password: str
    programmes: tuple[str, ...]
    level: str = ""
    hotline: str = ""
    calendar: str = CALENDARS[0]
    desk_name: str = ""
    desk_username: str = ""


@dataclass(frozen=True)
class Begun:
    """What a first run left: programmes in force (what others need first), which of them somebody
    receives for, and the secret of the invitation for the desk ('' without one)."""

    org: Org
    admin: Person
    desk: Person
    programmes: tuple[str, ...]
    receiving: tuple[str, ...]
    invitation: str


def is_open() -> bool:
    """Whether nobody administers this installation, nobody ever did, and no organisation stands."""
    return not officers.ever() and not orgs.root_paths()


def code() -> str:
    """The code that opens the page of a first run. It is told to whoever starts the server, and opens
    nothing once there is an administrator."""
    key = keyring.every(settings.SECRETS, "blind")[0]
    return codes.derive(key.encode(), "first run", CODE)


def spoken_code() -> str:
    """The code as people read and type it: groups of four."""
    whole = code()
    return "-".join(whole[n : n + 4] for n in range(0, len(whole), 4))


def check_code(given: str, *, source: str, at: datetime) -> None:
    """Raises AccessError for another code, TooSoonError when too many wrong ones came from `source`,
    RefusedError when the first run is over."""
    if not is_open():
        raise RefusedError("upkeep.set_up_already")
    left = tries.claim(_SCOPE, source, at)
    if left:
        raise TooSoonError(left)
    if not hmac.compare_digest(codes.normalise(given).encode(), code().encode()):
        raise AccessError("upkeep.setup_code")
    tries.forgive(_SCOPE, source, at)


def with_needs(chosen: tuple[str, ...]) -> list[str]:
    """Programmes by their ids, with what they need before them. Raises ProgrammeError when something
    that they need was never installed."""
    found: dict[str, None] = {}

    def take(name: str, by: str) -> None:
        if name not in known:
            whose = called.programme(by, programmes.known())
            raise programmes.ProgrammeError("programmes.needs_missing", programme=whose, name=name)
        if name in found:
            return
        for need in known[name].manifest.needs:
            take(need, name)
        found[name] = None

    known = {one.id: one for one in programmes.known()}
    for name in chosen:
        take(name, name)
    return list(found)


Wrong = dict[str, tuple[str, dict[str, Any]]]


def _checked(asked: Asked) -> None:
    """Raises InputError for everything that is missing or cannot be, together."""
    wrong = {**_too_long(asked), **_not_there(asked)}
    for name in ("organisation", "name", "username", "password"):
        if not getattr(asked, name).strip():
            wrong[name] = ("input.required", {})
    if asked.calendar not in CALENDARS:
        wrong["calendar"] = ("input.not_a_choice", {})
    if bool(asked.desk_name.strip()) != bool(asked.desk_username.strip()):
        wrong["desk_username" if asked.desk_name.strip() else "desk_name"] = ("input.required", {})
    if wrong:
        raise InputError(wrong)


def _too_long(asked: Asked) -> Wrong:
    most = {
        "organisation": identity.FIELDS["name"],
        "hotline": identity.FIELDS["hotline"],
        "name": NAME,
        "desk_name": NAME,
    }
    return {
        name: ("input.too_long", {"limit": limit, "length": len(getattr(asked, name))})
        for name, limit in most.items()
        if len(getattr(asked, name)) > limit
    }


def _not_there(asked: Asked) -> Wrong:
    if not asked.programmes:
        return {"programmes": ("input.required", {})}
    if {one.id for one in programmes.known()}.issuperset(asked.programmes):
        return {}
    return {"programmes": ("input.not_a_choice", {})}


def begin(asked: Asked, *, at: datetime, actor: Actor) -> Begun:
    """Makes the first organisation and its administrator, sets the calendar, puts programmes in force
    with what they need, and gives the desk its roles. Raises InputError with all that is wrong by
    field and RefusedError when this was done before; then nothing happened."""
    _checked(asked)
    try:
        with transaction.atomic():
            return _begun(asked, at, actor)
    except OrgError as error:
        field = next((name for key, name in _BESIDE if error.key.startswith(key)), "organisation")
        raise InputError({field: (error.key, error.values)}) from error


def _begun(asked: Asked, at: datetime, actor: Actor) -> Begun:
    said = {"name": asked.organisation, "hotline": asked.hotline}
    # There is one such row: of two at once the second waits here, and finds the first one's administrator.
    identity.put(said, at=at, actor=actor)
    if not is_open():
        raise RefusedError("upkeep.set_up_already")
    today = timezone.localtime(at).date()
    org = governing.create_org(
        asked.organisation, parent=None, at=at, actor=actor, level=_level(asked)
    )
    admin = governing.create_person(
        asked.username.strip(),
        asked.name,
        place=org,
        at=at,
        actor=actor,
        password=asked.password,
        lasting=True,
    )
    role = officers.role_for(officers.SYSTEM)
    governing.give(admin.pk, role, org.pk, start=today, at=at, actor=actor)
    _set_calendar(asked.calendar, today, at, actor)
    names = with_needs(asked.programmes)
    newest: dict[str, Release] = {}
    for row in programmes.releases():
        newest.setdefault(row.programme, row)
    for name in names:
        coming.put_in_force(newest[name].pk, org, start=today, at=at, actor=actor)
    desk, invitation = _desk(asked, admin, org, at, actor)
    receiving = tuple(
        name for name in names if _receives(newest[name], desk, org, at=at, actor=actor)
    )
    return Begun(org, admin, desk, tuple(names), receiving, invitation)


def _level(asked: Asked) -> str:
    return org_types.meant(asked.level) if asked.level.strip() else ""


def _set_calendar(chosen: str, today: date, at: datetime, actor: Actor) -> None:
    if chosen == CALENDARS[0]:
        return
    for year in (today.year, today.year + 1):
        raw = {
            "year": year,
            "status": "announced",
            "source": "weekends only",
            "off": [],
            "work": [],
        }
        governing.set_year(orgs.calendars.default(), raw, at=at, actor=actor)


def _desk(asked: Asked, admin: Person, org: Org, at: datetime, actor: Actor) -> tuple[Person, str]:
    if not asked.desk_name.strip():
        return admin, ""
    try:
        made = governing.create_person(
            asked.desk_username.strip(), asked.desk_name, place=org, at=at, actor=actor
        )
    except ProblemError as error:
        raise InputError({"desk_username": (error.key, error.values)}) from error
    _, secret = governing.invite(made.pk, at=at, actor=actor)
    return made, secret


def _receives(release: Release, desk: Person, org: Org, *, at: datetime, actor: Actor) -> bool:
    """Gives somebody the roles of a programme that receive; whether there are any."""
    roles = doing(programmes.spec_of(release.pk), "receive")
    for role in roles:
        governing.give(
            desk.pk,
            role,
            org.pk,
            start=governing.day_of(at),
            at=at,
            actor=actor,
            programme=release.programme,
        )
    return bool(roles)

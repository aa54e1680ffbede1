"""Matters entered elsewhere without a network and handed in later: each for itself and once, whatever
the others are. Seed 000 part 1 (流动服务), ADR 42."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import ConflictError, Happening, create, vault
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.afield.models import PhoneEntry
from bihuan.kernel.halls import api as halls
from bihuan.kernel.halls.api import HallError, Visit
from bihuan.kernel.matters.acting import open_and_act
from bihuan.kernel.matters.asked import Opening
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes.api import ProgrammeError
from bihuan.kernel.services.api import Service, ServiceError, standing_service
from bihuan.lib import canonical, codes, faults, keyring
from bihuan.lib.catalogue import DEFAULT
from bihuan.lib.problems import InputError, NotAllowedError, ProblemError, RefusedError
from bihuan.spec.schema import Programme

CHANNEL = "mobile"
# What a clerk does at once with what they open: the step by its name, and the part of the window it is of.
AT_WINDOW: dict[str, tuple[halls.Step, str]] = {
    step: (step, part) for part in ("apply", "consult") for step in halls.STEPS[part]
}
_KEY = re.compile(r"[!-~]{1,100}")


@dataclass(frozen=True)
class Entered:
    """One matter as a phone kept it. `key` was made there and stands for it for good; `taken` is
    the phone's own time; `visit` is the id of the outing, `owner` whoever typed it, where the phone
    says so."""

    key: str
    visit: int
    taken: datetime
    step: str
    service: int | None = None
    contact: vault.Person = field(default_factory=vault.Person)
    remark: str = ""
    owner: int | None = None


@dataclass(frozen=True)
class Fate:
    """What became of one: taken in under a number, refused for a reason that only people can remove,
    or to be sent again later as it is."""

    key: str
    outcome: Literal["taken", "refused", "later"]
    number: str = ""
    problem: ProblemError | None = None


def outing(pk: int) -> Visit:
    """The outing an entry names. Raises ProblemError."""
    try:
        return halls.visit(pk)
    except LookupError:
        raise ProblemError("matters.entry_no_outing") from None


def checked_key(key: str) -> str:
    """The key of an entry, if it can be one. Raises ProblemError."""
    if _KEY.fullmatch(key) is None:
        raise ProblemError("matters.unreadable")
    return key


def _programme(org: Org, at: datetime) -> tuple[Programme, dict[str, str]]:
    on = timezone.localtime(at).date()
    for one in programmes.known():
        try:
            programme = programmes.held(one.id, org.path, on).programme
        except ProgrammeError:
            continue
        if parts := halls.parts(programme):
            return programme, parts
    raise ProblemError("matters.unknown_kind", kind=CHANNEL)


def _told(taken: datetime, at: datetime) -> datetime:
    """What the phone's clock said, where there is such an instant in every time zone."""
    try:
        timezone.localtime(taken)
        return taken.astimezone(UTC)
    except (OverflowError, ValueError):
        return at


def _when(taken: datetime, day: date, at: datetime) -> datetime:
    """When it was taken. A phone's clock that puts it before the day of the visit, or into the
    future, is wrong: then it is taken now."""
    if taken > at or timezone.localtime(taken).date() < day:
        return at
    return taken


def _text(one: Entered, programme: Programme, kind: str) -> str:
    if one.remark.strip():
        return one.remark
    if one.service is None:
        return programme.strings[DEFAULT][f"kinds.{kind}"]
    try:
        return standing_service(one.service).name
    except Service.DoesNotExist:
        raise InputError({"service": ("input.unknown_service", {})}) from None


def take(one: Entered, visit: Visit, home: Org, *, actor: Actor, at: datetime, key: str) -> Matter:
    """Opens and acts on what was entered at an outing, at an organisation. Raises what open_and_act
    raises; ProblemError where nothing of the kind is taken there."""
    taken = _told(one.taken, at)
    when = _when(taken, visit.day, at)
    programme, parts = _programme(home, when)
    step, part = AT_WINDOW.get(one.step, (None, ""))
    if step is None or part not in parts:
        raise ProblemError("matters.unknown_action", action=one.step[:40])
    kind = parts[part]
    action = halls.action(programme, kind, step)
    fields = {"channel": CHANNEL}
    if "service" in programme.kinds[kind].fields:
        fields["service"] = str(one.service or "")
    opening = Opening(
        programme=programme.id,
        kind=kind,
        home=home,
        body=_text(one, programme, kind),
        fields=fields,
        contact=one.contact,
        own=("channel",) if one.remark.strip() else ("channel", "body"),
        origin={"visit": visit.pk, "taken": canonical.instant(taken)},
    )
    return open_and_act(opening, action, {}, actor=actor, at=when, key=key).matter


def _gists(one: Entered) -> list[str]:
    who = one.contact
    said = [one.visit, one.step, one.service, who.name, who.phone, who.email, one.remark]
    return codes.blinds(keyring.every(settings.SECRETS, "blind"), ascii(said))


def standing_entry(person_id: int, key: str) -> PhoneEntry | None:
    """What the house knows of an entry of somebody's phone."""
    rows = PhoneEntry.objects.select_related("matter")
    return rows.filter(person_id=person_id, key=key).first()


def _again(row: PhoneEntry, one: Entered) -> str:
    """The number of one that was taken in before. Raises RefusedError: it went another way."""
    if row.matter is None:
        raise RefusedError(f"matters.entry_{row.state}")
    if row.gist and row.gist not in _gists(one):
        raise RefusedError("matters.key_used")
    return row.matter.number


def _once(one: Entered, *, actor: Actor, at: datetime) -> str:
    # First of all: what was taken in stays so, whatever its clerk may do by now.
    if actor.person_id is None:
        raise NotAllowedError("matters.may_not_open")
    known = standing_entry(actor.person_id, checked_key(one.key))
    if known is not None:
        return _again(known, one)
    visit = outing(one.visit)
    try:
        with transaction.atomic():
            found = take(one, visit, visit.org, actor=actor, at=at, key=one.key)
            row = PhoneEntry(
                person_id=actor.person_id,
                key=one.key,
                gist=_gists(one)[0],
                visit=visit,
                state="taken",
                matter=found,
            )
            create(row, Happening("phone_entry.taken", at, actor.ref))
    except IntegrityError:
        # Another tab, or this very request before, was first.
        known = standing_entry(actor.person_id, one.key)
        if known is None:
            raise
        return _again(known, one)
    return found.number


def _fate(one: Entered, *, actor: Actor, at: datetime) -> Fate:
    if one.owner not in (None, actor.person_id):
        # Somebody else logged in on this phone while its page was about to hand this in.
        return Fate(one.key, "later")
    try:
        return Fate(one.key, "taken", _once(one, actor=actor, at=at))
    except (HallError, ProgrammeError, ServiceError) as error:
        return Fate(one.key, "refused", problem=ProblemError(error.key, **error.values))
    except ProblemError as error:
        return Fate(one.key, "refused", problem=error)
    except ConflictError:
        return Fate(one.key, "later")
    except Exception as error:  # noqa: BLE001 - one entry's fault must not keep the others out
        faults.report(error, "take_in")
        return Fate(one.key, "later")


def take_in(entries: Sequence[Entered], *, actor: Actor, at: datetime) -> list[Fate]:
    """Takes in what a clerk entered at visits, however late and however often it is sent. Each is
    a transaction of its own, asked for itself whether the clerk may; fates in the same order."""
    return [_fate(one, actor=actor, at=at) for one in entries]

"""Entries of phones that could not be taken in: sealed by whoever typed them, handed on to whoever is in
charge of their hall, who registers or drops them; or given up on the phone itself. ADR 42."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from bihuan.foundation.access import phones
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change, create, erase, vault
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.afield import entries as afield
from bihuan.kernel.afield.entries import Entered
from bihuan.kernel.afield.models import PhoneEntry
from bihuan.kernel.halls import api as halls
from bihuan.kernel.matters import cleaning
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.matters.opening import keep_until
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import duties
from bihuan.lib.problems import NotAllowedError, ProblemError, RefusedError
from bihuan.spec.base import Duty

# Who is in charge of what came to a hall: its desk, which can register it, and whoever leads there.
IN_CHARGE: tuple[Duty, ...] = ("receive", "lead")
REASON = 200


@dataclass(frozen=True)
class Sealed:
    """An entry as a phone keeps it; the words are in `sealed`, bound to the rest."""

    key: str
    owner: int
    visit: int
    device: str
    key_id: str
    nonce: bytes
    sealed: bytes

    @property
    def bound(self) -> str:
        """What the phone bound the words to: changed in any of it, they do not open."""
        return f"{self.owner}|{self.device}|{self.key}|{self.visit}"


def in_charge(actor: Actor, org: Org) -> bool:
    """Whether somebody is in charge of the entries that could not be taken in at an organisation."""
    return any(duties.has(actor, one, org.path, *IN_CHARGE) for one in _with_windows())


def _with_windows() -> list[str]:
    return [one.id for one in programmes.known() if halls.parts(one)]


@dataclass(frozen=True)
class Corrected:
    """An entry as somebody in charge would have it registered."""

    step: str
    service: int | None = None
    contact: vault.Person = field(default_factory=vault.Person)
    remark: str = ""


def _strings(told: Mapping[str, Any], *names: str) -> list[str]:
    found = [told.get(name, "") for name in names]
    if not all(isinstance(one, str) and len(one) <= 20_000 for one in found):
        raise ProblemError("matters.entry_unreadable")
    return [cleaning.clean(one) for one in found]


def _instant(text: str, at: datetime) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    return found if found is not None and timezone.is_aware(found) else at


def _opened(one: Sealed, at: datetime) -> tuple[Entered, str]:
    """What was typed, and what its owner was told of it. Raises ProblemError."""
    text = phones.unseal(
        one.sealed,
        one.nonce,
        person_id=one.owner,
        device=one.device,
        key_id=one.key_id,
        bound=one.bound,
    )
    try:
        told = json.loads(text or b"")
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise ProblemError("matters.entry_unreadable")
    step, name, phone, remark, taken, problem = _strings(
        told, "step", "name", "phone", "remark", "taken", "problem"
    )
    service = told.get("service")
    found = Entered(
        key=one.key,
        visit=one.visit,
        taken=_instant(taken, at),
        step=step[:20],
        service=service if isinstance(service, int) and 0 < service < 2**63 else None,
        contact=vault.Person(name, phone, ""),
        remark=remark,
    )
    return found, problem


def hand_on(one: Sealed, *, actor: Actor, at: datetime) -> PhoneEntry:
    """Gives an entry to whoever is in charge of the hall of its outing; anybody at the phone may, since
    nobody reads it there. Twice is once; one that was taken in or given up before stays so.

    Raises ProblemError: it cannot be opened, or its outing is not known."""
    known = afield.standing_entry(one.owner, afield.checked_key(one.key))
    if known is not None:
        return known
    entered, problem = _opened(one, at)
    return _hold(entered, one.owner, problem, actor=actor, at=at)


def hand_on_own(one: Entered, problem: str, *, actor: Actor, at: datetime) -> PhoneEntry:
    """The same of one's own, told openly, with what one was told of it. Raises ProblemError: its
    outing is not known, or it is nobody's own."""
    if actor.person_id is None:
        raise NotAllowedError("matters.may_not_open")
    known = afield.standing_entry(actor.person_id, afield.checked_key(one.key))
    if known is not None:
        return known
    who = one.contact
    cleaned = replace(
        one,
        contact=vault.Person(*(cleaning.clean(text) for text in (who.name, who.phone, who.email))),
        remark=cleaning.clean(one.remark),
    )
    return _hold(cleaned, actor.person_id, cleaning.clean(problem), actor=actor, at=at)


def _hold(entered: Entered, owner: int, problem: str, *, actor: Actor, at: datetime) -> PhoneEntry:
    visit = afield.outing(entered.visit)
    row = PhoneEntry(
        person_id=owner,
        key=entered.key,
        visit=visit,
        state="held",
        given={
            "step": entered.step,
            "service": entered.service,
            "taken": entered.taken.isoformat(),
        },
        remark=entered.remark,
        told=problem[:500],
    )
    try:
        with transaction.atomic():
            create(row, Happening("phone_entry.held", at, actor.ref))
            vault.store(
                row.stream, entered.contact, actor=actor.ref, at=at, keep_until=keep_until(at)
            )
            _tell(row, visit.org, at)
    except IntegrityError:
        known = afield.standing_entry(owner, entered.key)
        if known is None:
            raise
        return known
    return row


def _tell(row: PhoneEntry, org: Org, at: datetime) -> None:
    on = timezone.localtime(at).date()
    people = {pk for one in _with_windows() for pk in duties.holders(one, org.path, on, *IN_CHARGE)}
    notify.tell(
        sorted(people),
        "notice.entry_held",
        key=f"{row.stream}:held",
        at=at,
        ref=row.stream,
        org=org.name,
    )


def _reason(text: str) -> str:
    found = " ".join(cleaning.clean(text[: REASON * 5]).split())
    if not found:
        raise ProblemError("matters.entry_no_reason")
    if len(found) > REASON:
        raise ProblemError("matters.entry_long_reason", limit=REASON)
    return found


def give_up(
    key: str, owner: int, visit_id: int, reason: str, *, actor: Actor, at: datetime
) -> PhoneEntry:
    """Says of an entry on a phone that it is not to come in, and why; it may be removed there then. Its
    owner may, and whoever is in charge of the hall of its outing.

    Raises ProblemError (no reason), NotAllowedError, RefusedError (it came in, or was handed on)."""
    text = _reason(reason)
    known = afield.standing_entry(owner, afield.checked_key(key))
    if known is not None and known.state == "dropped":
        return known
    if known is not None and known.matter is not None:
        raise RefusedError("matters.entry_taken", number=known.matter.number)
    if known is not None:
        raise RefusedError("matters.entry_held")
    try:
        visit = afield.outing(visit_id)
    except ProblemError:
        visit = None
    mine = owner == actor.person_id
    if not mine and (visit is None or not in_charge(actor, visit.org)):
        raise NotAllowedError("matters.may_not_drop_entry")
    row = PhoneEntry(person_id=owner, key=key, visit=visit, state="dropped")
    try:
        with transaction.atomic():
            create(row, Happening("phone_entry.dropped", at, actor.ref, private={"reason": text}))
    except IntegrityError:
        raise RefusedError("matters.entry_busy") from None
    return row


def held(actor: Actor) -> list[PhoneEntry]:
    """Those that wait for the actor, oldest first, without their words."""
    rows = PhoneEntry.objects.filter(state="held").select_related("visit__org", "person")
    return [
        one
        for one in rows.order_by("pk")
        if one.visit is not None and in_charge(actor, one.visit.org)
    ]


def own_held(actor: Actor) -> list[PhoneEntry]:
    """Those that the actor typed and that wait for whoever is in charge, oldest first."""
    if actor.person_id is None:
        return []
    rows = PhoneEntry.objects.filter(state="held", person_id=actor.person_id)
    return list(rows.select_related("visit__org", "person").order_by("pk"))


def held_entry(pk: int, actor: Actor) -> PhoneEntry:
    """One of them. Raises LookupError: absent, done with, and not the actor's look alike."""
    rows = PhoneEntry.objects.filter(state="held").select_related("visit__org", "person")
    row = rows.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if row is None or row.visit is None or not in_charge(actor, row.visit.org):
        raise LookupError(pk)
    return row


def read_entry(pk: int, *, actor: Actor, at: datetime) -> Entered:
    """What was typed, opened by somebody in charge; the log keeps that they did. Raises LookupError."""
    row = held_entry(pk, actor)
    try:
        who = vault.reveal(row.stream, actor=actor.ref, at=at, reason=row.stream)
    except LookupError:
        # Nobody's name was typed, or its time is over.
        who = vault.Person()
    return replace(_entered(row), contact=who)


def _entered(row: PhoneEntry) -> Entered:
    given = row.given
    return Entered(
        key=row.key,
        visit=row.visit_id or 0,
        taken=datetime.fromisoformat(given["taken"]),
        step=given["step"],
        service=given["service"],
        remark=row.remark,
    )


@transaction.atomic
def register_entry(
    pk: int, corrected: Corrected, home: Org, *, actor: Actor, at: datetime
) -> Matter:
    """Takes one in, as somebody in charge corrected it, at a hall where they may open it; what was
    kept of it is erased. It counts from when it was taken.

    Raises LookupError, what open_and_act raises, ConflictError when a colleague was first."""
    row = held_entry(pk, actor)
    assert row.visit is not None
    kept = replace(
        _entered(row),
        step=corrected.step,
        service=corrected.service,
        contact=corrected.contact,
        remark=corrected.remark,
    )
    found = afield.take(kept, row.visit, home, actor=actor, at=at, key=row.stream)
    _done(row, "registered", {"matter_id": found.pk}, "", actor=actor, at=at)
    return found


@transaction.atomic
def drop_entry(pk: int, reason: str, *, actor: Actor, at: datetime) -> None:
    """Says that one will not come in, and why; what was kept of it is erased.

    Raises LookupError, ProblemError (no reason), ConflictError."""
    row = held_entry(pk, actor)
    _done(row, "dropped", {}, _reason(reason), actor=actor, at=at)


def _done(
    row: PhoneEntry,
    state: str,
    more: Mapping[str, Any],
    reason: str,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    blank = {"remark": "", "told": "", "gist": ""}
    erase(row, Happening("phone_entry.cleared", at, actor.ref, set=blank))
    told = {"reason": reason} if reason else {}
    happening = Happening(
        f"phone_entry.{state}", at, actor.ref, set={"state": state, **more}, private=told
    )
    change(row, happening)
    vault.erase(row.stream, actor=actor.ref, at=at)

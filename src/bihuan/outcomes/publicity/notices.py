"""Public notices 公示: what everybody may read of them, and objecting to one.

A notice is a matter of a kind that its programme declares to be one, an objection a matter under it
(ADR 22): what staff do with either goes through the door of matters.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import EVERYBODY, SENDER, SYSTEM, Actor
from bihuan.foundation.audit.api import vault
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.clocks.api import Clock
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import filled
from bihuan.kernel.matters.api import Entry, Matter, Opened, Opening
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes.api import ProgrammeError
from bihuan.kernel.senders import api as senders_of
from bihuan.language import redact
from bihuan.lib.problems import GoneError, InputError
from bihuan.outcomes.publicity.declared.notices import NOTICE, NoticeSpec
from bihuan.spec.schema import Programme

# Many may object at one moment; each waits for the one before.
TRIES = 20
LAST_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Line:
    """A notice in a list; `runs` tells whether one may object now."""

    matter: Matter
    programme: Programme
    clock: Clock | None
    runs: bool
    title: str

    @property
    def last_day(self) -> date | None:
        """The last day on which one may object."""
        return timezone.localtime(self.clock.due_at).date() if self.clock else None

    @property
    def first_day(self) -> date | None:
        """The day on which it was put up, or put up again."""
        return timezone.localtime(self.clock.started_at).date() if self.clock else None

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was taken back before its period was over."""
        stopped = self.clock.stopped_at if self.clock else None
        return bool(self.clock and stopped and stopped < self.clock.due_at)

    @property
    def objections(self) -> int:
        """How many objected."""
        return int(self.matter.facts.get("objections", 0))


@dataclass(frozen=True)
class Notice(Line):
    """A notice as anybody reads it. `entries` are the public steps with what was said at each, `facts`
    what everybody may know of it, `beside` what stands under its text, as (action, input, value);
    `named` tells whether one objects only under a name."""

    text: str
    beside: Sequence[tuple[str, str, Any]]
    facts: Mapping[str, Any]
    entries: Sequence[Entry]
    named: bool


@dataclass(frozen=True)
class Place:
    """Where somebody may draw up a notice of which kind."""

    org: Org
    programme: Programme
    kind: str


def _kinds() -> Iterator[tuple[Programme, str, NoticeSpec]]:
    for programme in programmes.known():
        for name, block in NOTICE.kinds(programme):
            yield programme, name, block


def shown(*, at: datetime, limit: int = 50) -> list[Line]:
    """Notices that everybody may read, the newest first."""
    rows = [
        row
        for programme, kind, one in _kinds()
        for row in matters.of_kind(programme.id, kind, one.shown)[:limit]
    ]
    return _lines(rows, at, limit)


def changed_since(first: datetime, *, at: datetime) -> list[Line]:
    """Notices that everybody may read and to which something happened since an instant, the newest
    first."""
    rows = [
        row
        for programme, kind, one in _kinds()
        for row in matters.of_kind(programme.id, kind, one.shown).filter(changed_at__gte=first)
    ]
    return _lines(rows, at, len(rows))


def _lines(rows: list[Matter], at: datetime, limit: int) -> list[Line]:
    newest = sorted(rows, key=lambda row: -row.pk)[:limit]
    held = clocks.of_many([row.stream for row in newest])
    found = []
    for row in newest:
        name = _spec(row).clock
        clock = next((one for one in held.get(row.stream, ()) if one.key == name), None)
        title = redact.mask_known(row.subject, _senders(row))
        found.append(Line(row, programmes.spec_of(row.release_id), clock, _runs(clock, at), title))
    return found


def _senders(row: Matter) -> list[str]:
    """Who objected: never named. Whom the unit itself names, and its own people, are."""
    return senders_of.writers_words(row) if row.facts.get("objections") else []


def _runs(clock: Clock | None, at: datetime) -> bool:
    return clock is not None and clock.state == "running" and at < clock.due_at + LAST_SECOND


def read(pk: int, *, at: datetime) -> Notice:
    """A notice that is or was shown. Raises LookupError for a draft and an unknown one alike."""
    return _seen(_row(pk), at)


def _row(pk: int) -> Matter:
    if 0 < pk < 2**63:
        for programme, kind, one in _kinds():
            found = matters.of_kind(programme.id, kind, one.shown).filter(pk=pk).first()
            if found is not None:
                return found
    raise LookupError(pk)


def _spec(row: Matter) -> NoticeSpec:
    found = NOTICE.of(programmes.spec_of(row.release_id).kinds[row.kind])
    assert found is not None, "only notices are looked for"
    return found


def _seen(row: Matter, at: datetime) -> Notice:
    spec = _spec(row)
    entries = matters.timeline(row, EVERYBODY)
    text = str(entries[0].private.get("body", ""))
    beside: dict[str, tuple[str, str, Any]] = {}
    for entry in entries:
        text = str(entry.inputs.get(spec.text, text))
        named = (name for name in spec.beside if name in entry.inputs)
        beside |= {name: (entry.action, name, entry.inputs[name]) for name in named}
    clock = clocks.of(row.stream).get(spec.clock)
    senders = _senders(row)
    told = [_masked(entry, senders) for entry in entries if entry.action in spec.told]
    programme = programmes.spec_of(row.release_id)
    title, text = (redact.mask_known(one, senders) for one in (row.subject, text))
    runs = _runs(clock, at)
    facts = filled.facts(EVERYBODY, row)
    return Notice(
        row, programme, clock, runs, title, text, [*beside.values()], facts, told, _named(row)
    )


def _masked(entry: Entry, words: list[str]) -> Entry:
    said = {
        name: redact.mask_known(value, words) if isinstance(value, str) else value
        for name, value in entry.inputs.items()
    }
    return replace(entry, inputs=said)


def _named(row: Matter) -> bool:
    found = programmes.resolve(
        programmes.spec_of(row.release_id),
        _spec(row).named,
        org_path=row.home_path,
        on=timezone.localtime(row.opened_at).date(),
        case={"category": row.category, "channel": row.channel, "level": row.home.level},
    )
    return bool(found.value)


def object_to(
    pk: int, body: str, contact: vault.Person, *, at: datetime, key: str | None = None
) -> Opened:
    """Objects to a notice while it runs: opens a matter under it, to be followed by its code, and
    says so on the notice, both or neither. The same key twice is one objection.

    Raises LookupError (not shown), InputError (empty; no name where one is needed), RefusedError
    when the period is over, GoneError when too many write at once.
    """
    row = _row(pk)
    spec = _spec(row)
    contact = vault.Person(contact.name.strip(), contact.phone.strip(), contact.email.strip())
    if _named(row) and not contact.name:
        raise InputError({"name": ("notices.name_missing", {})})
    opening = Opening(
        programme=row.programme,
        kind=spec.objection,
        home=row.home,
        subject=row.subject,
        body=body,
        contact=contact,
        anonymous=not contact,
        parent=row,
        own=("subject",),
        typed_by=SENDER.ref,
    )
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                opened = matters.open_matter(opening, actor=SYSTEM, at=at, key=key)
                if not opened.repeated:
                    # The notice's own step: whoever concludes it at this moment meets a conflict.
                    matters.act(pk, spec.object, actor=SYSTEM, at=at)
                return opened
        except GoneError:
            if not left:
                raise
    raise AssertionError("the last try returns or raises")


def places(actor: Actor, at: datetime) -> list[Place]:
    """Where the actor may draw up notices, by place in the tree: where somebody has a role for it."""
    on = timezone.localtime(at).date()
    found = []
    for programme, name, _ in _kinds():
        roles = programme.kinds[name].opened_by
        there = {org.pk: org for role in roles for org in access.orgs_with(role, on)}
        for org in sorted(there.values(), key=lambda org: org.path):
            if not any(actor.has(role, org.path, programme.id) for role in roles):
                continue
            try:
                programmes.in_force(programme.id, org.path, on)
            except ProgrammeError:
                continue
            found.append(Place(org, programme, name))
    return found


def of_actor(actor: Actor, *, at: datetime, limit: int = 100) -> list[Line]:
    """Notices that the actor may see, the newest first: those that are or were shown, and of the others
    those that the actor may do something about."""
    rows: list[Matter] = []
    for programme, kind, _ in _kinds():
        wanted = matters.Filter(programme=programme.id, kind=kind)
        rows += [
            row
            for row in matters.matters(actor, wanted, limit).rows
            if row.state in _spec(row).shown or _has_part(actor, row)
        ]
    return _lines(rows, at, limit)


def _has_part(actor: Actor, row: Matter) -> bool:
    """Whether somebody may do something about one that is not shown, as it stands."""
    programme = programmes.spec_of(row.release_id)
    kind = programme.kinds[row.kind]
    return any(
        row.state in kind.sources_of(action) and matters.may_act(actor, row, action, programme)
        for action in kind.actions.values()
    )

"""Steps of kinds that some obligation counts, written down with their event; those of before are read once."""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import transaction
from django.utils import timezone
from pydantic import ValidationError

from bihuan.foundation.audit.api import Event, read, standing
from bihuan.foundation.sql import statements
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.step import Step
from bihuan.kernel.obligations.declared import OBLIGATIONS, MeetingSpec
from bihuan.kernel.obligations.models import CountedKind, Deed
from bihuan.kernel.obligations.whom import OPEN
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.ways import WAYS, KindOf

_LOG = logging.getLogger(__name__)

STEPS = ("matter.opened", "matter.acted")
BATCH = 500
# What began before a kind was to be counted, and was in the log after it was first read.
AGAIN = timedelta(hours=1)


@standing.kept
def kinds() -> frozenset[KindOf]:
    """The kinds whose steps are written down: those that an obligation of any release speaks of."""
    found: set[KindOf] = set()
    for name, releases in programmes.releases_with(OBLIGATIONS.part):
        for spec in releases.values():
            for called, one in OBLIGATIONS.of(spec).items():
                for each in one.met_by:
                    found |= _kinds_of(each, name, called)
    return frozenset(found)


def _kinds_of(meeting: MeetingSpec, programme: str, called: str) -> set[KindOf]:
    if meeting.by not in WAYS:
        return set()
    try:
        way, args = meeting.use()
    except ValidationError:
        # An old release may say what is understood no more. That is no reason to refuse a step of a
        # matter: it is said once, and that use counts nothing.
        _not_understood(programme, called, meeting.by)
        return set()
    return {*way.kinds(args, programme)}


@cache
def _not_understood(programme: str, called: str, by: str) -> None:
    _LOG.warning("%s.%s is met by %s in a way that is not understood", programme, called, by)


def _row(step: Step) -> dict[str, Any]:
    found = step.matter
    opened = step.action == OPEN and found.version == 1
    return {
        "matter_id": found.pk,
        "seq": found.version,
        "programme": found.programme,
        "kind": found.kind,
        "action": OPEN if opened else step.action,
        "state": found.state if opened or "state" in step.set else "",
        "category": found.category,
        "day": step.day(),
        "unit_id": found.unit_id,
        "home_id": found.home_id,
        "person_id": step.actor.person_id,
    }


def written(step: Step) -> None:
    """Writes a step down, in its own transaction."""
    if (step.matter.programme, step.matter.kind) in kinds():
        statements.send(statements.insert(Deed, [_row(step)], existing=statements.OR_LEAVE))


def catch_up(at: datetime) -> int:
    """Reads what happened before a kind was counted, a batch of matters at a time; twice, as what was
    under way when the first reading began is in the log only later. Returns how many steps were read. May
    be killed anywhere and run twice."""
    found = 0
    for programme, kind in sorted(kinds()):
        row, _ = CountedKind.objects.get_or_create(programme=programme, kind=kind)
        late = row.ended_at is not None and at - row.ended_at >= AGAIN
        if row.passes == 0 or (row.passes == 1 and late):
            found += _read_all(row, at)
    return found


@transaction.atomic
def recount(at: datetime) -> int:
    """Forgets every step that was written down and reads all of them from the log again, all or nothing.
    Returns how many there are."""
    Deed.objects.all().delete()
    CountedKind.objects.all().delete()
    return catch_up(at)


def _read_all(row: CountedKind, at: datetime) -> int:
    written = 0
    some = Matter.objects.filter(programme=row.programme, kind=row.kind).order_by("pk")
    while rows := list(some.filter(pk__gt=row.upto).only("pk", "programme", "kind")[:BATCH]):
        deeds = list(_deeds_of({one.stream: one for one in rows}))
        for first in range(0, len(deeds), BATCH):
            part = deeds[first : first + BATCH]
            statements.send(statements.insert(Deed, part, existing=statements.OR_LEAVE))
        written += len(deeds)
        row.upto = rows[-1].pk
        row.save(update_fields=["upto"])
    row.upto, row.passes, row.ended_at = 0, row.passes + 1, at
    row.save(update_fields=["upto", "passes", "ended_at"])
    return written


def _deeds_of(rows: Mapping[str, Matter]) -> Iterator[dict[str, Any]]:
    places: dict[str, dict[str, Any]] = {}
    for event in Event.objects.filter(stream__in=rows).order_by("stream", "seq").iterator():
        said, found = read(event), rows[event.stream]
        held = places.setdefault(event.stream, {})
        held |= said.get("set", {})
        if event.type not in STEPS:
            continue
        opened = event.type == STEPS[0]
        kind, _, number = event.actor.partition(":")
        yield {
            "matter_id": found.pk,
            "seq": event.seq,
            "programme": found.programme,
            "kind": found.kind,
            "action": OPEN if opened else said.get("action", ""),
            "state": said.get("set", {}).get("state", ""),
            "category": held.get("category", ""),
            "day": timezone.localtime(event.at).date(),
            "unit_id": held["unit_id"],
            "home_id": held["home_id"],
            "person_id": int(number) if kind == "person" else None,
        }

"""The list of security events: who logged in, was given what, took what out, looked at what.

An event tells of a stream; who watches over the house asks by person, kind and time, and must not
read millions of events for it. One small row beside each such event answers that. The rows follow
from the events: `missing` finds those that were taken out, or put in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q

from bihuan.foundation.audit import registry
from bihuan.foundation.audit.findings import Finding
from bihuan.foundation.audit.models import Chained, Event, SecurityEntry


@dataclass(frozen=True)
class Wanted:
    """Which events: about these `people` (numbers, or a query of them; None: all, and nobody), within
    them about or by one of the `persons`, of some `types`, recorded from `since` on and before
    `until`; below the entry `before`. What is None does not narrow."""

    people: Any
    persons: tuple[int, ...] | None = None
    types: tuple[str, ...] | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


def _person(ref: str) -> int | None:
    kind, _, number = ref.partition(":")
    return int(number) if kind == "person" and number.isdecimal() else None


def entry(row: Chained, event: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the row beside an event of `row`'s stream."""
    doer = event["done_by"] or event["actor"]
    concerned = getattr(row, row.CONCERNS) if row.CONCERNS else None
    return {
        "stream": row.stream,
        "seq": event["seq"],
        "type": event["type"],
        "at": event["recorded"],
        "doer": doer,
        "about": concerned or _person(doer) or _person(event["actor"]),
    }


def kinds() -> list[str]:
    """The types that are listed, by name."""
    return [one.name for one in registry.all_types() if one.security]


def entries(wanted: Wanted, limit: int) -> list[tuple[SecurityEntry, Event]]:
    """The newest `limit` entries that are wanted, newest first, with their events."""
    rows = SecurityEntry.objects.order_by("-pk")
    if wanted.people is not None:
        rows = rows.filter(about__in=wanted.people)
    if wanted.persons is not None:
        doers = [f"person:{pk}" for pk in wanted.persons]
        rows = rows.filter(Q(about__in=wanted.persons) | Q(doer__in=doers))
    if wanted.types is not None:
        rows = rows.filter(type__in=wanted.types)
    if wanted.since is not None:
        rows = rows.filter(at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(at__lt=wanted.until)
    if wanted.before is not None:
        rows = rows.filter(pk__lt=wanted.before)
    found = list(rows[:limit])
    events = _events(found)
    return [(row, events[row.stream, row.seq]) for row in found if (row.stream, row.seq) in events]


def last_about(people: Sequence[int], types: Sequence[str]) -> dict[int, SecurityEntry]:
    """Of each of these people the newest entry that is about them, of some types."""
    rows = SecurityEntry.objects.filter(about__in=people, type__in=types)
    newest = rows.values("about").annotate(last=Max("pk")).values_list("last", flat=True)
    found = SecurityEntry.objects.filter(pk__in=list(newest))
    return {row.about: row for row in found if row.about is not None}


def _events(rows: Sequence[SecurityEntry]) -> dict[tuple[str, int], Event]:
    by_stream: dict[str, list[int]] = {}
    for row in rows:
        by_stream.setdefault(row.stream, []).append(row.seq)
    any_of = Q(pk__in=[])
    for stream, seqs in by_stream.items():
        any_of |= Q(stream=stream, seq__in=seqs)
    return {(e.stream, e.seq): e for e in Event.objects.filter(any_of)}


def missing() -> Iterator[Finding]:
    """Security events that the list leaves out, and entries of the list without their event."""
    listed = SecurityEntry.objects.filter(stream=OuterRef("stream"), seq=OuterRef("seq"))
    for event in Event.objects.filter(~Exists(listed), type__in=kinds()).order_by("pk").iterator():
        yield Finding(f"{event.stream}#{event.seq}", "is left out of the list of security events")
    said = Event.objects.filter(
        stream=OuterRef("stream"), seq=OuterRef("seq"), type=OuterRef("type")
    )
    for row in SecurityEntry.objects.filter(~Exists(said)).order_by("pk").iterator():
        yield Finding(f"{row.stream}#{row.seq}", "stands in the list of security events alone")

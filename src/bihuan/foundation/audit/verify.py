"""Proof: chains unbroken, rows and parts equal to what their events say, seals intact."""

import itertools
import json
from collections.abc import Callable, Container, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, models
from django.db.models.functions import Cast, Left, StrIndex
from django.utils.dateparse import parse_date, parse_datetime

from bihuan.foundation.audit import continuing, forms, record, security
from bihuan.foundation.audit.findings import Finding
from bihuan.foundation.audit.models import Chained, Event, Part
from bihuan.foundation.audit.outside import Head
from bihuan.foundation.sql.lookup import Lookup
from bihuan.foundation.sql.statements import answers
from bihuan.lib import canonical

M = TypeVar("M", bound=models.Model)


@dataclass
class Folded:
    """A stream folded: the last value of every column, of the row and of its parts."""

    row: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, dict[str, Any]] = field(default_factory=dict)
    version: int = 0
    head: str = ""


def fold(events: list[Event]) -> Folded:
    """Replays events, in order. This, not the row, is the truth."""
    state = Folded()
    for event in events:
        content = record.read(event)
        state.row |= content.get("set", {})
        for name, values in content.get("parts", {}).items():
            if values is None:
                state.parts.pop(name, None)
            else:
                state.parts.setdefault(name, {}).update(values)
        state.version, state.head = event.seq, event.hash
    return state


def _erased(event: Event) -> list[int]:
    try:
        found: list[int] = json.loads(event.data).get("erased", [])
    except (ValueError, AttributeError):
        # Altered beyond reading; its hash says so.
        return []
    return found


def _private_digest(event: Event) -> str:
    try:
        return forms.private_digest(event.private or "", event.recorded)
    except (ValueError, TypeError, AttributeError):
        return "unreadable"


def _chain(events: list[Event]) -> Iterator[Finding]:
    prev = ""
    erased = {s for e in events for s in _erased(e)}
    for expected, event in enumerate(events, 1):
        where = f"{event.stream}#{event.seq}"
        if event.seq != expected:
            yield Finding(where, f"event {expected} is missing or out of place")
            return
        if event.prev != prev:
            yield Finding(where, "does not follow the event before it")
        if event.hash != record.hash_of(event):
            yield Finding(where, "does not say what it said when it was written")
        if event.private is None:
            if event.private_digest and event.seq not in erased:
                yield Finding(where, "its private text was removed without an erasure")
        elif _private_digest(event) != event.private_digest:
            yield Finding(where, "its private text was altered")
        prev = event.hash


def _same(stored: Any, told: Any) -> bool:
    return canonical.dumps(record.plain(stored)) == canonical.dumps(told)


def _row(row: Chained, state: Folded) -> Iterator[Finding]:
    if row.version != state.version or row.head != state.head:
        yield Finding(row.stream, "its head is not its last event")
    for name, value in row.values().items():
        if name not in state.row:
            # A column added by a later release has its default until an event sets it.
            if not _same(value, record.plain(_default(row, name))):
                yield Finding(row.stream, f"{name} was never set by an event")
        elif not _same(value, state.row[name]):
            yield Finding(row.stream, f"{name} is not what its events say")


def _parts(stream: str, state: Folded, stored: dict[str, Part]) -> Iterator[Finding]:
    for name in sorted(state.parts.keys() | stored.keys()):
        where = f"{stream} {name}"
        if name not in stored and name.partition("/")[0] not in record.part_models():
            what, do = "no installed app knows such a part", "install the app that brought it again"
            yield Finding(where, what, do)
        elif name not in stored:
            if not _came_meanwhile(stream, name):
                yield Finding(where, "the row is gone")
        elif name not in state.parts:
            yield Finding(where, "no event made this row")
        else:
            part = stored[name]
            for column, value in part.derived(stream).items():
                if getattr(part, column) != value:
                    yield Finding(where, f"{column} does not belong to its stream")
            for column, value in stored[name].values().items():
                told = state.parts[name].get(column, record.plain(_default(stored[name], column)))
                if not _same(value, told):
                    yield Finding(where, f"{column} is not what its events say")


def _came_meanwhile(stream: str, name: str) -> bool:
    """Whether a part stands that was not there yet when the parts of its kind were looked for."""
    part, _, key = name.partition("/")
    return record.part_models()[part]._default_manager.filter(stream=stream, key=key).exists()


def _default(row: models.Model, column: str) -> Any:
    found = next(f for f in row._meta.concrete_fields if f.attname == column)
    return found.get_default()


@cache
def _parts_of_one() -> dict[str, "Lookup[Part]"]:
    """For each kind of part, those of one stream: asked for all at once."""
    return {
        part_name: Lookup(model._default_manager.filter(stream="?"), "?")
        for part_name, model in record.part_models().items()
    }


def stream(name: str) -> list[Finding]:
    """Every finding about one stream."""
    kind, _, pk = name.partition(":")
    model = record.rows().get(kind)
    events = record.history(name)
    row = model._default_manager.filter(pk=pk).first() if model else None
    parts = _parts_of_one()
    questions = [lookup.question(name) for lookup in parts.values()]
    stored = {
        f"{part_name}/{part.key}": part
        for part_name, asked in zip(parts, answers(questions), strict=True)
        for part in parts[part_name].rows(asked)
    }
    return list(_stream(name, events, row, stored))


def _stream(
    name: str, events: list[Event], row: Chained | None, stored: dict[str, Part]
) -> Iterator[Finding]:
    yield from _chain(events)
    if row is None:
        yield Finding(name, "events without a row: it was deleted")
        return
    if not events:
        yield Finding(name, "a row without events: nothing through the doors made it")
        return
    try:
        state = fold(events)
    except (ValueError, TypeError, AttributeError):
        yield Finding(name, "an event can no longer be read")
        return
    yield from _row(row, state)
    yield from _parts(name, state, stored)


def _batches(query: "models.QuerySet[M]", size: int) -> Iterator[list[M]]:
    last = 0
    while True:
        batch = list(query.filter(pk__gt=last).order_by("pk")[:size])
        if not batch:
            return
        yield batch
        last = batch[-1].pk


def everything(
    batch: int = 500, *, at: datetime | None = None, anchors: Iterable[Head] = ()
) -> Generator[Finding, None, bool]:
    """Walks all rows, then all streams that have lost theirs, then the seals (see `continuing`).

    A date that is none stops the walk after all such were named: nothing could be compared, and
    False is returned.
    """
    filled = _filled()
    unreadable = list(_unreadable(filled))
    if unreadable:
        yield from unreadable
        return False
    yield from _walked(batch, filled)
    yield from _orphans()
    for part_name, part_model in sorted(record.part_models().items()):
        if part_model in filled:
            yield from _lost_parts(part_name, part_model)
    yield from security.missing()
    yield from continuing.check(at=at, anchors=anchors)
    return True


def _walked(batch: int, filled: Container[type[models.Model]]) -> Iterator[Finding]:
    standing = _standing_parts(filled)
    for kind, model in sorted(record.rows().items()):
        if model not in filled:
            continue
        for group in _batches(model._default_manager.all(), batch):
            names = [row.stream for row in group]
            events: dict[str, list[Event]] = {}
            for event in Event.objects.filter(stream__in=names).order_by("stream", "seq"):
                events.setdefault(event.stream, []).append(event)
            stored: dict[str, dict[str, Part]] = {}
            for part_name, part_model in standing.get(kind, ()):
                for part in part_model._default_manager.filter(stream__in=names):
                    stored.setdefault(part.stream, {})[f"{part_name}/{part.key}"] = part
            for row in group:
                name = row.stream
                yield from _stream(name, events.get(name, []), row, stored.get(name, {}))


def _filled() -> set[type[models.Model]]:
    """The tables in which anything stands, asked of all at once: of most of a house nobody has made use."""
    wanted = [*{*_ours(), *record.rows().values(), *record.part_models().values()}]
    quote = connection.ops.quote_name
    asked = (
        f"SELECT {n} WHERE EXISTS (SELECT 1 FROM {quote(one._meta.db_table)})"  # noqa: S608 - our own tables' names
        for n, one in enumerate(wanted)
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return {wanted[n] for (n,) in cursor.fetchall()}


@cache
def _ours() -> tuple[type[models.Model], ...]:
    return tuple(one for one in apps.get_models() if one.__module__.startswith("bihuan."))


def _standing_parts(
    filled: Container[type[models.Model]],
) -> dict[str, list[tuple[str, type[Part]]]]:
    """The parts of which any stands under a row of a kind, by kind: most kinds have few of thirty."""
    found: dict[str, list[tuple[str, type[Part]]]] = {}
    of = Left("stream", StrIndex("stream", models.Value(":")) - 1)
    for name, model in record.part_models().items():
        if model not in filled:
            continue
        rows = model._default_manager.annotate(of=of).order_by("of")
        for kind in rows.values_list("of", flat=True).distinct():
            found.setdefault(kind, []).append((name, model))
    return found


def _unreadable(filled: Container[type[models.Model]]) -> Iterator[Finding]:
    """SQLite keeps any text in a column of dates; PostgreSQL would not."""
    if connection.vendor != "sqlite":
        return
    for model in (one for one in _ours() if one in filled):
        for one in model._meta.concrete_fields:
            if isinstance(one, models.DateField):
                parse = parse_datetime if isinstance(one, models.DateTimeField) else parse_date
                raw = Cast(one.attname, models.CharField())
                rows = model._default_manager.exclude(**{f"{one.attname}__isnull": True})
                for pk, text in rows.annotate(raw=raw).values_list("pk", "raw").iterator():
                    if not _parses(parse, text):
                        yield Finding(f"{model._meta.label} {pk}", f"{one.attname} is no date")


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        # In the one spelling that is written here; another reads the same but came by another way.
        return str(parse(text)) == text
    except ValueError:
        return False


def _orphans() -> Iterator[Finding]:
    """Streams that have lost their rows, and those of no kind of rows. One walk over all: where a prefix
    begins and ends among texts hangs on the database's collation."""
    rows = record.rows()
    names = Event.objects.order_by("stream").values_list("stream", flat=True).distinct().iterator()
    for kind, group in itertools.groupby(names, lambda name: name.partition(":")[0]):
        model = rows.get(kind)
        if model is None:
            for name in group:
                yield Finding(name, "events of a kind of row that does not exist")
            continue
        for chunk in _chunks(group):
            wanted = {}
            for name in chunk:
                number = name.partition(":")[2]
                if number.isdecimal():
                    wanted[int(number)] = name
                else:
                    yield Finding(name, "no row can have this number")
            present = set(model._default_manager.filter(pk__in=wanted).values_list("pk", flat=True))
            for pk in sorted(wanted.keys() - present):
                yield Finding(wanted[pk], "events without a row: it was deleted")


def _chunks(names: Iterator[str]) -> Iterator[list[str]]:
    while group := list(itertools.islice(names, 500)):
        yield group


def _lost_parts(part_name: str, part_model: type[Part]) -> Iterator[Finding]:
    known = Event.objects.filter(stream=models.OuterRef("stream"), seq=1)
    for part in part_model._default_manager.exclude(models.Exists(known)):
        yield Finding(f"{part.stream} {part_name}/{part.key}", "belongs to no stream")

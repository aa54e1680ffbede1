"""Proof: chains unbroken, rows and parts equal to what their events say, seals intact."""

import hashlib
import hmac
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.functions import Cast
from django.utils.dateparse import parse_date, parse_datetime

from bihuan.foundation.audit import record
from bihuan.foundation.audit.models import Chained, Event, LastSeal, Part, Seal
from bihuan.lib import canonical

SEAL_BATCH = 20_000
M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Finding:
    """Something that cannot have come about through the doors."""

    where: str
    what: str


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
        elif canonical.digest(event.private) != event.private_digest:
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
        if name not in stored:
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


def _default(row: models.Model, column: str) -> Any:
    found = next(f for f in row._meta.concrete_fields if f.attname == column)
    return found.get_default()


def stream(name: str) -> list[Finding]:
    """Every finding about one stream."""
    kind, _, pk = name.partition(":")
    model = record.rows().get(kind)
    events = record.history(name)
    row = model._default_manager.filter(pk=pk).first() if model else None
    stored = {
        f"{part_name}/{part.key}": part
        for part_name, part_model in record.part_models().items()
        for part in part_model._default_manager.filter(stream=name)
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


def everything(batch: int = 500) -> Iterator[Finding]:
    """Walks all rows, then all streams that have lost theirs, then the seals.

    A date that is none stops the walk after all such were named: nothing could be compared.
    """
    unreadable = list(_unreadable())
    if unreadable:
        yield from unreadable
        return
    for kind, model in sorted(record.rows().items()):
        for group in _batches(model._default_manager.all(), batch):
            names = [row.stream for row in group]
            events: dict[str, list[Event]] = {}
            for event in Event.objects.filter(stream__in=names).order_by("stream", "seq"):
                events.setdefault(event.stream, []).append(event)
            stored: dict[str, dict[str, Part]] = {}
            for part_name, part_model in record.part_models().items():
                for part in part_model._default_manager.filter(stream__in=names):
                    stored.setdefault(part.stream, {})[f"{part_name}/{part.key}"] = part
            for row in group:
                name = row.stream
                yield from _stream(name, events.get(name, []), row, stored.get(name, {}))
        yield from _orphans(kind, model)
    yield from _strangers()
    for part_name, part_model in sorted(record.part_models().items()):
        yield from _lost_parts(part_name, part_model)
    yield from seals()


def _unreadable() -> Iterator[Finding]:
    """SQLite keeps any text in a column of dates; PostgreSQL would not."""
    if connection.vendor != "sqlite":
        return
    ours: list[type[models.Model]] = [
        Event,
        Seal,
        *record.rows().values(),
        *record.part_models().values(),
    ]
    for model in ours:
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


def _orphans(kind: str, model: type[Chained]) -> Iterator[Finding]:
    prefix = f"{kind}:"
    names = (
        Event.objects.filter(stream__gte=prefix, stream__lt=f"{kind};", seq=1)
        .values_list("stream", flat=True)
        .iterator()
    )
    for group in _chunks(names):
        numbers = [n.removeprefix(prefix) for n in group]
        for number in numbers:
            if not number.isdecimal():
                yield Finding(f"{prefix}{number}", "no row can have this number")
        wanted = {int(n): f"{prefix}{n}" for n in numbers if n.isdecimal()}
        present = set(model._default_manager.filter(pk__in=wanted).values_list("pk", flat=True))
        for pk in sorted(wanted.keys() - present):
            yield Finding(wanted[pk], "events without a row: it was deleted")


def _strangers() -> Iterator[Finding]:
    query = Event.objects.all()
    for kind in record.rows():
        query = query.exclude(stream__gte=f"{kind}:", stream__lt=f"{kind};")
    for name in query.values_list("stream", flat=True).distinct().iterator():
        yield Finding(name, "events of a kind of row that does not exist")


def _chunks(names: Iterator[str]) -> Iterator[list[str]]:
    while group := list(itertools.islice(names, 500)):
        yield group


def _lost_parts(part_name: str, part_model: type[Part]) -> Iterator[Finding]:
    known = Event.objects.filter(stream=models.OuterRef("stream"), seq=1)
    for part in part_model._default_manager.exclude(models.Exists(known)):
        yield Finding(f"{part.stream} {part_name}/{part.key}", "belongs to no stream")


def _sign(seal: Seal) -> str:
    text = canonical.dumps([seal.first_id, seal.last_id, seal.count, seal.digest, seal.at])
    return hmac.new(settings.SECRETS["seal"].encode(), text.encode(), hashlib.sha256).hexdigest()


def _digest(first: int, last: int) -> tuple[int, str]:
    running = hashlib.sha256()
    count = 0
    found = Event.objects.filter(id__gte=first, id__lte=last).order_by("id")
    for pk, name, seq, hashed in found.values_list("id", "stream", "seq", "hash").iterator():
        running.update(f"{pk}|{name}|{seq}|{hashed}\n".encode())
        count += 1
    return count, running.hexdigest()


def _settled() -> int:
    """The id up to which no event can appear any more.

    PostgreSQL hands out ids before the commit, so a younger id can become visible first, and an
    imported event may be dated long ago: only having waited for every writer tells.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            cursor.execute("LOCK TABLE audit_event IN SHARE MODE")
        return Event.objects.aggregate(newest=models.Max("id"))["newest"] or 0


def seal(*, at: datetime, until: datetime) -> int:
    """Seals the events written before `until` that no seal covers yet; returns how many.

    Raises OperationalError when a writer does not come to its end in time; nothing is sealed then.
    """
    sealed = 0
    settled = _settled()
    while True:
        last = Seal.objects.order_by("-last_id").values_list("last_id", flat=True).first() or 0
        fresh = Event.objects.filter(id__gt=last, id__lte=settled).order_by("id")
        ids = list(fresh.values_list("id", "at")[:SEAL_BATCH])
        ready = list(itertools.takewhile(lambda pair: pair[1] < until, ids))
        if not ready:
            return sealed
        count, digest = _digest(last + 1, ready[-1][0])
        one = Seal(first_id=last + 1, last_id=ready[-1][0], count=count, digest=digest, at=at)
        one.signature = _sign(one)
        with transaction.atomic():
            one.save(force_insert=True)
            reach = {"last_id": one.last_id, "signature": one.signature}
            LastSeal.objects.update_or_create(pk=1, defaults=reach)
        sealed += count


def seals() -> Iterator[Finding]:
    """Checks every seal against the events it covers."""
    expected = 1
    newest: Seal | None = None
    for one in Seal.objects.order_by("first_id").iterator():
        where = f"seal {one.first_id}-{one.last_id}"
        if one.first_id != expected:
            yield Finding(where, "the seal before it is missing")
        expected = one.last_id + 1
        if not hmac.compare_digest(one.signature, _sign(one)):
            yield Finding(where, "the seal itself was altered, or made with another key")
        if (one.count, one.digest) != _digest(one.first_id, one.last_id):
            yield Finding(where, "events were removed, put in or changed after sealing")
        newest = one
    told = {(mark.last_id, mark.signature) for mark in LastSeal.objects.all()}
    if told != ({(newest.last_id, newest.signature)} if newest else set()):
        yield Finding("seals", "the newest seal is not the one made last")

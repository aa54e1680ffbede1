"""Organisations through time: from which day on each stood where, as what, under which name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from bihuan.foundation.audit.api import Event, read, standing
from bihuan.foundation.orgs.api import Org

_STREAMS = f"{Org.STREAM}:", f"{Org.STREAM};"


@dataclass(frozen=True)
class Stood:
    """From `start` on: the path in the tree, the type, whether it was open."""

    start: date
    path: str
    level: str
    active: bool


@dataclass(frozen=True)
class Place:
    """An organisation as it is, with all that it was, the first first; no two of the same day."""

    pk: int
    name: str
    path: str
    stood: tuple[Stood, ...]

    def was(self, start: date, after: date) -> list[tuple[date, date, Stood]]:
        """What it was from a day to the day before another, part by part; nothing before it was founded."""
        found = []
        for nth, one in enumerate(self.stood):
            end = self.stood[nth + 1].start if nth + 1 < len(self.stood) else date.max
            first, last = max(one.start, start), min(end, after)
            if first < last:
                found.append((first, last, one))
        return found


@standing.kept
def places() -> Mapping[int, Place]:
    """Every organisation there ever was, by number, as they stand in the tree. What changed on a day holds
    from that day on."""
    low, high = _STREAMS
    events = Event.objects.filter(stream__gte=low, stream__lt=high)
    return _told(Org.objects.all(), events)


@standing.kept
def some_places(pks: frozenset[int]) -> Mapping[int, Place]:
    """The same of a few, without reading the others."""
    streams = [f"{Org.STREAM}:{pk}" for pk in pks]
    return _told(Org.objects.filter(pk__in=pks), Event.objects.filter(stream__in=streams))


def _told(rows: "QuerySet[Org]", events: "QuerySet[Event]") -> Mapping[int, Place]:
    held: dict[int, dict[str, object]] = {}
    stood: dict[int, list[Stood]] = {}
    for event in events.order_by("pk").iterator(chunk_size=5000):
        pk = int(event.stream.partition(":")[2])
        said = read(event).get("set", {})
        now = held.setdefault(pk, {"path": "", "level": "", "active": True})
        if not said.keys() & now.keys():
            continue
        now.update({name: said[name] for name in now if name in said})
        day = timezone.localtime(event.at).date()
        mine = stood.setdefault(pk, [])
        # A clock that was set back does not bring a day before the one that was.
        day = max(day, mine[-1].start) if mine else day
        if mine and mine[-1].start == day:
            mine.pop()
        mine.append(Stood(day, str(now["path"]), str(now["level"]), bool(now["active"])))
    named = rows.order_by("path").values_list("pk", "name", "path")
    return {pk: Place(pk, name, path, tuple(stood.get(pk, ()))) for pk, name, path in named}

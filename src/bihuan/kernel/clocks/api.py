"""The public door of clocks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min

from bihuan.foundation.audit.api import register
from bihuan.foundation.orgs.api import calendars
from bihuan.foundation.sql.lookup import Lookup
from bihuan.kernel.clocks import reckon
from bihuan.kernel.clocks.models import Clock
from bihuan.rules.worktime import Day, Unit, days

__all__ = [
    "Clock",
    "Explanation",
    "due",
    "explain",
    "next_at",
    "of",
    "of_many",
    "of_stream",
    "provisional",
    "reckon",
]

register(Clock)


@dataclass(frozen=True)
class Explanation:
    """Why a date is what it is, day by day; `days` is empty for limits counted in hours."""

    clock: Clock
    days: tuple[Day, ...]
    zone: str
    paused_now: bool

    @property
    def extensions(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.clock.extras
        return found


# A stream's clocks, for those who ask for more in the same message.
of_stream = Lookup(Clock.objects.filter(stream="?"), "?")


def of(stream: str) -> dict[str, Clock]:
    """The clocks of a stream by name."""
    return {clock.key: clock for clock in of_stream(stream)}


def of_many(streams: list[str]) -> dict[str, list[Clock]]:
    """The clocks of several streams in one query."""
    found: dict[str, list[Clock]] = {}
    for clock in Clock.objects.filter(stream__in=streams).order_by("pk"):
        found.setdefault(clock.stream, []).append(clock)
    return found


def due(at: datetime, limit: int) -> list[str]:
    """Streams with a clock whose next step has come, longest waiting first."""
    rows = Clock.objects.filter(next_at__lte=at).order_by("next_at", "pk")
    return list(dict.fromkeys(rows.values_list("stream", flat=True)[:limit]))


def next_at() -> datetime | None:
    """When the next step of any clock comes; None when none runs."""
    found: datetime | None = Clock.objects.aggregate(first=Min("next_at"))["first"]
    return found


def provisional(calendar_id: int, after: int, limit: int) -> list[tuple[int, str]]:
    """(id, stream) of running clocks whose dates rest on an unannounced year, by id."""
    rows = Clock.objects.filter(
        calendar_id=calendar_id, provisional=True, state="running", pk__gt=after
    ).order_by("pk")
    return list(rows.values_list("pk", "stream")[:limit])


def explain(clock: Clock) -> Explanation:
    """The explanation of a clock's date by the calendar as it stands."""
    calendar = calendars.load(clock.calendar_id)
    limit = reckon.limit_of(clock.n, clock.unit, clock.extras)
    counted: tuple[Day, ...] = ()
    paused_now = clock.state == "paused"
    if limit.unit in (Unit.WORKDAYS, Unit.DAYS):
        pauses = reckon.pauses_of(clock)
        if paused_now or (pauses and clock.stopped_at and pauses[-1].end == clock.stopped_at):
            # A pause that lasts, or lasted when all was over, has no end to count to: explain what
            # is certain, up to the pause.
            pauses = pauses[:-1]
        counted = tuple(days(limit, clock.started_at, calendar, pauses))
    return Explanation(clock, counted, calendar.zone, paused_now)

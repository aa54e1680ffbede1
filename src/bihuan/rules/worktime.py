"""Working time: when a limit ends, when a step of it is reached, and why.

Counting in days follows the usual legal convention: the day of receipt does not count, the limit
ends with the last moment of the last counted day. A pause from day P to day R takes the days
P+1 … R out of the count: the day the sender was told counts, the day the material came does not,
exactly as a new receipt would. Hours and minutes are elapsed time less the paused time.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

SATURDAY = 5
HORIZON_DAYS = 3700


class Unit(StrEnum):
    """What a limit is counted in."""

    WORKDAYS = "workdays"
    DAYS = "days"
    WORKHOURS = "workhours"
    HOURS = "hours"
    MINUTES = "minutes"


@dataclass(frozen=True)
class Limit:
    """A length of time, e.g. five working days."""

    n: int
    unit: Unit


@dataclass(frozen=True)
class Special:
    """A day that is not what its weekday says: a holiday, or a make-up working day 调休."""

    working: bool
    name: str


@dataclass(frozen=True, eq=False)
class Calendar:
    """Which days are worked, and from when to when. `years` tells how sure we are of each.

    One is equal to itself only: what was counted by it is remembered."""

    specials: Mapping[date, Special] = field(default_factory=dict)
    years: Mapping[int, Literal["announced", "provisional"]] = field(default_factory=dict)
    hours: tuple[tuple[time, time], ...] = (
        (time(9), time(12)),
        (time(13, 30), time(17, 30)),
    )
    zone: str = "Asia/Shanghai"

    def is_working(self, day: date) -> bool:
        special = self.specials.get(day)
        return special.working if special else day.weekday() < SATURDAY

    def reason(self, day: date) -> str:
        """Why a day is or is not worked: a holiday's name, `weekend` or `weekday`."""
        special = self.specials.get(day)
        if special:
            return special.name
        return "weekday" if day.weekday() < SATURDAY else "weekend"

    def is_provisional(self, day: date) -> bool:
        """True while the State Council has not announced the year's holidays."""
        return self.years.get(day.year) != "announced"

    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def open_spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The office hours of a day, in UTC; nothing on a day off."""
        if self.is_working(day):
            for start, end in self.hours:
                yield (
                    datetime.combine(day, start, self.tz()).astimezone(UTC),
                    datetime.combine(day, end, self.tz()).astimezone(UTC),
                )


@dataclass(frozen=True)
class Pause:
    """A stretch in which the clock stands still; `end` is None while it lasts."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Day:
    """One line of the explanation of a due date."""

    day: date
    counted: int | None
    reason: str
    provisional: bool


def _within_pause(day: date, pauses: Sequence[Pause], tz: ZoneInfo) -> bool:
    for pause in pauses:
        first = pause.start.astimezone(tz).date()
        last = pause.end.astimezone(tz).date() if pause.end else date.max
        if first < day <= last:
            return True
    return False


def days(
    limit: Limit, start: datetime, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> Iterator[Day]:
    """The days of a day-counted limit in order, the day of receipt first, each with its reason.

    Stops after the last counted day. Raises OverflowError when a limit cannot end within ten
    years, which an endless pause or a calendar without working days would cause.
    """
    yield from _days(limit, start.astimezone(calendar.tz()).date(), calendar, pauses)


def _days(limit: Limit, first: date, calendar: Calendar, pauses: Sequence[Pause]) -> Iterator[Day]:
    tz = calendar.tz()
    yield Day(first, None, "received", calendar.is_provisional(first))
    counted = 0
    for offset in range(1, HORIZON_DAYS):
        day = first + timedelta(days=offset)
        provisional = calendar.is_provisional(day)
        if _within_pause(day, pauses, tz):
            yield Day(day, None, "paused", provisional)
        elif limit.unit is Unit.WORKDAYS and not calendar.is_working(day):
            yield Day(day, None, calendar.reason(day), provisional)
        else:
            counted += 1
            yield Day(day, counted, calendar.reason(day), provisional)
            if counted >= limit.n:
                return
    msg = f"a limit of {limit.n} {limit.unit} does not end within {HORIZON_DAYS} days"
    raise OverflowError(msg)


@lru_cache(maxsize=16_384)
def _last_day(limit: Limit, first: date, calendar: Calendar, pauses: tuple[Pause, ...]) -> date:
    """Remembered, as the same few limits begin on the same day again and again."""
    *_, final = _days(limit, first, calendar, pauses)
    return final.day


def _after_counted(
    position: float, limit: Limit, start: datetime, calendar: Calendar, pauses: Sequence[Pause]
) -> datetime:
    whole = max(1, math.ceil(position))
    fraction = position - (whole - 1)
    first = start.astimezone(calendar.tz()).date()
    last = _last_day(Limit(whole, limit.unit), first, calendar, tuple(pauses))
    # In UTC: between two local times Python subtracts what the clocks show, not what passes.
    begin = datetime.combine(last, time(), calendar.tz()).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time(), calendar.tz()).astimezone(UTC)
    reached = begin + (end - begin) * fraction
    # The last moment of a day belongs to it: 24:00 would print as the next day.
    if fraction >= 1:
        reached = end - timedelta(seconds=1)
    return max(reached, start)


def _closed(pauses: Sequence[Pause]) -> list[tuple[datetime, datetime]]:
    """Pauses merged and in order; an open one cannot be walked across."""
    spans = sorted(
        (p.start.astimezone(UTC), p.end.astimezone(UTC))
        for p in pauses
        if p.end is not None and p.end > p.start
    )
    merged: list[tuple[datetime, datetime]] = []
    for begin, end in spans:
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _after_elapsed(length: timedelta, start: datetime, pauses: Sequence[Pause]) -> datetime:
    reached = start + length
    for begin, end in _closed(pauses):
        if begin < reached and end > start:
            reached += end - max(begin, start)
    return reached


def _subtract(
    span: tuple[datetime, datetime], holes: Sequence[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    edges = [span[0]]
    for begin, end in holes:
        if end > span[0] and begin < span[1]:
            edges += [max(begin, span[0]), min(end, span[1])]
    edges.append(span[1])
    return [(a, b) for a, b in list(pairwise(edges))[::2] if b > a]


def _after_worked(
    length: timedelta, start: datetime, calendar: Calendar, pauses: Sequence[Pause]
) -> datetime:
    left = length
    first = start.astimezone(calendar.tz()).date()
    holes = _closed(pauses)
    for offset in range(HORIZON_DAYS):
        for begin, end in calendar.open_spans(first + timedelta(days=offset)):
            for a, b in _subtract((max(begin, start), end), holes):
                if b - a >= left:
                    return a + left
                left -= b - a
    msg = f"{length} of office hours do not pass within {HORIZON_DAYS} days"
    raise OverflowError(msg)


def reach(
    share: float,
    limit: Limit,
    start: datetime,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
) -> datetime:
    """The instant (UTC) at which `share` (0 < share; 1 is the end) of the limit has passed."""
    start = start.astimezone(UTC)
    if limit.unit in (Unit.WORKDAYS, Unit.DAYS):
        return _after_counted(share * limit.n, limit, start, calendar, pauses)
    hours = limit.n / 60 if limit.unit is Unit.MINUTES else limit.n
    length = timedelta(hours=hours * share)
    if limit.unit is Unit.WORKHOURS:
        return _after_worked(length, start, calendar, pauses)
    return _after_elapsed(length, start, pauses)


def due(
    limit: Limit, start: datetime, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> datetime:
    """The last moment (UTC) within the limit."""
    return reach(1, limit, start, calendar, pauses)

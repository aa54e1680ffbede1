"""Working time: when a limit ends, when a step of it is reached, and why.

Counting in days follows the usual legal convention: the day of receipt does not count, the limit
ends with the last moment of the last counted day. A pause from day P to day R takes the days
P+1 … R out of the count: the day the sender was told counts, the day the material came does not,
exactly as a new receipt would. Hours and minutes are elapsed time less the paused time.

Nobody has less left after a pause than at its beginning: where less is left of day R than was left
of day P, one more day is counted (`moved`). What was over before the pause stays over. Where less
than the fair moment would be left, the end is that moment after R, or as if the limit began anew
at R where that is shorter (`due`).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
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
    """A stretch in which the clock stands still; `end` is None while it lasts. `fair` is the least
    that must be left of the limit when it ends."""

    start: datetime
    end: datetime | None = None
    fair: Limit | None = None


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

    Stops after the day of the end. Where a pause adds a day (see `moved`, `due`), one before it is
    `given_back`: not counted. Raises OverflowError when a limit cannot end within ten years, which an endless pause or a
    calendar without working days would cause.
    """
    tz = calendar.tz()
    final = due(limit, start, calendar, pauses).astimezone(tz).date()
    told: list[Day] = []
    for one in _days(limit, start.astimezone(tz).date(), calendar, pauses):
        told.append(one)
        if one.day >= final:
            break
    while told[-1].day < final:
        day = told[-1].day + timedelta(days=1)
        told.append(
            _day(day, limit.n + 1, limit.unit, calendar, paused=_within_pause(day, pauses, tz))
        )
    yield from _given_back(told, limit, calendar, pauses)


def _day(day: date, counted: int, unit: Unit, calendar: Calendar, *, paused: bool) -> Day:
    provisional = calendar.is_provisional(day)
    if paused:
        return Day(day, None, "paused", provisional)
    counts = _counts(day, unit, calendar)
    return Day(day, counted if counts else None, calendar.reason(day), provisional)


def _given_back(
    told: list[Day], limit: Limit, calendar: Calendar, pauses: Sequence[Pause]
) -> Iterator[Day]:
    """Numbers the days so that the last has the limit's number: what a pause added is what does not
    count of the days before it, the day of the pause first."""
    counted = [i for i, one in enumerate(told) if one.counted is not None]
    tz, last = calendar.tz(), told[-1].day
    begun = [d for p in pauses if (d := p.start.astimezone(tz).date()) <= last]
    before = [i for i in counted if begun and told[i].day <= max(begun)]
    nearest = [*reversed(before), *counted[len(before) :]]
    back = set(nearest[: len(counted) - limit.n])
    number = 0
    for i, one in enumerate(told):
        if i in back:
            yield replace(one, counted=None, reason="given_back")
        elif one.counted is not None:
            number += 1
            yield replace(one, counted=number)
        else:
            yield one


def _counts(day: date, unit: Unit, calendar: Calendar) -> bool:
    return unit is not Unit.WORKDAYS or calendar.is_working(day)


def _days(limit: Limit, first: date, calendar: Calendar, pauses: Sequence[Pause]) -> Iterator[Day]:
    tz = calendar.tz()
    yield Day(first, None, "received", calendar.is_provisional(first))
    counted = 0
    for offset in range(1, HORIZON_DAYS):
        day = first + timedelta(days=offset)
        one = _day(day, counted + 1, limit.unit, calendar, paused=_within_pause(day, pauses, tz))
        yield one
        counted = one.counted or counted
        if counted >= limit.n:
            return
    msg = f"a limit of {limit.n} {limit.unit} does not end within {HORIZON_DAYS} days"
    raise OverflowError(msg)


@lru_cache(maxsize=16_384)
def _last_day(limit: Limit, first: date, calendar: Calendar) -> date:
    """Remembered, as the same few limits begin on the same day again and again."""
    *_, final = _days(limit, first, calendar, ())
    return final.day


def _after_counted(position: float, limit: Limit, start: datetime, calendar: Calendar) -> datetime:
    whole = max(1, math.ceil(position))
    fraction = position - (whole - 1)
    first = start.astimezone(calendar.tz()).date()
    last = _last_day(Limit(whole, limit.unit), first, calendar)
    # In UTC: between two local times Python subtracts what the clocks show, not what passes.
    begin, end = _whole(last, calendar)
    reached = begin + (end - begin) * fraction
    # The last moment of a day belongs to it: 24:00 would print as the next day.
    if fraction >= 1:
        reached = end - timedelta(seconds=1)
    return max(reached, start)


def _whole(day: date, calendar: Calendar) -> tuple[datetime, datetime]:
    tz = calendar.tz()
    after = day + timedelta(days=1)
    return (
        datetime.combine(day, time(), tz).astimezone(UTC),
        datetime.combine(after, time(), tz).astimezone(UTC),
    )


def _closed(pauses: Sequence[Pause]) -> list[Pause]:
    """Pauses merged and in order, in UTC; an open one cannot be walked across."""
    spans = [
        (p.start.astimezone(UTC), p.end.astimezone(UTC), p.fair)
        for p in pauses
        if p.end is not None and p.end > p.start
    ]
    spans.sort(key=lambda span: span[:2])
    merged: list[Pause] = []
    for begin, end, fair in spans:
        if merged and merged[-1].end is not None and begin <= merged[-1].end:
            if end > merged[-1].end:
                merged[-1] = Pause(merged[-1].start, end, fair)
        else:
            merged.append(Pause(begin, end, fair))
    return merged


def _after_worked(length: timedelta, start: datetime, calendar: Calendar) -> datetime:
    left = length
    first = start.astimezone(calendar.tz()).date()
    for offset in range(HORIZON_DAYS):
        for begin, end in calendar.open_spans(first + timedelta(days=offset)):
            a = max(begin, start)
            if a >= end:
                continue
            if end - a >= left:
                return a + left
            left -= end - a
    msg = f"{length} of office hours do not pass within {HORIZON_DAYS} days"
    raise OverflowError(msg)


def _worked(start: datetime, end: datetime, calendar: Calendar) -> timedelta:
    tz = calendar.tz()
    first, last = start.astimezone(tz).date(), end.astimezone(tz).date()
    found = timedelta()
    for offset in range((last - first).days + 1):
        for a, b in calendar.open_spans(first + timedelta(days=offset)):
            found += max(min(b, end) - max(a, start), timedelta())
    return found


def _rest(at: datetime, unit: Unit, calendar: Calendar) -> timedelta:
    """What is left of a counted day; nothing of one that does not count."""
    day = at.astimezone(calendar.tz()).date()
    return _whole(day, calendar)[1] - at if _counts(day, unit, calendar) else timedelta()


def _moved_days(
    reached: datetime, begin: datetime, end: datetime, unit: Unit, calendar: Calendar
) -> datetime:
    tz = calendar.tz()
    day, told, came = (one.astimezone(tz).date() for one in (reached, begin, end))
    between = (told + timedelta(days=n) for n in range(1, (day - told).days + 1))
    left = sum(1 for one in between if _counts(one, unit, calendar))
    if _rest(end, unit, calendar) < _rest(begin, unit, calendar):
        left += 1
    new = _last_day(Limit(left, unit), came, calendar) if left else came
    into = reached - _whole(day, calendar)[0]
    # A day is 23 or 25 hours long where clocks are changed.
    return min(_whole(new, calendar)[0] + into, _whole(new, calendar)[1] - timedelta(seconds=1))


def moved(reached: datetime, pause: Pause, unit: Unit, calendar: Calendar) -> datetime:
    """An instant of a running count after a pause (which has an end): as much is left to it from
    the end of the pause as was from its beginning, at least. One that was over stays."""
    begin, end = pause.start.astimezone(UTC), pause.end
    if end is None or reached <= begin:
        return reached
    end = end.astimezone(UTC)
    if unit in (Unit.WORKDAYS, Unit.DAYS):
        return max(_moved_days(reached, begin, end, unit, calendar), end + timedelta(seconds=1))
    if unit is Unit.WORKHOURS:
        left = _worked(begin, reached, calendar)
        return _after_worked(left, end, calendar) if left else max(reached, end)
    return reached + (end - begin)


def reach(
    share: float,
    limit: Limit,
    start: datetime,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
) -> datetime:
    """The instant (UTC) at which `share` (0 < share; 1 is the end) of the limit has passed."""
    if share == 1:
        return due(limit, start, calendar, pauses)
    reached = _straight(share, limit, start.astimezone(UTC), calendar)
    for pause in _closed(pauses):
        reached = moved(reached, pause, limit.unit, calendar)
    # The fair moment holds for the end only: what comes after it stays after it.
    return max(reached, due(limit, start, calendar, pauses)) if share > 1 else reached


def _straight(share: float, limit: Limit, start: datetime, calendar: Calendar) -> datetime:
    if limit.unit in (Unit.WORKDAYS, Unit.DAYS):
        return _after_counted(share * limit.n, limit, start, calendar)
    hours = limit.n / 60 if limit.unit is Unit.MINUTES else limit.n
    length = timedelta(hours=hours * share)
    if limit.unit is Unit.WORKHOURS:
        return _after_worked(length, start, calendar)
    return start + length


def _ended(reached: datetime, pause: Pause, limit: Limit, calendar: Calendar) -> datetime:
    if pause.end is None or reached <= pause.start:
        return reached
    end = pause.end.astimezone(UTC)
    reached = moved(reached, pause, limit.unit, calendar)
    if pause.fair is None:
        return reached
    fair = _straight(1, pause.fair, end, calendar)
    return max(reached, min(fair, _straight(1, limit, end, calendar)))


def due(
    limit: Limit, start: datetime, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> datetime:
    """The last moment (UTC) within the limit."""
    reached = _straight(1, limit, start.astimezone(UTC), calendar)
    for pause in _closed(pauses):
        reached = _ended(reached, pause, limit, calendar)
    if limit.unit in (Unit.WORKDAYS, Unit.DAYS):
        _refuse_endless(reached, limit, pauses)
    return reached


def _refuse_endless(reached: datetime, limit: Limit, pauses: Sequence[Pause]) -> None:
    if any(p.end is None and p.start < reached for p in pauses):
        msg = f"a limit of {limit.n} {limit.unit} does not end in a pause that lasts"
        raise OverflowError(msg)

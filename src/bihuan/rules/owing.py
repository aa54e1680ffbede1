"""What is owed in a period and what became of it. Pure.

Pro rata: each day on which something is owed asks for as much of the times as it is a part of its period;
the sum is rounded half up. A whole period asks for all of them, one of which half the days or more count for
one of one, and whatever changes in its middle (founded, closed, moved, introduced, ended, set otherwise)
counts from its day.

What happens counts for the period of its day. In the days of grace after a period it counts, late, for that
one as long as something lacks there, and for its own only then. It never counts for two periods of one rule,
and a thing with several steps once for a period. What was written down only after the days of grace of its period
counts for it late, and for no other. What becomes of a period is worked out from the first of the
year before its own, whatever else is asked about: so it is the same wherever it is read.
"""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from bihuan.rules.periods import Grain, Period

MOST_PERIODS = 60


class State(StrEnum):
    """What became of a period: nothing is owed, free of it with a reason, enough in time, enough with
    the days of grace, time is left, time is over; ahead: it has not begun."""

    NONE = "none"
    SPARED = "freed"
    MET = "in_time"
    LATE = "late"
    DUE = "due"
    MISSED = "missed"
    AHEAD = "ahead"


# Of which something is still to be done.
LACKING = frozenset({State.DUE, State.MISSED})


@dataclass(frozen=True)
class Rung:
    """So many times each period, with so many days of grace, from a day to the day before `after`."""

    start: date
    after: date
    times: int
    grace: int = 0

    def days_in(self, start: date, after: date) -> int:
        """How many of its days lie in some others."""
        return max(0, (min(self.after, after) - max(self.start, start)).days)


def cut(rungs: Iterable[Rung], start: date, after: date) -> Iterator[Rung]:
    """What of them lies within some days."""
    for one in rungs:
        first, last = max(one.start, start), min(one.after, after)
        if first < last:
            yield Rung(first, last, one.times, one.grace)


def spared(rungs: Iterable[Rung], free: Iterable[tuple[date, date | None]]) -> list[Rung]:
    """Without the days from a day to the day before another (None: for good) on which somebody is free."""
    found = list(rungs)
    for start, after in free:
        end = after or date.max
        found = [
            part
            for one in found
            for part in (*cut([one], date.min, start), *cut([one], end, date.max))
        ]
    return found


def owed(period: Period, rungs: Iterable[Rung]) -> int:
    """How often something is owed in a period: pro rata, rounded half up."""
    whole = (period.after - period.start).days
    days = sum(one.times * one.days_in(period.start, period.after) for one in rungs)
    return (2 * days + whole) // (2 * whole)


@dataclass(frozen=True)
class Asked:
    """What a period asks for: `owed` times, in time until `period.last`, late until `due`. `reason` says
    why somebody is free of all of it, or of a part; `there` that it asks for anything on some day."""

    period: Period
    owed: int
    due: date
    reason: str = ""
    there: bool = True


def asked(
    period: Period, rungs: Sequence[Rung], free: Iterable[tuple[date, date | None, str]] = ()
) -> Asked:
    """What a period asks of somebody by rungs that do not overlap, some days of which they are free."""
    mine = list(cut(rungs, period.start, period.after))
    reasons = [
        (start, after, why)
        for start, after, why in free
        if start < period.after and (after is None or after > period.start)
    ]
    left = spared(mine, [(start, after) for start, after, _ in reasons])
    most = (period.after - period.start).days - 1
    # The grace as it was on the last day that asks for something, and never as long as the period.
    grace = min(max(mine, key=lambda one: one.after).grace if mine else 0, most)
    there = any(one.times for one in mine)
    reason = reasons[0][2] if reasons and there else ""
    return Asked(period, owed(period, left), period.last + timedelta(days=grace), reason, there)


@dataclass(frozen=True)
class Cell:
    """What became of a period: `owed` times, `done` in it, so many of the days of grace after it in
    `late`, and a `reason` where somebody is free of it."""

    asked: Asked
    state: State
    done: int = 0
    late: int = 0

    @property
    def period(self) -> Period:
        return self.asked.period

    @property
    def owed(self) -> int:
        return self.asked.owed

    @property
    def reason(self) -> str:
        return self.asked.reason

    @property
    def lacks(self) -> int:
        """How many are still to be done."""
        return max(0, self.owed - self.done - self.late)


@dataclass(frozen=True)
class Tally:
    """How many things happened in each of the periods that follow each other, and how many of them in
    the days of grace of the period before; `slow` those besides that were written down when its own days of grace
    were over."""

    dated: Sequence[int] = field(default=())
    early: Sequence[int] = field(default=())
    slow: Sequence[int] = field(default=())


def cells(wanted: Sequence[Asked], happened: Tally, today: date) -> list[Cell]:
    """What became of periods that follow each other, by a day. Of the things of the last, those that
    would make up for it lie behind it: `happened` has one period more."""
    found: list[Cell] = []
    taken = 0
    for nth, one in enumerate(wanted):
        done = happened.dated[nth] - taken
        slow = happened.slow[nth] if happened.slow else 0
        taken = min(max(0, one.owed - done - slow), happened.early[nth + 1])
        late = taken + slow
        found.append(Cell(one, _state(one, done, late, today), done, late))
    return found


def judged(wanted: Sequence[Asked], happened: Tally, today: date, many: int) -> list[Cell]:
    """What became of the last so many of periods that follow each other, each worked out from the first
    period of the year before its own (`lead`)."""
    years = [year_of(one.period) for one in wanted]
    found: list[Cell] = []
    for year, some in groupby(range(len(wanted) - many, len(wanted)), key=lambda nth: years[nth]):
        asked_of = [*some]
        first = next(nth for nth, each in enumerate(years) if each >= year - 1)
        tally = Tally(happened.dated[first:], happened.early[first:], happened.slow[first:])
        walked = cells(wanted[first : asked_of[-1] + 1], tally, today)
        found += walked[-len(asked_of) :]
    return found


def _state(one: Asked, done: int, late: int, today: date) -> State:
    if not one.there:
        return State.NONE
    if one.owed == 0:
        return State.SPARED if one.reason else State.NONE
    if done >= one.owed:
        return State.MET
    if done + late >= one.owed:
        return State.LATE
    if one.period.start > today:
        return State.AHEAD
    return State.DUE if today <= one.due else State.MISSED


def following(grain: Grain, start: date, after: date) -> list[Period]:
    """The periods of a grain that begin before a day, from the one in which another lies; at most
    MOST_PERIODS, the last of them where there are more."""
    found: list[Period] = []
    one = Period.of(grain, start)
    while one.start < after:
        found.append(one)
        one = Period.of(grain, one.after)
    return found[-MOST_PERIODS:]


def of_year(grain: Grain, year: int) -> list[Period]:
    """The periods of a year: weeks are of the year in which their Thursday lies (ISO 8601)."""
    if grain is Grain.WEEK:
        # 28 December lies in the last week of its year, 4 January in the first.
        return following(grain, date(year, 1, 4), date(year, 12, 29))
    return following(grain, date(year, 1, 1), date(year + 1, 1, 1))


def year_of(period: Period) -> int:
    """The year a period is of: weeks are of the year in which their Thursday lies (ISO 8601)."""
    return period.start.isocalendar().year if period.grain is Grain.WEEK else period.start.year


def lead(period: Period) -> list[Period]:
    """The periods before one, from the first of the year before its own."""
    year = year_of(period)
    some = [*of_year(period.grain, year - 1), *of_year(period.grain, year)]
    return [one for one in some if one.start < period.start]


# The day on which something happened, what it was, as the same thing counts once for a period, and when it was
# written down, where that was long after (None: it was not).
Did = tuple[date, Hashable] | tuple[date, Hashable, date | None]


def count(things: Iterable[Did], wanted: Sequence[Asked], behind: Period) -> Tally:
    """Things by their days over the periods that are asked about and the one behind them."""
    starts = [*(one.period.start for one in wanted), behind.start]
    first: dict[tuple[int, Hashable], tuple[date, date]] = {}
    for day, thing, *more in things:
        nth = bisect_right(starts, day) - 1
        if nth < 0 or day >= behind.after:
            continue
        said = (day, more[0] if more and more[0] is not None else day)
        if (nth, thing) not in first or said < first[nth, thing]:
            first[nth, thing] = said
    dated, early, slow = ([0] * len(starts) for _ in range(3))
    for (nth, thing), (day, noted) in first.items():
        if nth < len(wanted) and noted > wanted[nth].due:
            slow[nth] += 1
            continue
        dated[nth] += 1
        # What counted for the one before already does not make up for it.
        due = wanted[nth - 1].due if nth else day
        if nth and day <= due and (nth - 1, thing) not in first:
            early[nth] += 1
    return Tally(dated, early, slow)

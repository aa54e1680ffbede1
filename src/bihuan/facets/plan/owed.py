"""Which journals a plan owes, and what became of each. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bihuan.rules.periods import Grain, Period

GRAINS = {
    "week": Grain.WEEK,
    "month": Grain.MONTH,
    "quarter": Grain.QUARTER,
    "half": Grain.HALF,
    "year": Grain.YEAR,
}
IN_TIME, LATE, MISSED, OPEN = "in_time", "late", "missed", "open"
# Ten years of weeks: what runs longer was forgotten, and nobody reads more squares.
MOST = 530


@dataclass(frozen=True)
class Run:
    """From which day a plan runs until which (None: it goes on), and when it stood still: from a day
    until the day before another."""

    every: str
    started: date
    ended: date | None = None
    pauses: Sequence[tuple[date, date | None]] = ()

    def ran_on(self, day: date) -> bool:
        """Whether the plan ran on a day."""
        if day < self.started or (self.ended is not None and day > self.ended):
            return False
        return not any(start <= day and (to is None or day < to) for start, to in self.pauses)


@dataclass(frozen=True)
class Square:
    """One period of a journal. `due` is the last day on which it is written in time; `state` in_time,
    late (both: written), missed, or open: it may still be written in time. `owed`: it was asked for,
    which one that is over is where the plan ran on its last day."""

    period: str
    start: date
    last: date
    due: date
    state: str
    owed: bool


def period_of(every: str, day: date) -> Period:
    """The period in which a day lies, by the calendar: weeks begin on Monday and belong to the year
    of their Thursday (ISO 8601)."""
    return Period.of(GRAINS[every], day)


def due_of(period: Period, grace: int) -> date:
    """The last day on which the journal of a period is in time, so many days after it is over."""
    return period.last + timedelta(days=grace)


def _periods(run: Run, today: date) -> Iterator[Period]:
    period = period_of(run.every, run.started)
    until = today if run.ended is None else min(run.ended, today)
    for _ in range(MOST):
        if period.start > until:
            return
        yield period
        period = period_of(run.every, period.after)


def squares(run: Run, written: Mapping[str, str], today: date, grace: int) -> list[Square]:
    """The periods of a plan up to today, the first first: those that it owes, and those written though
    it does not. `written` says of a period whether it was in_time or late."""
    found = []
    for period in _periods(run, today):
        over = period.last < today
        owed = over and run.ran_on(period.last)
        state = written.get(period.text, "")
        due = due_of(period, grace)
        if not state and (owed or (not over and run.ran_on(today))):
            state = MISSED if today > due else OPEN
        if state:
            found.append(Square(period.text, period.start, period.last, due, state, owed))
    return found


@dataclass(frozen=True)
class Count:
    """How many journals were owed until a day, written (owed or not), written late, missed."""

    owed: int = 0
    written: int = 0
    late: int = 0
    missed: int = 0


def count(found: Sequence[Square]) -> Count:
    """The squares of a plan in numbers."""
    states = [one.state for one in found]
    late = states.count(LATE)
    owed = sum(one.owed for one in found)
    return Count(owed, states.count(IN_TIME) + late, late, states.count(MISSED))

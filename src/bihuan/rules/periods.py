"""Periods of a calendar: from text and back, the one before, the one a year ago."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

FIRST_YEAR, LAST_YEAR = 1900, 2200


class PeriodError(ValueError):
    """A text that names no period."""


class Grain(StrEnum):
    """How long a period is; FREE for one with any first and last day."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    FREE = "free"


_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.HALF: 6, Grain.YEAR: 12}
_DAYS = {Grain.DAY: 1, Grain.WEEK: 7}


def _month(day: date, months: int) -> date:
    """The first of the month so many months later."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


@dataclass(frozen=True)
class Period:
    """The days from `start` to the day before `after`."""

    grain: Grain
    start: date
    after: date

    @classmethod
    def of(cls, grain: Grain, day: date) -> "Period":
        """The period of a grain in which a day lies. Raises PeriodError for FREE."""
        if grain in _MONTHS:
            length = _MONTHS[grain]
            start = date(day.year, (day.month - 1) // length * length + 1, 1)
            return cls(grain, start, _month(start, length))
        if grain in _DAYS:
            start = day - timedelta(days=day.weekday()) if grain is Grain.WEEK else day
            return cls(grain, start, start + timedelta(days=_DAYS[grain]))
        raise PeriodError(grain)

    def before(self) -> "Period":
        """The period right before, as long as this one."""
        if self.grain in _MONTHS:
            return Period(self.grain, _month(self.start, -_MONTHS[self.grain]), self.start)
        return Period(self.grain, self.start - (self.after - self.start), self.start)

    def year_ago(self) -> "Period":
        """The same period of the year before; a week keeps its weekdays."""
        if self.grain in _MONTHS:
            return Period(self.grain, _month(self.start, -12), _month(self.after, -12))
        if self.grain is Grain.WEEK:
            back = timedelta(weeks=52)
            return Period(self.grain, self.start - back, self.after - back)
        # 29 February has no counterpart: the year before, the day after the 28th.
        start, after = (_year_back(day) for day in (self.start, self.after))
        return Period(self.grain, start, max(after, start + timedelta(days=1)))

    def as_far(self, other: "Period", day: date) -> "Period":
        """This period, which lies before `other`, as far as that has come by a day: its first so many days,
        all of it where the other is over."""
        if day >= other.last:
            return self
        days = max(1, (day - other.start).days + 1)
        return Period(Grain.FREE, self.start, min(self.after, self.start + timedelta(days=days)))

    @property
    def last(self) -> date:
        """The last day of it."""
        return self.after - timedelta(days=1)

    @property
    def text(self) -> str:
        """What `parse` reads."""
        day = self.start
        year, week, _ = day.isocalendar()
        written = {
            Grain.DAY: f"{day}",
            Grain.WEEK: f"{year:04d}-W{week:02d}",
            Grain.MONTH: f"{day:%Y-%m}",
            Grain.QUARTER: f"{day.year}-Q{(day.month + 2) // 3}",
            Grain.HALF: f"{day.year}-H{(day.month + 5) // 6}",
            Grain.YEAR: f"{day.year}",
        }
        return written.get(self.grain) or f"{day}..{self.last}"


def _year_back(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return date(day.year - 1, 3, 1)


def _free(first: str, last: str) -> Period:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if end < start:
        raise PeriodError(f"{first}..{last}")
    return Period(Grain.FREE, start, end + timedelta(days=1))


_FORMS: tuple[tuple[str, Callable[..., Period]], ...] = (
    (r"(\d{4})", lambda y: Period.of(Grain.YEAR, date(int(y), 1, 1))),
    (r"(\d{4})-H([12])", lambda y, n: Period.of(Grain.HALF, date(int(y), int(n) * 6, 1))),
    (r"(\d{4})-Q([1-4])", lambda y, n: Period.of(Grain.QUARTER, date(int(y), int(n) * 3, 1))),
    (r"(\d{4})-(\d\d)", lambda y, n: Period.of(Grain.MONTH, date(int(y), int(n), 1))),
    (
        r"(\d{4})-W(\d\d)",
        lambda y, n: Period.of(Grain.WEEK, date.fromisocalendar(int(y), int(n), 1)),
    ),
    (r"(\d{4}-\d\d-\d\d)", lambda d: Period.of(Grain.DAY, date.fromisoformat(d))),
    (r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", _free),
)


def parse(text: str) -> Period:
    """A period from `2026`, `2026-H1`, `2026-Q3`, `2026-03`, `2026-W09`, `2026-03-02` or
    `2026-03-01..2026-10-31`. Raises PeriodError for anything else."""
    for form, make in _FORMS:
        found = re.fullmatch(form, text, re.ASCII)
        if found:
            try:
                period = make(*found.groups())
            except ValueError as error:
                raise PeriodError(text) from error
            if not FIRST_YEAR < period.start.year < LAST_YEAR:
                raise PeriodError(text)
            return period
    raise PeriodError(text)

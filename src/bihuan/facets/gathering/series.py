"""The days of a series: every so many weeks, the same weekday or day of every so many months, until a last
day; what lies on a day that is not worked. Pure."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from bihuan.rules.worktime import Calendar

Every = Literal["week", "month_weekday", "month_day"]
Holidays = Literal["move", "tell", "keep"]
EVERY: tuple[Every, ...] = get_args(Every)
# Five years of months, a year of weeks.
MOST = 60
_WEEK, _DAY = timedelta(days=7), timedelta(days=1)


@dataclass(frozen=True)
class Occurrence:
    """One of a series: the day its rule means, the day on which it is, and what lies on the first where
    that is not worked ('' else)."""

    wanted: date
    day: date
    holiday: str = ""


def days(first: date, every: Every, n: int, until: date) -> Iterator[date]:
    """The days after the first until the last, both as the rule means them. `n`: every so many weeks or
    months. The fifth weekday of a month is its last, the 31st of a short month its last day."""
    if every == "week":
        day = first + n * _WEEK
        while day <= until:
            yield day
            day += n * _WEEK
        return
    year, month = first.year, first.month
    while True:
        year, month = (year + (month + n - 1) // 12, (month + n - 1) % 12 + 1)
        if year > until.year + 1 or year > date.max.year:
            return
        day = _nth(first, year, month) if every == "month_weekday" else _same(first, year, month)
        if day > until:
            return
        yield day


def _same(first: date, year: int, month: int) -> date:
    return date(year, month, min(first.day, calendar.monthrange(year, month)[1]))


def _nth(first: date, year: int, month: int) -> date:
    nth = (first.day - 1) // 7
    begin = date(year, month, 1)
    day = begin + timedelta(days=(first.weekday() - begin.weekday()) % 7) + nth * _WEEK
    return day if day.month == month else day - _WEEK


def occurrences(
    first: date, every: Every, n: int, until: date, *, holidays: Holidays, worked: Calendar
) -> list[Occurrence]:
    """The series after its first day, `MOST` and one at most, so that too many are seen. A day that is not
    worked moves to the next one that is, or is only told; a series that itself lies on a weekend goes on
    there, and only announced holidays count."""
    found: list[Occurrence] = []
    for wanted in days(first, every, n, until):
        if len(found) > MOST:
            break
        found.append(_placed(first, wanted, holidays, worked))
    return found


def _placed(first: date, wanted: date, holidays: Holidays, worked: Calendar) -> Occurrence:
    special = worked.specials.get(wanted)
    off = special is not None and not special.working
    # Whoever meets on Saturdays means Saturdays; a rule by the day of the month means working days.
    weekend = special is None and not worked.is_working(wanted) and worked.is_working(first)
    if holidays == "keep" or not (off or weekend):
        return Occurrence(wanted, wanted)
    day = wanted
    while holidays == "move" and not worked.is_working(day):
        day += _DAY
    return Occurrence(wanted, day, worked.reason(wanted))

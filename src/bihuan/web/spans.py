"""Periods as people name them: 上个月, 今年, last month; whatever else is read as a period is written."""

from datetime import date

from django.utils import timezone

from bihuan.lib.clock import now
from bihuan.rules import periods
from bihuan.rules.periods import Grain, Period
from bihuan.web import words

# A line goes back so many months, this one included.
MONTHS = 12
# How a period of this kind is offered, and what people write for it.
SAID: dict[str, tuple[Grain, int, tuple[str, ...]]] = {
    "this_month": (Grain.MONTH, 0, ("本月", "这个月", "当月", "this month")),
    "last_month": (Grain.MONTH, 1, ("上月", "上个月", "last month")),
    "this_quarter": (Grain.QUARTER, 0, ("本季", "本季度", "这个季度", "this quarter")),
    "last_quarter": (Grain.QUARTER, 1, ("上季", "上季度", "上个季度", "last quarter")),
    "this_year": (Grain.YEAR, 0, ("今年", "本年", "本年度", "this year")),
    "last_year": (Grain.YEAR, 1, ("去年", "上年", "上年度", "last year")),
}
_WORDS = {word: name for name, (_, _, said) in SAID.items() for word in said}


def today() -> date:
    """The day it is here."""
    return timezone.localtime(now()).date()


def _meant(name: str) -> Period:
    grain, back, _ = SAID[name]
    period = Period.of(grain, today())
    return period.before() if back else period


def read(text: str) -> Period:
    """The period a text names, in words or as `periods.parse` reads it; nothing is this month.
    Raises PeriodError."""
    plain = " ".join(text.lower().split())
    name = _WORDS.get(plain, "this_month" if not plain else plain.replace(" ", "_"))
    return _meant(name) if name in SAID else periods.parse(text.strip())


def offered() -> list[tuple[str, str]]:
    """What a chooser offers: each period as it is written, and the name of its words."""
    return [(_meant(name).text, name) for name in SAID]


def told(period: Period) -> str:
    """The name of the words of a period that is offered; else nothing."""
    return next((name for text, name in offered() if text == period.text), "")


def year_to(period: Period) -> Period:
    """The twelve months up to the last of a period, or to this one of a period that goes on."""
    last = min(period.last, today()) if period.start <= today() else period.last
    end = Period.of(Grain.MONTH, last)
    start = end
    for _ in range(MONTHS - 1):
        start = start.before()
    return Period(Grain.FREE, start.start, end.after)


def month_told(month: date) -> str:
    """A month in words, by any of its days."""
    name = words.text(f"days.month.{month.month}")
    return words.text("figures.month_whole", month=name, year=month.year)


def months(period: Period) -> list[date]:
    """The first days of the months from the one a period begins in to its end."""
    found, month = [], Period.of(Grain.MONTH, period.start)
    while month.start < period.after:
        found.append(month.start)
        month = Period.of(Grain.MONTH, month.after)
    return found

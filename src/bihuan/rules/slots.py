"""Half hours for which one may book: which there are on a day, by weekday, hours and calendar.

Seed 002 item 1 (延时服务): places within office hours on working days, and outside them on days
that are no holiday. On a holiday there are none at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time

from bihuan.rules.worktime import SATURDAY, Calendar

HALF_HOUR = 30
_HOUR = 60
Span = tuple[time, time]


@dataclass(frozen=True)
class Plan:
    """How many a window takes each half hour, on which weekdays (Monday is 0), between which
    times. `window` is '' for a hall as a whole. `after_hours` plans hold on weekends too."""

    window: str
    weekdays: tuple[int, ...]
    spans: tuple[Span, ...]
    places: int
    after_hours: bool = False


@dataclass(frozen=True, order=True)
class Slot:
    """One half hour at one window."""

    start: time
    window: str
    places: int
    after_hours: bool


def _minutes(at: time) -> int:
    return at.hour * _HOUR + at.minute


def half_hours(spans: Iterable[Span]) -> list[time]:
    """The beginnings of the whole half hours within spans, in order, each once."""
    found = {
        minute
        for start, end in spans
        for minute in range(_minutes(start), _minutes(end) - HALF_HOUR + 1, HALF_HOUR)
    }
    return [time(minute // _HOUR, minute % _HOUR) for minute in sorted(found)]


def holds(plan: Plan, day: date, calendar: Calendar) -> bool:
    """Whether a plan has half hours on a day.

    Within hours: on working days of its weekdays, and on make-up working days whatever their
    weekday. After hours: on its weekdays, unless the day is a holiday.
    """
    special = calendar.specials.get(day)
    if special is not None and not special.working:
        return False
    if day.weekday() in plan.weekdays:
        return plan.after_hours or calendar.is_working(day)
    return special is not None and not plan.after_hours and day.weekday() >= SATURDAY


def slots(plans: Sequence[Plan], day: date, calendar: Calendar) -> list[Slot]:
    """The half hours of a day by time and window. Where two plans of a window meet, the one within
    hours stands, so that a half hour is never counted twice."""
    found: dict[tuple[time, str], Slot] = {}
    for plan in sorted(plans, key=lambda one: one.after_hours):
        if holds(plan, day, calendar):
            for start in half_hours(plan.spans):
                slot = Slot(start, plan.window, plan.places, plan.after_hours)
                found.setdefault((start, plan.window), slot)
    return sorted(found.values())

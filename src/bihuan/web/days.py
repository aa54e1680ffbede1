"""Moments as people say them: 今天 17:00前, 12月4日 周五 24:00前, 逾期3天."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from bihuan.lib.clock import now
from bihuan.web import words

# A day's last minute is how limits end; nobody says 23:59.
_LAST = (23, 59)


def spoken(on: date, today: date, *, relative: bool = True) -> str:
    """A day: today, tomorrow, yesterday, else with its weekday; the year only where it is another."""
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((on - today).days)
    if near and relative:
        return words.text(f"days.{near}")
    key = "days.this_year" if on.year == today.year else "days.other_year"
    week = words.text(f"weekday.{on.weekday()}")
    month = words.text(f"days.month.{on.month}")
    return words.text(key, year=on.year, month=month, day=on.day, weekday=week)


def due(at: datetime, *, relative: bool = True) -> str:
    """The end of a limit (aware), local: 今天 24:00前; not `relative`: 12月4日 周五 24:00前."""
    local, today = timezone.localtime(at), timezone.localtime(now()).date()
    clock = "24:00" if (local.hour, local.minute) == _LAST else f"{local:%H:%M}"
    return words.text("days.by", day=spoken(local.date(), today, relative=relative), time=clock)


def ago(at: datetime) -> str:
    """When something happened (aware), local: 今天 09:20, 11月3日 周二 09:20."""
    local, today = timezone.localtime(at), timezone.localtime(now()).date()
    return words.text("days.at", day=spoken(local.date(), today), time=f"{local:%H:%M}")


def late(at: datetime) -> str:
    """For how long a limit has been over, in whole days, else hours; '' where it is not over."""
    over = now() - at
    if over <= timedelta(0):
        return ""
    if over >= timedelta(days=1):
        return words.text("days.late_days", count=over.days)
    return words.text("days.late_hours", count=int(over.total_seconds() // 3600) + 1)

"""Moments as people say them: 今天 17:00前, 12月4日 周五 24:00前, 逾期3天."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils import timezone

from bihuan.kernel.matters import day_names
from bihuan.lib.clock import now
from bihuan.web import words

# A day's last minute is how limits end; nobody says 23:59.
_LAST = (23, 59)


def spoken(on: date, today: date, *, relative: bool = True) -> str:
    """A day: today, tomorrow, yesterday, else with its weekday; the year only where it is another."""
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((on - today).days)
    if near and relative:
        return words.text(f"days.{near}")
    return _named(on, today, words.locale())


@lru_cache(maxsize=4096)
def _named(on: date, today: date, locale: str) -> str:
    """Kept: a page says the same few days again and again."""
    del locale
    return day_names.named(on, today, words.text)


def named(on: date) -> str:
    """A day by its name, the same whenever it is read: 12月4日 周五."""
    return spoken(on, timezone.localtime(now()).date(), relative=False)


def due(at: datetime, *, relative: bool = True) -> str:
    """The end of a limit (aware), local: 今天 24:00前; not `relative`: 12月4日 周五 24:00前."""
    local, today = timezone.localtime(at), timezone.localtime(now()).date()
    clock = "24:00" if (local.hour, local.minute) == _LAST else f"{local:%H:%M}"
    return words.text("days.by", day=spoken(local.date(), today, relative=relative), time=clock)


def ago(at: datetime, *, relative: bool = True) -> str:
    """When something happened (aware), local: 今天 09:20; not `relative`: 11月3日 周二 09:20."""
    local, today = timezone.localtime(at), timezone.localtime(now()).date()
    day = spoken(local.date(), today, relative=relative)
    return words.text("days.at", day=day, time=f"{local:%H:%M}")


def late(at: datetime) -> str:
    """For how long a limit has been over, in whole days, else hours; '' where it is not over."""
    over = now() - at
    if over <= timedelta(0):
        return ""
    if over >= timedelta(days=1):
        return words.text("days.late_days", count=over.days)
    return words.text("days.late_hours", count=int(over.total_seconds() // 3600) + 1)

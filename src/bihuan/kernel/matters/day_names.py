"""How a day is written, the one place for it: 12月4日 周五, Fri 4 Dec; with the year where it is another."""

from collections.abc import Callable
from datetime import date


def named(on: date, today: date, text: Callable[..., str]) -> str:
    """A day with its day of the week as somebody reads it `today`, by `text`, words of the house."""
    key = "days.this_year" if on.year == today.year else "days.other_year"
    week = text(f"weekday.{on.weekday()}")
    return text(key, year=on.year, month=text(f"days.month.{on.month}"), day=on.day, weekday=week)

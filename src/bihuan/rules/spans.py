"""Periods of one thing at one place: they never overlap, and none is cut unasked.

Of two periods that both have no end the later follows the earlier, which ends where it begins: that
is what "from a day on" says. Whatever else meets is refused, with the days that are free.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """The days from `start` to the day before `after`; without `after` there is no end."""

    start: date
    after: date | None = None

    @classmethod
    def through(cls, start: date, last: date | None) -> "Span":
        """The days from `start` to `last`, both included."""
        return cls(start, last + DAY if last is not None else None)

    @property
    def empty(self) -> bool:
        """Ended before it began: no day is in it."""
        return self.after is not None and self.after <= self.start

    @property
    def last(self) -> date | None:
        """The last day of it."""
        return self.after - DAY if self.after is not None else None

    def meets(self, other: "Span") -> bool:
        """Whether a day is in both."""
        if self.empty or other.empty:
            return False
        return (self.after is None or other.start < self.after) and (
            other.after is None or self.start < other.after
        )


class MeetsError(ValueError):
    """A period that meets one that is there; `key` names the message, `values` fill it."""

    def __init__(self, there: Span) -> None:
        self.key, self.values = "periods.meets_open", {"start": there.start}
        if there.after is not None:
            self.key = "periods.meets"
            self.values |= {"last": there.after - DAY, "after": there.after}
        super().__init__(f"{self.key} {self.values}")


def followed(wanted: Span, there: Iterable[tuple[T, Span]]) -> T | None:
    """The one that `wanted` follows and that must end at its start, if there is one.

    Raises MeetsError when it meets any other, or several.
    """
    met = [(row, span) for row, span in there if wanted.meets(span)]
    for row, span in met:
        both_open = wanted.after is None and span.after is None
        if len(met) > 1 or not both_open or span.start >= wanted.start:
            raise MeetsError(span)
        return row
    return None


def free(wanted: Span, there: Iterable[Span]) -> None:
    """Raises MeetsError unless `wanted` meets nothing: for what is never followed by its like."""
    for span in there:
        if wanted.meets(span):
            raise MeetsError(span)


def gaps(wanted: Span, there: Iterable[Span]) -> list[Span]:
    """The parts of a period that meet nothing, in order."""
    found, start = [], wanted.start
    for span in sorted((one for one in there if one.meets(wanted)), key=lambda one: one.start):
        if span.start > start:
            found.append(Span(start, span.start))
        if span.after is None:
            return found
        start = max(start, span.after)
    rest = Span(start, wanted.after)
    return found if rest.empty else [*found, rest]


def ended(span: Span, after: date) -> date:
    """Where a period ends that is to end before `after`: it is never made longer, as another may
    have followed. Raises MeetsError when it would be."""
    if span.after is not None and after > span.after:
        raise MeetsError(span)
    return max(after, span.start)

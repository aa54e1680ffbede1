"""The fixed grid of days that small groups are looked for in: a year falls into halves, these into
quarters, months, what of a week lies in a month, days. Every period is made of its blocks. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bihuan.rules.periods import Grain, Period

_GRAINS = (Grain.YEAR, Grain.HALF, Grain.QUARTER, Grain.MONTH, Grain.WEEK, Grain.DAY)
MONTH, WEEK, DAY = 3, 4, 5


@dataclass(frozen=True)
class Block:
    """The days from `start` to the day before `after`; `level` 0 is a year, 5 a day."""

    level: int
    start: date
    after: date

    @classmethod
    def of(cls, level: int, day: date) -> "Block":
        """The block of a level in which a day lies; a week ends with its month."""
        found = Period.of(_GRAINS[level], day)
        start, after = found.start, found.after
        if level == WEEK:
            month = Period.of(Grain.MONTH, day)
            start, after = max(start, month.start), min(after, month.after)
        return cls(level, start, after)

    @property
    def above(self) -> "Block":
        """What it is a part of; a year of itself alone."""
        return Block.of(max(self.level - 1, 0), self.start)

    def beside(self) -> list["Block"]:
        """The blocks that its `above` is made of, itself among them, by day."""
        if self.level == 0:
            return [self]
        return list(_row(self.level, self.above.start, self.above.after))


def _row(level: int, start: date, after: date) -> Iterator[Block]:
    while start < after:
        found = Block.of(level, start)
        yield found
        start = found.after


def blocks(start: date, after: date) -> Iterator[Block]:
    """The fewest blocks that make up the days from `start` to the day before `after`."""
    while start < after:
        fitting = (Block.of(level, start) for level in range(DAY + 1))
        found = next(one for one in fitting if one.start == start and one.after <= after)
        yield found
        start = found.after


def days(block: Block) -> Iterator[date]:
    """Every day of a block."""
    for n in range((block.after - block.start).days):
        yield block.start + timedelta(days=n)

"""Measures: what a figure makes of the steps it counts. Whoever can compute one registers it with what
a figure must say for it; its computing is loaded when it is first asked for."""

from dataclasses import dataclass
from typing import Annotated, Literal

from typing_extensions import override

from bihuan.spec.base import Declared
from bihuan.spec.registry import Registry

NAMES = Declared()
MeasureName = Annotated[str, NAMES]
# How a value is told.
Told = Literal["whole", "number", "money", "share", "days"]
# The keys of a figure that belong to one measure or another.
KEYS = ("part", "input", "tally")


@dataclass(frozen=True, eq=False)
class Measure:
    """`about` is what the handbook says of it. `made_by` (`module:function`) computes it: of a figure's
    definition, its steps and the keys of groups, it makes the table of groups with `amount` and `sample`.

    `needs` is the key it needs besides `among`; `sums` the type of input it adds up; `excludes` whether
    something may be left out.
    `reads` are the columns of a step it computes from. `told` is how its value is told: a whole number,
    a number, an amount of money, a share, days. A value that `rests` on a sample says nothing where that is too small. `stands`: it
    counts how each matter stood at the end of a period, not what happened in it. `adds`: whether groups
    make the total: always, where steps are counted, or never. `of_year`: it is told of the months of the
    year up to the end of a period, and never by period.
    """

    about: str
    made_by: str
    needs: Literal["", "part", "input", "tally"] = ""
    sums: Literal["", "int", "number", "money"] = ""
    excludes: bool = False
    reads: tuple[str, ...] = ()
    told: Told = "whole"
    rests: bool = False
    stands: bool = False
    adds: Literal["always", "steps", "never"] = "never"
    of_year: bool = False

    @property
    def from_first(self) -> bool:
        """Whether it looks at what happened before the period: counters read of what was shown at any
        time, and what stands was opened then."""
        return self.stands or self.needs == "tally"


def digits(value: float, told: Told, *, thousands: bool = False) -> str:
    """A whole number, a number or an amount of money in digits, with commas where asked."""
    comma = "," if thousands else ""
    if told == "money":
        return f"{value:{comma}.2f}"
    if told == "number":
        return f"{value:{comma}.6f}".rstrip("0").rstrip(".")
    return f"{int(value):{comma}}"


class _Measures(Registry[Measure]):
    @override
    def add(self, name: str, one: Measure) -> None:
        super().add(name, one)
        NAMES.add(name)


MEASURES = _Measures("measure")
register = MEASURES.add
# Of a release whose measure no installed app knows: nothing asks for its value.
UNKNOWN = Measure("", "")

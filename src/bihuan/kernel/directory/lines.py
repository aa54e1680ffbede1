"""What a row of a workbook is, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bihuan.foundation.access.api import DeniedError
from bihuan.lib.problems import ProblemError

STATUSES = ("new", "changed", "moved", "same", "bad")
Cells = Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """A row by its number in its sheet, as a spreadsheet counts, with its cells by column."""

    number: int
    cells: Cells
    sheet: str = ""

    @property
    def place(self) -> tuple[str, int]:
        """Which row of the workbook it is."""
        return self.sheet, self.number

    def cell(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass(frozen=True)
class Said:
    """A sentence of the catalogues about a row: `key` names it, `values` fill it."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


def as_row(key: str, row: Row, other: tuple[str, int]) -> Said:
    """What a row says of another one: `key`, or `key`_in where that stands in another sheet."""
    sheet, number = other
    if sheet == row.sheet:
        return Said(key, {"row": number})
    return Said(f"{key}_in", {"row": number, "sheet": sheet})


@dataclass(frozen=True)
class Change:
    """A column that gets another value."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """What became, or would become, of a row: one of STATUSES, every fault at once, what of what is
    there changes, what somebody should look at."""

    row: int
    name: str
    status: str
    faults: tuple[Said, ...] = ()
    changes: tuple[Change, ...] = ()
    notes: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Left:
    """Somebody or something that is there and that the workbook does not name."""

    pk: int
    name: str
    where: str


def why(error: ProblemError | DeniedError) -> Said:
    """What a refusal says of a row."""
    if isinstance(error, ProblemError):
        return Said(error.key, error.values)
    return Said("access.denied")

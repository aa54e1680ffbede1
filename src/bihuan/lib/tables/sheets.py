"""A sheet of texts, counted while it is filled."""

from collections.abc import Iterable
from dataclasses import dataclass

from bihuan.lib.tables.hidden import Hidden
from bihuan.lib.tables.limits import (
    MAX_CELL,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT,
    TableError,
)


@dataclass(frozen=True)
class Sheet:
    """`lines` as they stand in the file, the empty ones too, without blanks at their ends: the
    number of a row is its index and one. `hidden` is told of the sheet itself; `hidden_rows` and
    `hidden_columns` are numbers from 1, `filtered` whether rows may be hidden by a filter."""

    name: str
    lines: tuple[tuple[str, ...], ...]
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    filtered: bool = False


def sheet(
    name: str, lines: list[list[str]], gone: Hidden | None = None, *, hidden: bool = False
) -> Sheet:
    """A sheet of lines, with what of them is out of sight."""
    gone = gone or Hidden()
    rows = sorted({one for one in gone.rows if one <= len(lines) and lines[one - 1]})
    return Sheet(
        name,
        tuple(map(tuple, lines)),
        hidden=hidden,
        hidden_rows=tuple(rows),
        hidden_columns=tuple(sorted({one for one in gone.columns if one <= MAX_COLUMNS})),
        filtered=gone.filtered,
    )


class Tally:
    """Counts the cells and characters of one file. `add` raises TableError at the first too many."""

    def __init__(self, name: str) -> None:
        self.name, self.cells, self.text = name, 0, 0

    def add(self, line: Iterable[object]) -> list[str]:
        """The line as texts, without the empty cells at its end."""
        found = [str(cell) for cell in line]
        while found and not found[-1].strip():
            found.pop()
        if len(found) > MAX_COLUMNS:
            raise TableError("intake.too_wide", name=self.name, limit=MAX_COLUMNS)
        self.cells += len(found)
        self.text += sum(map(len, found))
        if self.cells > MAX_CELLS or self.text > MAX_TEXT:
            raise TableError("intake.too_heavy", name=self.name)
        if any(len(cell) > MAX_CELL for cell in found):
            raise TableError("intake.cell_too_long", name=self.name, limit=MAX_CELL)
        return found

    def lines(self, lines: Iterable[Iterable[object]]) -> list[list[str]]:
        """All of them, without the empty ones at the end."""
        found: list[list[str]] = []
        for line in lines:
            if len(found) >= MAX_ROWS:
                if any(str(cell).strip() for cell in line):
                    raise TableError("intake.too_long", name=self.name, limit=MAX_ROWS)
                continue
            found.append(self.add(line))
        while found and not found[-1]:
            found.pop()
        return found

"""A table taken in row by row: what became of each, and which columns there must be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bihuan.language.tabular.picking import Layout, Picked, pick
from bihuan.lib import tables
from bihuan.lib.tables import TableError

STATUSES = ("new", "changed", "same", "bad")
Cells = Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """What became, or would become, of one row, counted as a spreadsheet does; `status` is one of
    STATUSES. `values` fill the words of `problem`."""

    row: int
    status: str
    name: str = ""
    problem: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """A whole table: how it was read, and what became of each row."""

    picked: Picked
    lines: tuple[Line, ...]

    def count(self, status: str) -> int:
        return sum(line.status == status for line in self.lines)


class MissingColumnsError(TableError):
    """Columns that there must be are not known. `picked` is what there is, for somebody to say."""

    def __init__(self, picked: Picked, columns: str) -> None:
        self.picked = picked
        super().__init__("intake.no_column", columns=columns)


@dataclass(frozen=True)
class Form:
    """The columns of a table with the headers they may have, those that there must be (`name` among
    them), and how many rows at most."""

    names: Mapping[str, Sequence[str]]
    wanted: tuple[str, ...]
    most: int


def take(
    content: bytes,
    filename: str,
    form: Form,
    row: Callable[[int, Cells], Line],
    *,
    layout: Layout | None = None,
) -> Result:
    """Gives every row to `row`: its number and its cells by column. Raises TableError when the file is
    no usable table, MissingColumnsError when somebody may say which column is which."""
    sheets = tables.read(content, filename)
    picked = pick(sheets, form.names, wanted=frozenset(form.wanted), layout=layout or Layout())
    table = picked.table
    if len(table.rows) > form.most:
        raise TableError("intake.too_many_rows", limit=form.most)
    missing = [form.names[name][0] for name in form.wanted if name not in table.columns]
    if missing:
        raise MissingColumnsError(picked, "、".join(missing))
    rows = zip(table.numbers, table.rows, strict=True)
    lines = [
        row(number, {name: cells[index].strip() for name, index in table.columns.items()})
        for number, cells in rows
    ]
    return Result(picked, tuple(lines))

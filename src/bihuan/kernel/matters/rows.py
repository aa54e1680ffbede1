"""Small tables as values: rows of typed columns, such as lines of a plan or of a budget."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bihuan.kernel.matters import fieldtypes
from bihuan.kernel.matters.cleaning import clean
from bihuan.kernel.matters.fieldtypes import BadValueError, FieldType, Table, Words, register
from bihuan.spec.schema import MOST_ROWS, Input

TYPE = "rows"
LONGEST = 100_000
_QUOTED = re.compile(r'[;；"\n\t]|\A\s|\s\Z')


class BadRowsError(BadValueError):
    """Cells that cannot be taken, by `<row from 0>.<column>`."""

    def __init__(self, cells: Mapping[str, tuple[str, dict[str, Any]]]) -> None:
        self.cells = cells
        super().__init__("input.rows_bad", count=len(cells))


def most(one: Input) -> int:
    """How many rows it may have."""
    return min(one.max, MOST_ROWS)


def split(text: str) -> list[list[str]]:
    """Rows written in one cell: lines, and in each its cells between ; (；, a tab). In double quotes
    a cell may hold either, and a quote twice."""
    rows: list[list[str]] = [[]]
    cell, quoted, index = "", False, 0
    while index < len(text):
        char = text[index]
        if quoted:
            if char == '"' and text[index + 1 : index + 2] == '"':
                cell, index = cell + '"', index + 1
            elif char == '"':
                quoted = False
            else:
                cell += char
        elif char == '"' and not cell.strip():
            cell, quoted = "", True
        elif char in ";；\t":
            rows[-1].append(cell)
            cell = ""
        elif char in "\r\n":
            rows[-1].append(cell)
            cell = ""
            rows.append([])
        else:
            cell += char
        index += 1
    rows[-1].append(cell)
    return [row for row in rows if any(one.strip() for one in row)]


def joined(rows: Sequence[Sequence[str]]) -> str:
    """What `split` reads."""

    def cell(text: str) -> str:
        return '"{}"'.format(text.replace('"', '""')) if _QUOTED.search(text) else text

    return "\n".join(";".join(cell(one) for one in row) for row in rows)


def _given(one: Input, raw: Any) -> Iterator[Mapping[str, Any]]:
    """The rows that were given: objects by column, lists in the order of the columns, or a text."""
    if isinstance(raw, str):
        if len(raw) > LONGEST:
            raise BadValueError("input.too_long", limit=LONGEST, length=len(raw))
        raw = split(raw)
    if not isinstance(raw, list):
        raise BadValueError("input.not_rows")
    # Empty rows are nothing, but not without end.
    if len(raw) > MOST_ROWS * 10:
        raise BadValueError("input.too_many_rows", limit=most(one))
    names = list(one.columns)
    for row in raw:
        if isinstance(row, list):
            if len(row) > len(names):
                raise BadValueError("input.row_too_wide", limit=len(names), count=len(row))
            yield dict(zip(names, row, strict=False))
        elif isinstance(row, dict):
            yield row
        else:
            raise BadValueError("input.not_rows")


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not clean(value[:LONGEST]))


_Bad = dict[str, tuple[str, dict[str, Any]]]


def _row(one: Input, row: Mapping[str, Any]) -> tuple[dict[str, Any], _Bad]:
    """What is kept of a row, and what is wrong with it, by column."""
    kept: dict[str, Any] = {}
    unknown = sorted(str(name)[:40] for name in row.keys() - one.columns.keys())
    told = {"columns": "、".join(one.columns)}
    bad: _Bad = dict.fromkeys(unknown, ("input.no_such_column", told))
    for name, column in one.columns.items():
        if _empty(row.get(name)):
            if column.required:
                bad[name] = ("input.required", {})
            continue
        try:
            kept[name] = fieldtypes.of(column).read(column, row[name])
        except BadValueError as error:
            bad[name] = (error.key, error.values)
    return kept, bad


def _read(one: Input, raw: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    bad: _Bad = {}
    for at, row in enumerate(_given(one, raw)):
        if all(_empty(value) for value in row.values()):
            continue
        kept, wrong = _row(one, row)
        found.append(kept)
        bad |= {f"{at}.{name}": why for name, why in wrong.items()}
    if len(found) > most(one):
        raise BadValueError("input.too_many_rows", limit=most(one))
    if bad:
        raise BadRowsError(bad)
    return found


def cells(one: Input, value: Any) -> list[dict[str, Any]]:
    """The rows that are kept, of columns that are declared; none of what is no list of rows."""
    rows = value if isinstance(value, list) else []
    return [
        {name: row[name] for name in one.columns if name in row}
        for row in rows
        if isinstance(row, dict)
    ]


def table(one: Input, name: str, value: Any, words: Words) -> Table:
    """The rows in a reader's words, under what their columns are called."""

    def told(column: str, kept: Any) -> str:
        return fieldtypes.of(one.columns[column]).tell(f"{name}.{column}", kept, words)

    return Table(
        tuple(words.column(name, column) for column in one.columns),
        tuple(
            tuple(told(column, row[column]) if column in row else "" for column in one.columns)
            for row in cells(one, value)
        ),
        tuple(
            fieldtypes.of(column).sums or column.type == "int" for column in one.columns.values()
        ),
    )


def _tell(name: str, value: Any, words: Words) -> str:
    """Without its declaration nothing is known of its columns: a text for what an old release kept."""
    del name, words
    if not isinstance(value, list):
        return str(value)
    return joined([[str(v) for v in row.values()] for row in value if isinstance(row, dict)])


def typed(one: Input, value: Any) -> list[dict[str, Any]]:
    """The rows as somebody would type them again."""
    return [
        {name: fieldtypes.of(one.columns[name]).typed(kept) for name, kept in row.items()}
        for row in cells(one, value)
    ]


def register_all() -> None:
    """Declares the type of this module."""
    register(TYPE, FieldType(_read, _tell, "rows", table=table))

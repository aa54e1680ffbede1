"""Values of several rows in forms: a cell is posted as `<field>-<row>-<column>`, rows count from 0; one
in which an organisation or a person is found also as `…-text`, which is what was typed."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

from bihuan.kernel.matters import rows
from bihuan.kernel.values import api as values
from bihuan.lib.problems import InputError
from bihuan.spec.schema import Input
from bihuan.web import choosing
from bihuan.web.choosing import Scope

if TYPE_CHECKING:
    from bihuan.web.fields import FieldView

# Empty lines under those filled in; a page without scripts has no others.
SPARE = 5
_CELL = re.compile(r"-([0-9]{1,3})-([a-z][a-z0-9_]*(?:-text)?)\Z")
# Beside the name of a cell: what was typed to find something.
_TYPED = "-text"


@dataclass(frozen=True)
class Cell:
    """A cell as a page shows it; `at` is by what a problem of it is named, `needed`
    whether its row is refused without it."""

    field: "FieldView"
    id: str
    value: str
    at: str
    needed: bool


@dataclass(frozen=True)
class Line:
    """A row as a page shows it, counted from 1."""

    number: int
    cells: list[Cell]


def posted(name: str, given: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rows of a field in a posted form, as they stand there, empty ones between others kept: a
    problem is told by where it stands."""
    found: dict[int, dict[str, str]] = {}
    for key in given:
        cell = _CELL.fullmatch(key, len(name)) if key.startswith(name) else None
        if cell is not None:
            found.setdefault(int(cell[1]), {})[cell[2]] = str(given[key])
    filled = [at for at, row in found.items() if any(text.strip() for text in row.values())]
    return [found.get(at, {}) for at in range(max(filled, default=-1) + 1)]


def taken(
    name: str, one: Input, given: QueryDict, scope: Scope
) -> tuple[list[dict[str, Any]], dict[str, tuple[str, dict[str, Any]]]]:
    """The rows of a field in a posted form, with the ids of what was found in them; and what is not
    clear, by `<row>.<column>`."""
    rows_of = [_cells(one, row) for row in posted(name, given)]
    bad = {}
    for at, row in enumerate(rows_of):
        for column in _found(one):
            cell = f"{name}-{at}-{column}"
            try:
                row[column] = choosing.taken(given, cell, one.columns[column].type, scope)
            except InputError as error:
                bad[f"{at}.{column}"] = error.fields[cell]
    return rows_of, bad


def _cells(one: Input, row: Mapping[str, str]) -> dict[str, Any]:
    typed = {f"{column}{_TYPED}" for column in _found(one)}
    return {column: text for column, text in row.items() if column not in typed}


def _found(one: Input) -> list[str]:
    return [column for column, each in one.columns.items() if values.editor(each) == "found"]


def as_text(name: str, one: Input, given: Mapping[str, Any]) -> str:
    """The rows of a field in a posted form as one text, to be kept for a while."""
    return rows.joined(
        [[_said(row, column) for column in one.columns] for row in posted(name, given)]
    )


def _said(row: Mapping[str, str], column: str) -> str:
    """What is read in a cell: what was typed into it."""
    return row.get(f"{column}{_TYPED}", row.get(column, ""))


def as_posted(
    name: str, one: Input, kept: list[dict[str, Any]], called: Callable[[Input, Any], str]
) -> Iterator[tuple[str, str]]:
    """Rows as a form would post them; `called` says what is found by what it is called."""
    found = _found(one)
    for at, row in enumerate(kept):
        for column, value in row.items():
            if column in found:
                yield f"{name}-{at}-{column}{_TYPED}", called(one.columns[column], value)
            else:
                yield f"{name}-{at}-{column}", str(value)


def _rows(field: "FieldView", given: Any, draft: Any) -> list[dict[str, str]]:
    if isinstance(given, QueryDict):
        return posted(field.name, given)
    names = [one.key for one in field.columns]
    texts = rows.split(draft) if isinstance(draft, str) else []
    return [dict(zip(names, line, strict=False)) for line in texts]


def drawn(field: "FieldView", given: Any, draft: Any, element: str) -> list[Line]:
    """The lines of a form: those filled in (posted, or kept as a draft) and some that are empty."""
    filled = _rows(field, given, draft)
    count = min(max(field.most, len(filled)), len(filled) + SPARE)
    return [
        Line(
            at + 1,
            [
                Cell(
                    replace(one, name=f"{field.name}-{at}-{one.key}", required=False),
                    f"{element}.{at}.{one.key}",
                    _said(filled[at], one.key) if at < len(filled) else "",
                    f"{field.key}.{at}.{one.key}",
                    one.required,
                )
                for one in field.columns
            ],
        )
        for at in range(count)
    ]

"""Of the sheets of a file, the table that is meant: as somebody said, or as its words tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bihuan.language.tabular.heads import Names, Table, table_in
from bihuan.lib.tables import Sheet, TableError


@dataclass(frozen=True)
class Layout:
    """How somebody says a file is to be read: the sheet by name, the header's line from 1, and
    {header: field, or "" for none}, which goes before the headers we know."""

    sheet: str = ""
    head: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Picked:
    """The table, the sheet it stands in, the names of all sheets, and the first lines of this one."""

    table: Table
    sheet: str
    sheets: tuple[str, ...]
    top: tuple[tuple[str, ...], ...]


def pick(
    sheets: Sequence[Sheet],
    names: Mapping[str, Sequence[str]],
    *,
    wanted: frozenset[str],
    layout: Layout,
    second: Mapping[str, str] | None = None,
    top: int = 10,
) -> Picked:
    """The table of the sheet that is named, else of the first one in which a `wanted` field is
    known, else of the first; `second` as `heads.Names` has it. Raises TableError: no such sheet, no such line, nothing there."""
    # Sheets without a name are called by their place.
    named = {sheet.name or str(n): sheet for n, sheet in enumerate(sheets, 1)}
    if layout.sheet and layout.sheet not in named:
        raise TableError("intake.no_such_sheet", sheet=layout.sheet, sheets="、".join(named))
    known = Names(names, second)
    found: Picked | None = None
    for name, sheet in named.items():
        if layout.sheet not in ("", name):
            continue
        table = table_in(
            sheet.lines, known, wanted=wanted, head=layout.head, mapping=layout.columns
        )
        if table is None:
            continue
        picked = Picked(table, name, tuple(named), sheet.lines[:top])
        if wanted & table.columns.keys():
            return picked
        found = found or picked
    if found is None:
        raise TableError("intake.no_such_line", line=layout.head or 1)
    return found

"""Of the sheets of a file, the table that is meant: as somebody said, or as its words tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bihuan.language.tabular.heads import Table, table_in
from bihuan.language.tabular.titles import Names
from bihuan.lib.tables import Sheet, TableError


@dataclass(frozen=True)
class Layout:
    """How somebody says a file is to be read: the sheet by name, the header's line from 1, and
    {header: field, or "" for none}, which goes before the headers we know."""

    sheet: str = ""
    head: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hidden:
    """What the file keeps out of sight: of the table the numbers of `rows` and the titles of
    `columns`, both read like the others, `filtered` where a filter may have left the rows out;
    `sheet` whether this one is hidden, `sheets` the hidden ones."""

    rows: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    filtered: bool = False
    sheet: bool = False
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picked:
    """The table, the sheet it stands in, the names of all sheets, the first lines of this one,
    `heads` {number of a line: the line} that are a header or look like one, and what is hidden."""

    table: Table
    sheet: str
    sheets: tuple[str, ...]
    top: tuple[tuple[str, ...], ...]
    heads: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    hidden: Hidden = Hidden()


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
    known, else of the first; a hidden one unasked only where no other has anything. `second` as
    `titles.Names` has it. Raises TableError: no such sheet, no such line, nothing there."""
    # Sheets without a name are called by their place.
    named = {sheet.name or str(n): sheet for n, sheet in enumerate(sheets, 1)}
    if layout.sheet and layout.sheet not in named:
        raise TableError("intake.no_such_sheet", sheet=layout.sheet, sheets="、".join(named))
    known = Names(names, second)
    away = tuple(name for name, sheet in named.items() if sheet.hidden)
    shown = [name for name in named if name not in away] or away
    found: Picked | None = None
    for name in [layout.sheet] if layout.sheet else shown:
        sheet = named[name]
        table = table_in(
            sheet.lines, known, wanted=wanted, head=layout.head, mapping=layout.columns
        )
        if table is None:
            continue
        heads = {n: sheet.lines[n - 1] for n in (table.head, *(b.head for b in table.others))}
        picked = Picked(
            table, name, tuple(named), sheet.lines[:top], heads, _hidden(sheet, table, away)
        )
        if wanted & table.columns.keys():
            return picked
        found = found or picked
    if found is None:
        raise TableError("intake.no_such_line", line=layout.head or 1)
    return found


def _hidden(sheet: Sheet, table: Table, sheets: tuple[str, ...]) -> Hidden:
    rows = tuple(sorted({*sheet.hidden_rows} & {*table.numbers}))
    titles = dict(enumerate(table.header, 1))
    return Hidden(
        rows,
        tuple(titles[n] for n in sheet.hidden_columns if titles.get(n)),
        filtered=sheet.filtered,
        sheet=sheet.hidden,
        sheets=sheets,
    )

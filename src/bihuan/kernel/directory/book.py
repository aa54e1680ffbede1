"""A workbook, sheet by sheet: which kind each is and how it is read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bihuan.kernel.directory.kinds import KINDS, SheetKind
from bihuan.kernel.directory.lines import Row
from bihuan.language.tabular.picking import Layout, Picked, pick
from bihuan.lib import tables
from bihuan.lib.tables import Sheet, TableError

MAX_ROWS = 60_000
MAX_BYTES = 20_000_000
# A sheet that somebody said is none of ours.
NONE = "none"
# Lines in which a header stands, whatever stands above it.
FIRST = 200


@dataclass(frozen=True)
class Told:
    """What somebody says of a sheet: its kind ('' is found, NONE is left out), the header's line from
    1, and {header: column, or "" for none}."""

    kind: str = ""
    head: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """A sheet as it is read: of which kind ('' where it is left out), its table, the columns that
    there must be and that are not known."""

    sheet: str
    kind: str
    picked: Picked
    lacking: tuple[str, ...] = ()

    @property
    def reads(self) -> bool:
        """Whether its rows are rows of the workbook."""
        return bool(self.kind) and not self.lacking

    def rows(self) -> list[Row]:
        """Its rows with their cells by column."""
        table = self.picked.table
        return [
            Row(number, {name: cells[at].strip() for name, at in table.columns.items()}, self.sheet)
            for number, cells in zip(table.numbers, table.rows, strict=True)
        ]


def opened(content: bytes, filename: str) -> tuple[Sheet, ...]:
    """The sheets of a file. Raises TableError: none, too large."""
    if len(content) > MAX_BYTES:
        raise TableError("files.too_large", name=filename, limit=MAX_BYTES // 1_000_000)
    return tables.read(content, filename)


def read(
    sheets: Sequence[Sheet], told: Mapping[str, Told] | None, kinds: Sequence[SheetKind]
) -> list[Reading]:
    """How each sheet is read as one of these kinds, in the order of the file; a hidden one is left out, unless somebody says
    what it is or there is no other. Raises TableError for too many rows."""
    said = told or {}
    every = [replace(one, name=one.name or str(n)) for n, one in enumerate(sheets, 1)]
    away = Told(NONE) if any(not one.hidden for one in every) else Told()
    found = [
        _reading(one, said.get(one.name, away if one.hidden else Told()), kinds) for one in every
    ]
    if sum(len(one.picked.table.rows) for one in found if one.reads) > MAX_ROWS:
        raise TableError("intake.too_many_rows", limit=MAX_ROWS)
    return found


def _reading(sheet: Sheet, told: Told, kinds: Sequence[SheetKind]) -> Reading:
    meant = next((kind for kind in kinds if kind.name == told.kind), None)
    if meant is not None:
        return _as(sheet, meant, told)
    # The first lines tell which kind it is; all of it is read once.
    first = replace(sheet, lines=sheet.lines[:FIRST])
    known = {kind.name: kind for kind in kinds}
    likely = max((_as(first, kind, told) for kind in kinds), key=_fits)
    best = _as(sheet, known[likely.kind], told)
    if told.kind == NONE or (not told.columns and not best.picked.table.columns):
        return Reading(sheet.name, "", best.picked)
    return best


def _fits(one: Reading) -> tuple[bool, bool, int]:
    """How well a sheet is one of a kind: all columns there must be, its name, how many it has."""
    kind = KINDS[one.kind]
    called = any(word in one.sheet.lower() for word in kind.called)
    return not one.lacking, called, len(one.picked.table.columns) + len(kind.wanted)


def _as(sheet: Sheet, kind: SheetKind, told: Told) -> Reading:
    picked = pick(
        [sheet],
        kind.names,
        wanted=frozenset(kind.wanted),
        layout=Layout(sheet.name, told.head, told.columns),
    )
    lacking = tuple(one for one in kind.wanted if one not in picked.table.columns)
    return Reading(sheet.name, kind.name, picked, lacking)


def gathered(readings: Iterable[Reading]) -> dict[str, list[tuple[Reading, list[Row]]]]:
    """The sheets that are read, by kind, with their rows."""
    found: dict[str, list[tuple[Reading, list[Row]]]] = {}
    for one in readings:
        if one.reads:
            found.setdefault(one.kind, []).append((one, one.rows()))
    return found

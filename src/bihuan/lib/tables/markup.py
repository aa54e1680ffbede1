"""Tables in marks: HTML and XML spreadsheets, which many programs save under the name .xls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from typing_extensions import override

from bihuan.lib.tables.hidden import Hidden
from bihuan.lib.tables.limits import MAX_COLUMNS, MAX_ROWS, MAX_SHEETS, TableError
from bihuan.lib.tables.sheets import Sheet, Tally, sheet

_TABLES = {"table", "worksheet", "ss:worksheet"}
_ROWS = {"tr", "row", "ss:row"}
_CELLS = {"td", "th", "cell", "ss:cell"}
_UNSEEN = {"script", "style", "title"}
_COLUMNS = {"col", "column", "ss:column"}
# Where an XML spreadsheet says SheetHidden.
_SHOWN = {"visible", "x:visible"}


@dataclass
class _Table:
    name: str
    lines: list[list[str]] = field(default_factory=list)
    gone: Hidden = field(default_factory=Hidden)
    columns: int = 0
    hidden: bool = False


class _Marks(HTMLParser):
    def __init__(self, tally: Tally) -> None:
        super().__init__(convert_charrefs=True)
        self.tally = tally
        self.found: list[_Table] = []
        self.row: list[str] | None = None
        self.cell: list[str] | None = None
        self.wide, self.unseen, self.gone = 1, 0, False

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name.removeprefix("ss:"): value or "" for name, value in attrs}
        if tag in _UNSEEN:
            self.unseen += 1
        elif tag in _TABLES and not (self.found and tag == "table" and not self.found[-1].lines):
            # The table of a worksheet is not another one.
            self._end_row()
            self.found.append(_Table(given.get("name", "")))
            if len(self.found) > MAX_SHEETS:
                raise TableError("intake.too_heavy", name=self.tally.name)
        elif tag in _ROWS:
            self._end_row()
            self._skip(_number(given.get("index", ""), most=MAX_ROWS) - 1)
            self.row, self.gone = [], _is_gone(given)
        elif tag in _CELLS and self.row is not None:
            self._end_cell()
            at = _number(given.get("index", ""))
            self.row += [""] * (at - 1 - len(self.row))
            self.cell, self.wide = [], _number(given.get("colspan", ""), most=MAX_COLUMNS) or 1
        elif tag in _COLUMNS and self.found:
            self._column(tag, given)
        elif tag == "br" and self.cell is not None:
            self.cell.append("\n")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif tag in _CELLS:
            self._end_cell()
        elif tag in _ROWS or tag in _TABLES:
            self._end_row()

    @override
    def handle_data(self, data: str) -> None:
        if self.cell is not None and not self.unseen:
            self.cell.append(data)
        elif self.lasttag in _SHOWN and self.found and data.strip().startswith("Sheet"):
            self.found[-1].hidden |= data.strip() != "SheetVisible"

    def _skip(self, before: int) -> None:
        """An XML spreadsheet leaves out empty rows, and says where the next one stands."""
        lines = self.found[-1].lines if self.found else []
        lines += [[] for _ in range(before - len(lines))]

    def _column(self, tag: str, given: Mapping[str, str]) -> None:
        here = self.found[-1]
        first = _number(given.get("index", "")) or here.columns + 1
        many = _number(given.get("span", ""), most=MAX_COLUMNS)
        # HTML counts the columns, an XML spreadsheet the further ones.
        here.columns = first + (max(many, 1) - 1 if tag == "col" else many)
        if _is_gone(given):
            here.gone.columns += range(first, min(here.columns, MAX_COLUMNS) + 1)

    def _end_cell(self) -> None:
        if self.cell is not None and self.row is not None:
            text = "\n".join(" ".join(part.split()) for part in "".join(self.cell).split("\n"))
            self.row += [text.strip(), *[""] * (self.wide - 1)]
        self.cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self.row is not None:
            if not self.found:
                self.found.append(_Table(""))
            here = self.found[-1]
            here.lines.append(self.tally.add(self.row))
            if self.gone:
                here.gone.rows.append(len(here.lines))
        self.row = None


def _is_gone(given: Mapping[str, str]) -> bool:
    style = given.get("style", "").lower().replace(" ", "")
    return given.get("hidden", "0") in ("1", "", "hidden") or "display:none" in style


def _number(text: str, most: int = MAX_COLUMNS + 1) -> int:
    return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def is_marked(text: str) -> bool:
    """Whether a text is such a table rather than lines with separators."""
    start = text[:20_000].lstrip("\ufeff \r\n\t").lower()
    return start.startswith("<") and ("<table" in start or "worksheet" in start or "<tr" in start)


def tables_in(text: str, tally: Tally) -> list[Sheet]:
    """Each table in the text. Raises TableError for what is too much."""
    marks = _Marks(tally)
    marks.feed(text)
    marks.close()
    return [
        sheet(one.name, one.lines, one.gone, hidden=one.hidden)
        for one in marks.found
        if any(one.lines)
    ]

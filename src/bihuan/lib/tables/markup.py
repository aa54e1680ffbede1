"""Tables in marks: HTML and XML spreadsheets, which many programs save under the name .xls."""

from html.parser import HTMLParser

from typing_extensions import override

from bihuan.lib.tables.limits import MAX_COLUMNS, MAX_SHEETS, TableError
from bihuan.lib.tables.sheets import Tally

_TABLES = {"table", "worksheet", "ss:worksheet"}
_ROWS = {"tr", "row", "ss:row"}
_CELLS = {"td", "th", "cell", "ss:cell"}
_UNSEEN = {"script", "style", "title"}


class _Marks(HTMLParser):
    def __init__(self, tally: Tally) -> None:
        super().__init__(convert_charrefs=True)
        self.tally = tally
        self.found: list[tuple[str, list[list[str]]]] = []
        self.row: list[str] | None = None
        self.cell: list[str] | None = None
        self.wide, self.unseen = 1, 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name.removeprefix("ss:"): value or "" for name, value in attrs}
        if tag in _UNSEEN:
            self.unseen += 1
        elif tag in _TABLES and not (self.found and tag == "table" and not self.found[-1][1]):
            # The table of a worksheet is not another one.
            self._end_row()
            self.found.append((given.get("name", ""), []))
            if len(self.found) > MAX_SHEETS:
                raise TableError("intake.too_heavy", name=self.tally.name)
        elif tag in _ROWS:
            self._end_row()
            self.row = []
        elif tag in _CELLS and self.row is not None:
            self._end_cell()
            at = _number(given.get("index", ""))
            self.row += [""] * (at - 1 - len(self.row))
            self.cell, self.wide = [], _number(given.get("colspan", ""), most=MAX_COLUMNS) or 1
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

    def _end_cell(self) -> None:
        if self.cell is not None and self.row is not None:
            text = "\n".join(" ".join(part.split()) for part in "".join(self.cell).split("\n"))
            self.row += [text.strip(), *[""] * (self.wide - 1)]
        self.cell = None

    def _end_row(self) -> None:
        self._end_cell()
        if self.row is not None:
            if not self.found:
                self.found.append(("", []))
            self.found[-1][1].append(self.tally.add(self.row))
        self.row = None


def _number(text: str, most: int = MAX_COLUMNS + 1) -> int:
    return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def is_marked(text: str) -> bool:
    """Whether a text is such a table rather than lines with separators."""
    start = text[:20_000].lstrip("\ufeff \r\n\t").lower()
    return start.startswith("<") and ("<table" in start or "worksheet" in start or "<tr" in start)


def tables_in(text: str, tally: Tally) -> list[tuple[str, list[list[str]]]]:
    """(name, lines) of each table in the text. Raises TableError for what is too much."""
    marks = _Marks(tally)
    marks.feed(text)
    marks.close()
    return [(name, lines) for name, lines in marks.found if any(lines)]

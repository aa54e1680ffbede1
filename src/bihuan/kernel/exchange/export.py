"""A list as a spreadsheet."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from bihuan.kernel.matters.fieldtypes import Cell
from bihuan.lib import tables
from bihuan.lib.legal import legal

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_CELL = 32_767
SHOWN_WIDTH = 60
# A spreadsheet keeps no more digits of a number; longer ones stay texts.
DIGITS = 15
# What every spreadsheet program has for Chinese, with the number by which it knows their script.
FONT = {"font_name": "宋体", "font_size": 11, "font_charset": 134}


@dataclass(frozen=True)
class Page:
    """One sheet of a workbook: what it is called (31 characters are kept), its header, its rows."""

    name: str
    titles: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def sheet(
    titles: Sequence[str], rows: Iterable[Sequence[Cell]], *, name: str, author: str, at: datetime
) -> bytes:
    """The bytes of an .xlsx with one sheet called `name`, as `book` makes it."""
    return book([Page(name, titles, rows)], name=name, author=author, at=at)


def book(pages: Sequence[Page], *, name: str, author: str, at: datetime) -> bytes:
    """The bytes of an .xlsx with these sheets, which says that the organisation `author` made it at
    `at`. The same given twice gives the same bytes.

    A text is written as one, and marked as one where it begins as a formula does: nothing that a
    sender typed can become a formula or a link, not even when the cell is edited. Numbers that fit
    are numbers, with as many decimals as they have, and days are dates.
    """
    import xlsxwriter  # noqa: PLC0415 - a tenth of every command's start, and few commands need it

    out = io.BytesIO()
    plain = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": dict(FONT),
    }
    with xlsxwriter.Workbook(out, plain) as made:
        # The library writes it as UTC, without asking for the zone.
        when = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        about = {"title": name, "author": author, "company": author, "created": when}
        made.set_properties(
            {
                key: _writable(value) if isinstance(value, str) else value
                for key, value in about.items()
            }
        )
        shapes = _Shapes(made)
        for one in pages:
            _write(made, one, shapes)
    return out.getvalue()


def _write(made: Any, one: Page, shapes: "_Shapes") -> None:
    page = made.add_worksheet("".join(c for c in one.name if c not in "[]:*?/\\'")[:31] or "1")
    widths = [len(t) * 2 for t in one.titles]
    for column, title in enumerate(one.titles):
        page.write_string(0, column, title, shapes.bold)
    for line, row in enumerate(one.rows, 1):
        for column, cell in enumerate(row):
            text = _writable(str(cell))
            if isinstance(cell, date):
                page.write_datetime(line, column, cell, shapes.of("yyyy-mm-dd"))
            elif not isinstance(cell, str) and sum(c.isdigit() for c in text) <= DIGITS:
                places = len(text.partition(".")[2])
                form = "0" + "." * bool(places) + "0" * places
                page.write_number(line, column, cell, shapes.of(form))
            else:
                shape = shapes.quoted if tables.starts_formula(text) else shapes.wrapped
                page.write_string(line, column, text, shape)
            widths[column] = max(widths[column], min(len(text) * 2, SHOWN_WIDTH))
    for column, width in enumerate(widths):
        page.set_column(column, column, width + 2)
    page.freeze_panes(1, 0)


class _Shapes:
    """How texts, numbers and days are shown, each way made once in a book."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self.bold = book.add_format({"bold": True})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.quoted = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        self._made: dict[str, Any] = {}

    def of(self, form: str) -> Any:
        """The shape of a form of numbers."""
        if form not in self._made:
            self._made[form] = self._book.add_format({"valign": "top", "num_format": form})
        return self._made[form]


def _writable(cell: str) -> str:
    return legal(cell)[:MAX_CELL]

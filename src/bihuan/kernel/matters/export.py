"""A list as a spreadsheet."""

import io
from collections.abc import Iterable, Sequence

from bihuan.lib import tables

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_CELL = 32_767
SHOWN_WIDTH = 60


def sheet(titles: Sequence[str], rows: Iterable[Sequence[str]], *, name: str) -> bytes:
    """The bytes of an .xlsx with one sheet called `name` (31 characters are kept).

    Every cell is written as a text, and marked as one where it begins as a formula does: nothing
    that a sender typed can become a formula or a link, not even when the cell is edited.
    """
    import xlsxwriter  # noqa: PLC0415 - a tenth of every command's start, and few commands need it

    out = io.BytesIO()
    plain = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, plain) as book:
        page = book.add_worksheet("".join(c for c in name if c not in "[]:*?/\\'")[:31] or "1")
        bold = book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        quoted = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        widths = [len(t) * 2 for t in titles]
        for column, title in enumerate(titles):
            page.write_string(0, column, title, bold)
        for line, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                text = _writable(cell)
                shape = quoted if tables.starts_formula(text) else wrapped
                page.write_string(line, column, text, shape)
                widths[column] = max(widths[column], min(len(text) * 2, SHOWN_WIDTH))
        for column, width in enumerate(widths):
            page.set_column(column, column, width + 2)
        page.freeze_panes(1, 0)
    return out.getvalue()


def _writable(cell: str) -> str:
    # XML 1.0 has no place for the other control characters.
    return "".join(c for c in cell if c >= " " or c in "\t\n")[:MAX_CELL]

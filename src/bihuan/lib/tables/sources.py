"""From the bytes of a file to lines of texts, whatever the file is."""

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from bihuan.lib.tables import compound, hidden, markup, weight
from bihuan.lib.tables.guard import unguarded
from bihuan.lib.tables.hidden import Hidden
from bihuan.lib.tables.limits import (
    MAX_BYTES,
    MAX_CELL,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SHEETS,
    TableError,
)
from bihuan.lib.tables.sheets import Sheet, Tally, sheet

_ZIP = b"PK\x03\x04"
# The container of Excel before 2007, and of what WPS saves for it.
_OLE = b"\xd0\xcf\x11\xe0"
_SHOWN = SheetVisibleEnum.Visible
_SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".et", ".ods")


def sheets(content: bytes, name: str) -> list[Sheet]:
    """Each sheet that has anything in it, in the order of the file. Raises TableError."""
    tally = Tally(name)
    if content[:2] == b"\x1f\x8b":
        content = _unzipped(content, name)
    if content[:4] in (_ZIP, _OLE):
        return _workbook(content, tally)
    spreadsheet = name.lower().endswith(_SPREADSHEETS)
    if spreadsheet and not _is_text(content):
        raise TableError("intake.not_a_spreadsheet", name=name)
    text = _text(content, name)
    if markup.is_marked(text):
        return markup.tables_in(text, tally)
    if spreadsheet and not any(mark in text for mark in ",\t;"):
        raise TableError("intake.not_a_spreadsheet", name=name)
    lines = _separated(text, tally)
    return [sheet("", lines)] if any(lines) else []


def _unzipped(content: bytes, name: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            found = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise TableError("intake.broken", name=name) from error
    if len(found) > MAX_BYTES:
        raise TableError("intake.too_large", name=name, limit=MAX_BYTES // 1024 // 1024)
    return found


def _is_text(content: bytes) -> bool:
    return content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" not in content[:4096]


def _text(content: bytes, name: str) -> str:
    if not _is_text(content):
        raise TableError("intake.not_a_table", name=name)
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableError("intake.encoding", name=name)


def _separated(text: str, tally: Tally) -> list[list[str]]:
    # A title above the table has no separator: the line with most of one tells.
    first = text.split("\n", 20)[:20]
    mark = max(",\t;", key=lambda one: max(line.count(one) for line in first))
    try:
        csv.field_size_limit(MAX_CELL)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        return tally.lines(map(unguarded, line) for line in reader)
    except csv.Error as error:
        raise TableError("intake.not_a_table", name=tally.name) from error


def _workbook(content: bytes, tally: Tally) -> list[Sheet]:
    found = []
    try:
        if content[:4] == _ZIP:
            weight.weigh(content, tally.name)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        if len(book.sheet_names) > MAX_SHEETS:
            raise TableError("intake.too_heavy", name=tally.name)
        known = _hidden(content, book.sheet_names)
        pages = list(enumerate(book.sheets_metadata))
        # Those that are shown first: what is hidden takes nothing from them.
        for index, about in sorted(pages, key=lambda one: one[1].visible != _SHOWN):
            gone = known.get(about.name)
            if about.visible == _SHOWN:
                lines = _lines(book.get_sheet_by_index(index), tally)
                found += [sheet(about.name, lines, gone)] if any(lines) else []
            elif about.typ == SheetTypeEnum.WorkSheet:
                found += _away(book, index, gone, tally)
    except (
        CalamineError,
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        IndexError,
    ) as error:
        if isinstance(error, TableError):
            raise
        raise TableError("intake.not_a_spreadsheet", name=tally.name) from error
    return found


def _hidden(content: bytes, names: Sequence[str]) -> Mapping[str, Hidden]:
    if content[:4] == _ZIP:
        return hidden.in_package(content)
    found = compound.in_stream(content)
    return dict(zip(names, found, strict=True)) if len(found) == len(names) else {}


def _lines(page: CalamineSheet, tally: Tally) -> list[list[str]]:
    _check_span(page, tally.name)
    return tally.lines(map(_cell, line) for line in page.to_python(skip_empty_area=False))


def _away(book: CalamineWorkbook, index: int, gone: Hidden | None, tally: Tally) -> list[Sheet]:
    """A hidden sheet, empty where it cannot be read: nobody asked for it yet."""
    name = book.sheet_names[index]
    try:
        lines = _lines(book.get_sheet_by_index(index), tally)
    except (CalamineError, TableError):
        return [sheet(name, [], hidden=True)]
    return [sheet(name, lines, gone, hidden=True)] if any(lines) else []


def _check_span(sheet: CalamineSheet, name: str) -> None:
    # Asked before the cells are: a sheet may claim a million columns.
    if sheet.total_width > MAX_COLUMNS:
        raise TableError("intake.too_wide", name=name, limit=MAX_COLUMNS)
    if sheet.total_height > MAX_ROWS:
        raise TableError("intake.too_long", name=name, limit=MAX_ROWS)
    if sheet.total_width * sheet.total_height > MAX_CELLS:
        raise TableError("intake.too_heavy", name=name)


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)

"""Tables that people send: CSV (UTF-8 or GBK, plain or gzipped) and XLSX, as rows of texts."""

import csv
import gzip
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook

MAX_COLUMNS = 200
MAX_ROWS = 200_000
MAX_CELL = 100_000
CHUNK = 1024 * 1024
# Where a row or a cell says it stands: r="12", r="AB12".
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,9})(\d{1,9})["']""")
MAX_BYTES = 200 * 1024 * 1024
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class TableError(ValueError):
    """A file that is not a table; `key` names the message, `values` fill it."""

    def __init__(self, key: str, **values: object) -> None:
        self.key, self.values = key, values
        super().__init__(f"{key} {values}")


@dataclass(frozen=True)
class Table:
    """`header` and `rows` as texts; `numbers` are the rows' places in the file, from 1."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]


def read(content: bytes, name: str) -> Table:
    """Reads a table; what it is its bytes tell, `name` is only for the message.

    Raises TableError: empty, no table, broken, too wide, too large.
    """
    if not content.strip():
        raise TableError("intake.empty", name=name)
    if content[:2] == b"\x1f\x8b":
        content = _unzipped(content, name)
    if content[:4] == b"PK\x03\x04":
        lines = _spreadsheet(content, name)
    elif name.lower().endswith((".xlsx", ".xls", ".xlsm")):
        raise TableError("intake.not_a_spreadsheet", name=name)
    else:
        lines = _separated(_text(content, name), name)
    return _table(lines, name)


def _unzipped(content: bytes, name: str) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            found = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise TableError("intake.broken", name=name) from error
    if len(found) > MAX_BYTES:
        raise TableError("intake.too_large", name=name, limit=MAX_BYTES // 1024 // 1024)
    return found


def _text(content: bytes, name: str) -> str:
    if b"\x00" in content[:4096] and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise TableError("intake.not_a_table", name=name)
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableError("intake.encoding", name=name)


def _separated(text: str, name: str) -> list[list[str]]:
    first = text.split("\n", 1)[0]
    mark = max(",\t;", key=first.count)
    try:
        csv.field_size_limit(MAX_CELL)
        return [
            [_unguarded(c) for c in line]
            for line in csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        ]
    except csv.Error as error:
        raise TableError("intake.not_a_table", name=name) from error


def _unguarded(cell: str) -> str:
    # What `guarded` put before a formula when a table of rejects was written.
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell


def guarded(cell: str) -> str:
    """A cell of a CSV file that no spreadsheet program takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _measure(content: bytes, name: str) -> None:
    """Refuses a workbook that unpacks to too much, or whose cells span too wide or too long a
    rectangle: the reader lays all of it out in memory, and two far cells are enough for terabytes.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if sum(member.file_size for member in members) > MAX_BYTES:
            raise TableError("intake.too_large", name=name, limit=MAX_BYTES // 1024 // 1024)
        for member in members:
            # Whatever is called something else is no sheet, but costs little to look through.
            if member.filename.lower().endswith(".xml"):
                with archive.open(member) as part:
                    _span(part, name)


def _span(part: IO[bytes], name: str) -> None:
    left, rest = MAX_BYTES, b""
    while left > 0 and (chunk := part.read(min(CHUNK, left))):
        left -= len(chunk)
        for letters, number in _PLACE.findall(rest + chunk):
            if letters and _column(letters) > MAX_COLUMNS:
                raise TableError("intake.too_wide", name=name, limit=MAX_COLUMNS)
            if int(number) > MAX_ROWS:
                raise TableError("intake.too_long", name=name, limit=MAX_ROWS)
        rest = chunk[-32:]


def _column(letters: bytes) -> int:
    found = 0
    for letter in letters.upper():
        found = found * 26 + letter - 64
    return found


def _spreadsheet(content: bytes, name: str) -> list[list[str]]:
    try:
        _measure(content, name)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [book.get_sheet_by_index(i) for i in range(len(book.sheet_names))]
        for sheet in sheets:
            # Asked before the cells are: a sheet may claim a million columns.
            if sheet.width > MAX_COLUMNS:
                raise TableError("intake.too_wide", name=name, limit=MAX_COLUMNS)
            lines = [[_cell(c) for c in line] for line in sheet.to_python()]
            if lines:
                return lines
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
        raise TableError("intake.not_a_spreadsheet", name=name) from error
    return []


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def _table(lines: list[list[str]], name: str) -> Table:
    filled = [i for i, line in enumerate(lines) if any(c.strip() for c in line)]
    if not filled:
        raise TableError("intake.empty", name=name)
    header = tuple(c.strip() for c in lines[filled[0]])
    if len(header) > MAX_COLUMNS:
        raise TableError("intake.too_wide", name=name, limit=MAX_COLUMNS)
    width = len(header)
    rows = tuple(tuple((lines[i] + [""] * width)[:width]) for i in filled[1:])
    return Table(header, rows, tuple(i + 1 for i in filled[1:]))

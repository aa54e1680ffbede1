"""What a workbook keeps out of sight: rows and columns that are hidden, rows that a filter leaves out.

Readers give the cells of all of them alike. Sources: ECMA-376-1, 18.3.1.13 (col), 18.3.1.73 (row),
18.3.1.82 (sheetPr); OpenDocument 1.3 part 3, 19.749 (table:visibility).
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO
from xml.etree import ElementTree as ET

from bihuan.lib.tables.limits import MAX_COLUMNS, MAX_ROWS
from bihuan.lib.tables.weight import pieces

# Parts that only say where the others are.
_SMALL = 4 * 1024 * 1024
_TAG = re.compile(rb"<(?:\w+:)?(row|col|sheetPr|filterColumn)\b([^<>]{0,400})>")
_ATTRIBUTE = re.compile(
    rb"""\s(r|min|max|hidden|ht|width|filterMode)\s*=\s*["']([^"']{0,20})["']"""
)
_YES = (b"1", b"true")


@dataclass
class Hidden:
    """Of one sheet: numbers of rows and of columns, both from 1, and whether a filter is set."""

    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    filtered: bool = False


def in_package(content: bytes) -> Mapping[str, Hidden]:
    """What is hidden in each sheet of an .xlsx or .ods by name; nothing of what cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if "content.xml" in archive.namelist():
                with archive.open("content.xml") as part:
                    return _of_document(part)
            found = {}
            for name, path in _sheets(archive):
                with archive.open(path) as part:
                    found[name] = _of_sheet(part)
            return found
    except (
        zipfile.BadZipFile,
        zlib.error,
        ET.ParseError,
        EOFError,
        KeyError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
    ):
        return {}


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _named(attributes: Mapping[str, str], name: str) -> str:
    return next((value for key, value in attributes.items() if _local(key) == name), "")


def _small(archive: zipfile.ZipFile, path: str) -> ET.Element:
    with archive.open(path) as part:
        return ET.fromstring(part.read(_SMALL))  # noqa: S314 - as all of a file, in a process of its own


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(name, path in the archive) of every sheet."""
    book = "xl/workbook.xml"
    for one in _small(archive, "_rels/.rels"):
        if _named(one.attrib, "Type").endswith("/officeDocument"):
            book = _named(one.attrib, "Target").lstrip("/")
    folder, _, file = book.rpartition("/")
    where = {
        _named(one.attrib, "Id"): _named(one.attrib, "Target")
        for one in _small(archive, f"{folder}/_rels/{file}.rels")
    }
    known = set(archive.namelist())
    for one in _small(archive, book).iter():
        if _local(one.tag) != "sheet":
            continue
        # Its number is another attribute, sheetId.
        target = where.get(_named(one.attrib, "id"), "")
        path = target.lstrip("/") if target[:1] == "/" else posixpath.join(folder, target)
        if path in known:
            yield _named(one.attrib, "name"), posixpath.normpath(path)


def _of_sheet(part: IO[bytes]) -> Hidden:
    found, row = Hidden(), 0
    for piece, known in pieces(part):
        for tag in _TAG.finditer(piece):
            if tag.end() <= known:
                continue
            given = dict(_ATTRIBUTE.findall(tag[2]))
            gone = given.get(b"hidden") in _YES
            if tag[1] == b"row":
                row = _number(given.get(b"r"), row + 1)
                if (gone or _is_nought(given.get(b"ht"))) and row <= MAX_ROWS:
                    found.rows.append(row)
            elif tag[1] == b"col":
                first = _number(given.get(b"min"), MAX_COLUMNS + 1)
                last = min(_number(given.get(b"max"), first), MAX_COLUMNS)
                if gone or _is_nought(given.get(b"width")):
                    found.columns += range(first, last + 1)
            else:
                found.filtered |= tag[1] == b"filterColumn" or given.get(b"filterMode") in _YES
    return found


def _number(text: bytes | str | None, otherwise: int) -> int:
    return int(text) if text and text.isdigit() and len(text) < 10 else otherwise


def _is_nought(text: bytes | None) -> bool:
    return text is not None and re.fullmatch(rb"0+(\.0*)?", text) is not None


def _of_document(part: IO[bytes]) -> dict[str, Hidden]:
    """Rows and columns of an OpenDocument say how often they are repeated, not where they stand."""
    found: dict[str, Hidden] = {}
    inside: list[Hidden] = []
    row = column = 0
    for event, one in ET.iterparse(part, ("start", "end")):  # noqa: S314 - as above
        tag = _local(one.tag)
        if event == "end":
            if tag == "table" and inside:
                inside.pop()
            if tag in ("table-row", "table"):
                one.clear()
            continue
        if tag == "table":
            # A table in a cell is none of the sheets.
            inside.append(Hidden())
            if len(inside) == 1:
                found[_named(one.attrib, "name")] = inside[0]
                row = column = 0
        elif len(inside) == 1 and tag in ("table-row", "table-column"):
            kind = _named(one.attrib, "visibility")
            rows = tag == "table-row"
            name, most = ("rows", MAX_ROWS) if rows else ("columns", MAX_COLUMNS)
            many = _number(_named(one.attrib, f"number-{name}-repeated"), 1)
            first = row if rows else column
            if kind in ("collapse", "filter"):
                told = inside[0].rows if rows else inside[0].columns
                told += range(first + 1, min(first + many, most) + 1)
                inside[0].filtered |= kind == "filter"
            row, column = (row + many, column) if rows else (row, column + many)
    return found

"""What a workbook would take in memory, counted from its parts before a reader lays it out.

An .xlsx is a ZIP of XML: two far cells make a reader lay out the rectangle between them, and one
shared text is copied into every cell that shows it.
"""

import io
import re
import zipfile
from array import array
from collections.abc import Iterator
from typing import IO

from bihuan.lib.tables.limits import (
    MAX_BYTES,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_MEMBERS,
    MAX_ROWS,
    MAX_TEXT,
    TableError,
)

CHUNK = 1024 * 1024
# A tag is looked at whole: the beginning of one that a piece cuts off is kept for the next piece.
_OVERLAP = 512
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,9})(\d{1,9})["']""")
_SHARED = re.compile(
    rb"""<(?:\w+:)?c\b[^>]{0,200}\st\s*=\s*["']s["'][^>]{0,200}>\s*<(?:\w+:)?v[^>]{0,40}>\s*(\d{1,9})"""
)
_TEXT = re.compile(rb"<(/?)(?:\w+:)?si\b[^>]{0,40}>")


def weigh(content: bytes, name: str) -> None:
    """Raises TableError for a workbook that is too large to be laid out, and BadZipFile, OSError,
    zlib.error for one that is broken."""
    # Counted before the list of members is made of them: each costs half a kilobyte.
    if content.count(b"PK\x01\x02") > MAX_MEMBERS:
        raise TableError("intake.too_heavy", name=name)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if sum(member.file_size for member in members) > MAX_BYTES:
            raise TableError("intake.too_large", name=name, limit=MAX_BYTES // 1024 // 1024)
        texts = array("L")
        for member in members:
            if member.filename.lower().endswith("sharedstrings.xml"):
                with archive.open(member) as part:
                    texts = _texts(part)
        shown = 0
        for member in members:
            # Whatever is called something else is no sheet, but costs little to look through.
            if member.filename.lower().endswith(".xml"):
                with archive.open(member) as part:
                    shown += _span(part, name, texts)
                if shown > MAX_TEXT:
                    raise TableError("intake.too_heavy", name=name)


def pieces(part: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """The part in pieces that overlap, with how much of each was in the piece before."""
    left, rest = MAX_BYTES, b""
    while left > 0 and (chunk := part.read(min(CHUNK, left))):
        left -= len(chunk)
        yield rest + chunk, len(rest)
        rest = (rest + chunk)[-_OVERLAP:]


def _texts(part: IO[bytes]) -> "array[int]":
    """How many bytes each shared text has, at most (with its marks)."""
    found, start, before = array("L"), 0, 0
    for piece, known in pieces(part):
        at = before - known
        for mark in _TEXT.finditer(piece):
            if mark.end() <= known:
                continue
            if mark[1]:
                found.append(at + mark.start() - start)
            else:
                start = at + mark.end()
        before = at + len(piece)
    return found


def _span(part: IO[bytes], name: str, texts: "array[int]") -> int:
    """The characters of shared texts that a sheet shows, at most."""
    width = height = shown = 0
    for piece, known in pieces(part):
        for letters, number in _PLACE.findall(piece):
            width = max(width, _column(letters))
            height = max(height, int(number))
        if width > MAX_COLUMNS:
            raise TableError("intake.too_wide", name=name, limit=MAX_COLUMNS)
        if height > MAX_ROWS:
            raise TableError("intake.too_long", name=name, limit=MAX_ROWS)
        if width * height > MAX_CELLS:
            raise TableError("intake.too_heavy", name=name)
        for one in _SHARED.finditer(piece):
            # A number that ends with the piece may go on: it is looked at in the next one.
            if one.end() > known and one.end() < len(piece):
                index = int(one[1])
                # Three bytes are one Chinese character.
                shown += texts[index] // 3 if index < len(texts) else 0
    return shown


def _column(letters: bytes) -> int:
    found = 0
    for letter in letters.upper():
        found = found * 26 + letter - 64
    return found

"""What an .xls keeps out of sight. Its records stand in a stream of a file that is laid out as a disk.

Sources: [MS-CFB] 2.1–2.6 (sectors, chains, directory); [MS-XLS] 2.4.28 (BoundSheet8), 2.4.53 (ColInfo),
2.4.105 (FilterMode), 2.4.221 (Row). A reader of our own, for none we use tells what is hidden.
"""

import struct
from collections.abc import Iterator

from bihuan.lib.tables.hidden import Hidden

_SECTOR, _MINI, _ENTRY = 512, 64, 128
_FREE = 0xFFFFFFFA
_BOF, _EOF, _SHEET, _ROW, _COLUMNS, _FILTER = 0x0809, 0x000A, 0x0085, 0x0208, 0x007D, 0x009B


class _Disk:
    """Sectors and who follows whom. Raises struct.error, IndexError, ValueError for a broken file."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        (shift,) = struct.unpack_from("<H", content, 30)
        if shift not in (9, 12):
            raise ValueError(shift)
        self.size = 1 << shift
        self.sectors = len(content) // self.size
        self.root, _, self.cutoff, mini, _, more, count = struct.unpack_from("<7I", content, 48)
        tables = list(struct.unpack_from("<109I", content, 76))
        # Large files go on with the list of their tables elsewhere.
        for _ in range(min(count, self.sectors)):
            here = struct.unpack(f"<{self.size // 4}I", self.sector(more))
            tables += here[:-1]
            more = here[-1]
        each = self.size // 4
        self.next: list[int] = []
        for one in tables:
            if one < _FREE:
                self.next += struct.unpack(f"<{each}I", self.sector(one))
        small = self.read(mini) if mini < _FREE else b""
        self.next_small = struct.unpack(f"<{len(small) // 4}I", small[: len(small) // 4 * 4])

    def sector(self, number: int) -> bytes:
        start = (number + 1) * self.size
        found = self.content[start : start + self.size]
        # The last one of a file may be cut short.
        return found.ljust(self.size, b"\0") if found else self._broken(number)

    @staticmethod
    def _broken(number: int) -> bytes:
        raise ValueError(number)

    def read(self, start: int) -> bytes:
        return b"".join(self.sector(one) for one in self._chain(start, self.next))

    def read_small(self, start: int, within: bytes) -> bytes:
        return b"".join(
            within[one * _MINI : one * _MINI + _MINI] for one in self._chain(start, self.next_small)
        )

    @staticmethod
    def _chain(start: int, following: "list[int] | tuple[int, ...]") -> Iterator[int]:
        for _ in range(len(following)):
            if start >= _FREE:
                return
            yield start
            start = following[start]


def _book(content: bytes) -> bytes:
    disk = _Disk(content)
    entries = disk.read(disk.root)
    small = b""
    for at in range(0, len(entries), _ENTRY):
        length, kind = struct.unpack_from("<HB", entries, at + 64)
        start, size = struct.unpack_from("<II", entries, at + 116)
        name = entries[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        if kind == 5:
            small = disk.read(start) if start < _FREE else b""
        elif kind == 2 and name.lower() in ("workbook", "book"):
            whole = disk.read(start) if size >= disk.cutoff else disk.read_small(start, small)
            return whole[:size]
    return b""


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """(kind, data) of the records of one sheet; a chart within it is passed over."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        at += 4
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 1:
            yield kind, stream[at : at + size]
        if depth <= 0:
            return
        at += size


def in_stream(content: bytes) -> list[Hidden]:
    """What is hidden in each sheet, in their order; nothing at all where it cannot be read."""
    try:
        stream = _book(content)
        places = [
            struct.unpack_from("<I", data)[0]
            for kind, data in _records(stream, 0)
            if kind == _SHEET
        ]
        return [_of_sheet(stream, at) for at in places]
    except (struct.error, IndexError, ValueError):
        return []


def _of_sheet(stream: bytes, at: int) -> Hidden:
    found = Hidden()
    for kind, data in _records(stream, at):
        if kind == _ROW:
            row, options = *struct.unpack_from("<H", data), *struct.unpack_from("<H", data, 12)
            if options & 0x20:
                found.rows.append(row + 1)
        elif kind == _COLUMNS:
            first, last, width, _, options = struct.unpack_from("<5H", data)
            if options & 1 or not width:
                found.columns += range(first + 1, min(last, 255) + 2)
        elif kind == _FILTER:
            found.filtered = True
    return found

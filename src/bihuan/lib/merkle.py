"""The hash tree of RFC 6962 (Certificate Transparency): one root for a list that only grows.

A leaf is SHA-256 of 0x00 and the entry, a node SHA-256 of 0x01 and its two children, so that no
node can pass for an entry. Nodes are numbered by level (0 are leaves) and place from the left;
what is asked for by `(level, place)` is always a full subtree of 2**level leaves.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

Full = Callable[[int, int], bytes]
EMPTY = sha256(b"").digest()


def leaf(entry: bytes) -> bytes:
    """The hash of an entry as it stands in the tree."""
    return sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees beside each other."""
    return sha256(b"\x01" + left + right).digest()


def peaks(size: int, start: int = 0) -> Iterator[tuple[int, int]]:
    """The full subtrees that make up the leaves from `start` to `size`, from the left. `start`
    must be where a subtree of RFC 6962 may begin (0, or what its splitting yields)."""
    while start < size:
        level = (size - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _folded(hashes: Sequence[bytes]) -> bytes:
    """One hash for full subtrees that become smaller to the right."""
    if not hashes:
        return EMPTY
    found = hashes[-1]
    for left in reversed(hashes[:-1]):
        found = node(left, found)
    return found


@dataclass
class Growing:
    """A tree to which leaves are added at the right: no more of it is kept than its peaks.

    `grown` is called with (level, place, hash) of every full subtree when it becomes full.
    """

    size: int = 0
    hashes: list[bytes] = field(default_factory=list)
    grown: Callable[[int, int, bytes], None] | None = None

    def add(self, hashed: bytes) -> None:
        """Adds a leaf's hash."""
        level, place = 0, self.size
        if self.grown is not None:
            self.grown(level, place, hashed)
        while place & 1:
            hashed = node(self.hashes.pop(), hashed)
            level, place = level + 1, place >> 1
            if self.grown is not None:
                self.grown(level, place, hashed)
        self.hashes.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        """The root over all leaves so far."""
        return _folded(self.hashes)


def root(size: int, full: Full) -> bytes:
    """The root over the first `size` leaves."""
    return _folded([full(level, place) for level, place in peaks(size)])


def _part(start: int, end: int, full: Full) -> bytes:
    return _folded([full(level, place) for level, place in peaks(end, start)])


def _split(width: int) -> int:
    """The greatest power of two below `width`."""
    return 1 << ((width - 1).bit_length() - 1)


def inclusion(index: int, size: int, full: Full) -> list[bytes]:
    """The hashes by which leaf `index` leads to the root over `size` leaves, from the leaf up.

    Raises ValueError when there is no such leaf.
    """
    if not 0 <= index < size:
        msg = f"a tree of {size} has no leaf {index}"
        raise ValueError(msg)
    found: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            found.append(_part(middle, end, full))
            end = middle
        else:
            found.append(_part(start, middle, full))
            start = middle
    return found[::-1]


def included(hashed: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a leaf's hash leads to by its path (RFC 9162, 2.1.3.2); None when the path is
    none of such a leaf."""
    if not 0 <= index < size:
        return None
    place, last = index, size - 1
    for one in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            hashed = node(one, hashed)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hashed = node(hashed, one)
        place, last = place >> 1, last >> 1
    return hashed if last == 0 else None


def consistency(old: int, size: int, full: Full) -> list[bytes]:
    """The hashes that show the tree over `size` leaves to begin with that over `old`.

    Raises ValueError unless 0 < old <= size.
    """
    if not 0 < old <= size:
        msg = f"a tree of {size} cannot continue one of {old}"
        raise ValueError(msg)
    found: list[bytes] = []
    start, end, whole = 0, size, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            found.append(_part(middle, end, full))
            end = middle
        else:
            found.append(_part(start, middle, full))
            start, whole = middle, False
    if not whole:
        found.append(_part(start, end, full))
    return found[::-1]


def consistent(
    old: int, old_root: bytes, size: int, size_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether the path shows that the tree of `size_root` begins with that of `old_root` (RFC
    9162, 2.1.4.2)."""
    if old == size:
        return old_root == size_root and not path
    if not 0 < old < size or not path:
        return False
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    was = now = hashes[0]
    for one in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            was, now = node(one, was), node(one, now)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            now = node(now, one)
        place, last = place >> 1, last >> 1
    return last == 0 and was == old_root and now == size_root

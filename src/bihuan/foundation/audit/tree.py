"""The hash tree over all sealed events, in the order of their ids.

An entry names its event by two digests: of where it stands (stream and number) and its own hash. So a
proof tells nothing of an event but hashes. Subtrees of BLOCK events and more are kept.
"""

from collections.abc import Iterator
from functools import lru_cache

from bihuan.foundation.audit.models import Event, Node, Seal
from bihuan.lib import canonical, merkle

LEVEL = 8
BLOCK = 1 << LEVEL


def place(stream: str, seq: int) -> str:
    """The digest of where an event stands."""
    return canonical.digest(f"{stream}|{seq}")


def leaf(stream: str, seq: int, hashed: str) -> bytes:
    """The leaf of an event."""
    return merkle.leaf(f"{place(stream, seq)}|{hashed}".encode())


def _leaves(start: int, count: int) -> Iterator[bytes]:
    """The leaves of sealed events from index `start` on."""
    for first, last, size, here in _seals(start, start + count):
        base = size - here
        skip = max(0, start - base)
        rows = Event.objects.filter(id__gte=first, id__lte=last).order_by("id")
        for row in rows.values_list("stream", "seq", "hash")[skip : skip + count]:
            yield leaf(*row)
            count -= 1
            start += 1


def _seals(start: int, end: int) -> list[tuple[int, int, int, int]]:
    """Where events of these indexes were sealed: (first id, last id, size, count)."""
    found = []
    rows = Seal.objects.filter(size__gt=start).order_by("size")
    for row in rows.values_list("first_id", "last_id", "size", "count").iterator(chunk_size=50):
        if row[2] - row[3] >= end:
            break
        found.append(row)
    return found


class Stored:
    """Full subtrees of the sealed log: the great ones as kept, the small ones from their events."""

    def __init__(self) -> None:
        self._block = lru_cache(maxsize=8)(self._read_block)

    def _read_block(self, number: int) -> list[bytes]:
        return list(_leaves(number * BLOCK, BLOCK))

    def __call__(self, level: int, at: int) -> bytes:
        """The hash of a full subtree. Raises LookupError where the tree has none."""
        if level >= LEVEL:
            found = (
                Node.objects.filter(level=level, place=at).values_list("hash", flat=True).first()
            )
            if found is None:
                msg = f"there is no node {level}/{at}"
                raise LookupError(msg)
            return bytes.fromhex(found)
        first = at << level
        block = self._block(first >> LEVEL)
        inside = block[first % BLOCK : first % BLOCK + (1 << level)]
        if len(inside) != 1 << level:
            msg = f"there is no node {level}/{at}"
            raise LookupError(msg)
        grown = merkle.Growing()
        for one in inside:
            grown.add(one)
        return grown.root()


def at_size(size: int) -> merkle.Growing:
    """The tree over the first `size` sealed events, ready to grow. Raises LookupError."""
    stored = Stored()
    return merkle.Growing(size, [stored(level, at) for level, at in merkle.peaks(size)])


def index_of(event_id: int) -> int | None:
    """The index of a sealed event; None while it is not sealed."""
    seal = Seal.objects.filter(last_id__gte=event_id, size__gt=0).order_by("last_id").first()
    if seal is None:
        return None
    before = Event.objects.filter(id__gte=seal.first_id, id__lt=event_id).count()
    return seal.size - seal.count + before

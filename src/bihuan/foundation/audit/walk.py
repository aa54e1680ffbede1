"""All events in their order, and beside them every seal: does each say what its events are?"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.models.functions import Coalesce

from bihuan.foundation.audit import tree
from bihuan.foundation.audit.findings import Finding
from bihuan.foundation.audit.models import Event, Seal
from bihuan.foundation.audit.outside import Head
from bihuan.lib import canonical, keyring, merkle

RESTORE = (
    "find out who could write to the database; stop the service, restore the newest backup that "
    "verifies (docs/howto/anchor.md), and tell whoever holds an anchor"
)


def as_head(one: Seal) -> Head:
    """A seal as it stands outside the database."""
    at = canonical.instant(one.at)
    return Head(one.size, one.root, at, one.first_id, one.last_id, one.key, one.signature)


@dataclass(frozen=True)
class Sealed:
    """What the tree needs of an event."""

    pk: int
    stream: str
    seq: int
    hash: str
    recorded: datetime


def events(*, after: int = 0, until: int | None = None) -> Iterator[Sealed]:
    """Events in their order, of ids above `after` and up to `until`."""
    rows = Event.objects.filter(id__gt=after).order_by("id")
    if until is not None:
        rows = rows.filter(id__lte=until)
    found = rows.annotate(written=Coalesce("recorded", "at"))
    columns = found.values_list("id", "stream", "seq", "hash", "written")
    for row in columns.iterator(chunk_size=5000):
        yield Sealed(*row)


@dataclass
class Walk:
    """Grows a tree along all events and compares it with every seal that is met.

    `roots` asks by size for roots on the way."""

    grown: merkle.Growing
    rows: Iterable[Seal]
    roots: dict[int, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    _seals: Iterator[Seal] = field(init=False)
    _next: Seal | None = field(init=False)
    _running: "hashlib._Hash" = field(init=False)
    _count: int = 0
    _expected: int = 1
    last_id: int = 0

    def __post_init__(self) -> None:
        self._seals = iter(self.rows)
        self._running = hashlib.sha256()
        self._next = next(self._seals, None)

    def take(self, event: Sealed) -> None:
        """The next event."""
        while self._next is not None and event.pk > self._next.last_id:
            self._close()
        if self._next is not None:
            line = f"{event.pk}|{event.stream}|{event.seq}|{event.hash}\n"
            self._running.update(line.encode())
        self._count += 1
        self.grown.add(tree.leaf(event.stream, event.seq, event.hash))
        if self.grown.size in self.roots:
            self.roots[self.grown.size] = self.grown.root().hex()

    def end(self) -> None:
        """Compares with the seals that are left; `findings` is complete then."""
        while self._next is not None:
            self._close()

    def _close(self) -> None:
        one = self._next
        assert one is not None
        where = f"seal {one.first_id}-{one.last_id}"
        if one.first_id != self._expected:
            self._say(where, "the seal before it is missing")
        if not _is_ours(one):
            self._say(where, "the seal itself was altered, or made with another key")
        told = (one.count, one.size, one.root, one.digest)
        root = self.grown.root().hex() if one.root else ""
        # A seal has one of the two; what stands in the other's place was put there.
        digest = "" if one.root else self._running.hexdigest()
        if told != (self._count, self.grown.size, root, digest):
            self._say(where, "events were removed, put in or changed after sealing")
        self.last_id = max(self.last_id, one.last_id)
        self._expected = one.last_id + 1
        self._count = 0
        self._running = hashlib.sha256()
        self._next = next(self._seals, None)

    def _say(self, where: str, what: str) -> None:
        self.findings.append(Finding(where, what, RESTORE))


def _is_ours(one: Seal) -> bool:
    if one.root:
        return as_head(one).is_ours()
    text = canonical.dumps([one.first_id, one.last_id, one.count, one.digest, one.at])
    return any(
        hmac.compare_digest(
            one.signature, hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
        )
        for key in keyring.every(settings.SECRETS, "seal")
    )

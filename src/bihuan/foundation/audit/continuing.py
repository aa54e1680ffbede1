"""The proof of the seals: against all events, against the file beside the secrets, against anchors."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from bihuan.foundation.audit import outside, seals, tree
from bihuan.foundation.audit.findings import Finding
from bihuan.foundation.audit.models import Node, Seal
from bihuan.foundation.audit.outside import Head, OutsideError
from bihuan.foundation.audit.seals import ADOPT, MADE_ANEW
from bihuan.foundation.audit.walk import RESTORE, Sealed, Walk, as_head, events
from bihuan.lib import canonical, merkle

_LOOKED_AT = 1000


@dataclass
class _Nodes:
    """The subtrees that are kept, each compared when the walk has grown it."""

    kept: dict[tuple[int, int], str]
    wrong: bool = False
    missing: list[tuple[int, int]] = field(default_factory=list)

    def compare(self, level: int, place: int, hashed: bytes) -> None:
        if level < tree.LEVEL:
            return
        found = self.kept.pop((level, place), None)
        if found is None:
            self.missing.append((level, place))
        elif found != hashed.hex():
            self.wrong = True

    def differ(self, size: int) -> bool:
        """Whether they are not those of a tree of so many sealed events."""
        lacking = any((place + 1) << level <= size for level, place in self.missing)
        return self.wrong or lacking or bool(self.kept)


def _late(last: list[Sealed], at: datetime) -> Iterator[Finding]:
    limit = at - timedelta(minutes=settings.SEAL_GRACE_MINUTES)
    first = next((one for one in last if one.recorded < limit), None)
    if first is not None:
        yield Finding(
            f"event {first.pk}",
            f"recorded {canonical.instant(first.recorded)}, and no seal covers it yet",
            "see that the worker runs (`bihuan work`) and what it says of the duty `seal`",
        )


def check(*, at: datetime | None = None, anchors: Iterable[Head] = ()) -> Iterator[Finding]:
    """Compares all events with every seal, the seals with the file beside the secrets, and both with
    anchors. With the instant `at`, an event that should have been sealed long ago is a finding too."""
    told: list[Head] | None = None
    # Before the database is read: a seal that is made meanwhile stands there first.
    try:
        told = outside.read()
    except (OutsideError, OSError) as error:
        yield Finding("seals.log", str(error), ADOPT)
    wanted = list(anchors)
    nodes = _Nodes({(one.level, one.place): one.hash for one in Node.objects.iterator()})
    size = Seal.objects.aggregate(size=models.Max("size"))["size"] or 0
    rows = Seal.objects.order_by("first_id").iterator()
    walk = Walk(merkle.Growing(grown=nodes.compare), rows)
    walk.roots = {one.size: "" for one in (*(told or ()), *wanted)}
    unsealed: list[Sealed] = []
    for event in events():
        walk.take(event)
        if walk.grown.size > size and len(unsealed) < _LOOKED_AT:
            unsealed.append(event)
    walk.end()
    yield from walk.findings
    # A house that was sealed before there was a tree gets it with its next seal.
    if Seal.objects.exclude(root="").exists() and nodes.differ(size):
        yield Finding("nodes of the tree", "they do not follow from the events", RESTORE)
    if told is not None:
        yield from _outside(told, walk)
        yield from _lacking(at)
    for one in wanted:
        yield from _anchored(one, walk)
    if at is not None:
        yield from _late(unsealed, at)


def _lacking(at: datetime | None) -> Iterator[Finding]:
    """Seals of the database that the file has not. It is read again: a seal that is made while the
    log is walked stands in the database first, and the newest may be missing for a round after a
    crash; never one before it."""
    known = [as_head(one) for one in Seal.objects.exclude(root="").order_by("-size")]
    try:
        told = set(outside.read())
    except (OutsideError, OSError):
        return
    lacking = [one for one in known if one not in told]
    if not told or not lacking:
        return
    limit = at - timedelta(minutes=settings.SEAL_GRACE_MINUTES) if at else None
    just_made = limit is None or datetime.fromisoformat(known[0].at) >= limit
    if lacking == known[:1] and just_made:
        return
    yield Finding(
        "seals.log",
        f"{len(lacking)} seals of the database do not stand there, the last over {lacking[0].size} "
        "events: lines were taken out or altered",
        MADE_ANEW,
    )


def _outside(told: list[Head], walk: Walk) -> Iterator[Finding]:
    known = {(one.size, one.root) for one in map(as_head, Seal.objects.exclude(root="").iterator())}
    if known and not told:
        yield Finding("seals.log", "the file beside the secrets is gone or empty", ADOPT)
    gone = [one for one in told if (one.size, one.root) not in known]
    for one in told:
        if not one.is_ours():
            yield Finding(
                f"seals.log, {one.size} events",
                "the line was altered, or made with a key that is not here",
                MADE_ANEW,
            )
    if any(after.size <= one.size for one, after in itertools.pairwise(told)):
        yield Finding(
            "seals.log", "its lines were put in another order, or put in twice", MADE_ANEW
        )
    if gone:
        yield Finding(
            "seals.log",
            f"{len(gone)} seals stand there that the database does not have, the last over "
            f"{gone[-1].size} events, made {gone[-1].at}: the database was put back to an earlier "
            "state, or its seals were taken away",
            RESTORE,
        )
    differing = [one for one in told if walk.roots.get(one.size) != one.root]
    if differing:
        one = differing[0]
        yield Finding(
            f"log, {one.size} events",
            f"it is not the log that was sealed {one.at}: events were removed, put in, changed or "
            f"chained anew (the log has {walk.grown.size} events now)",
            RESTORE,
        )


def _anchored(one: Head, walk: Walk) -> Iterator[Finding]:
    where = f"anchor of {one.at}, {one.size} events"
    if not one.is_ours():
        yield Finding(
            where,
            "no key of this house signed it",
            "was it made by another house? Retired keys stay in secrets.json (`bihuan keys`)",
        )
    if walk.grown.size < one.size:
        yield Finding(
            where,
            f"today's log has {walk.grown.size} events only: it was put back, or its tail is gone",
            RESTORE,
        )
    elif walk.roots.get(one.size) != one.root:
        yield Finding(where, "today's log does not begin with the one that was anchored", RESTORE)


def anchored(wanted: Iterable[Head]) -> Iterator[Finding]:
    """Whether the seals of the database continue what was sealed elsewhere, by what is kept of the
    tree: for a first answer, where `check` reads all events."""
    for one in wanted:
        known = seals.of_size(one.size)
        if known is None or known.root != one.root:
            yield Finding(
                f"anchor of {one.at}, {one.size} events",
                "there is no such seal in the database: its tail was cut off, or its seals exchanged",
                RESTORE,
            )

"""Seals: the worker signs the root of the tree over all events, in the database and beside it.

Nothing is sealed unless it continues what was sealed before: a forgery of sealed events never gets the
house's signature, whoever asks for it.
"""

import itertools
from datetime import datetime

from django.db import connection, models, transaction

from bihuan.foundation.audit import outside, signing, tree
from bihuan.foundation.audit.findings import Finding
from bihuan.foundation.audit.models import Event, Node, Seal
from bihuan.foundation.audit.outside import Head, OutsideError
from bihuan.foundation.audit.walk import RESTORE, Walk, as_head, events
from bihuan.lib import merkle

BATCH = 20_000
_AT_ONCE = 500
Nodes = dict[tuple[int, int], bytes]
ADOPT = (
    "put seals.log back from a copy of the data folder; where it is truly lost, "
    "`bihuan anchor --adopt` begins it anew from the database as it stands"
)
MADE_ANEW = (
    "put seals.log back from a copy of the data folder; where there is none, `bihuan anchor --adopt` "
    "sets it aside and begins it anew from the database as it stands"
)


class BrokenLogError(Exception):
    """The log does not continue what was sealed; nothing was sealed. `finding` says how."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(f"{finding.where}: {finding.what}; {finding.do}")


def newest() -> Head | None:
    """The newest seal that the database has."""
    one = Seal.objects.exclude(root="").order_by("-last_id").first()
    return as_head(one) if one else None


def heads(limit: int, *, before: int | None = None) -> list[Head]:
    """Seals, newest first, of smaller size than `before`."""
    rows = Seal.objects.exclude(root="").order_by("-last_id")
    if before is not None:
        rows = rows.filter(size__lt=before)
    return [as_head(one) for one in rows[:limit]]


def of_size(size: int) -> Head | None:
    """The seal over so many events."""
    one = Seal.objects.exclude(root="").filter(size=size).first()
    return as_head(one) if one else None


def _settled() -> int:
    """The id up to which no event can appear any more.

    PostgreSQL hands out ids before the commit, so a younger id can become visible first, and an
    imported event may be dated long ago: only having waited for every writer tells.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            cursor.execute("LOCK TABLE audit_event IN SHARE MODE")
        return Event.objects.aggregate(newest=models.Max("id"))["newest"] or 0


def _broken(what: str, do: str = RESTORE) -> BrokenLogError:
    return BrokenLogError(Finding("seals", what, do))


def _continued() -> tuple[int, merkle.Growing, Nodes]:
    """The last sealed id and the tree to grow, with nodes of it that are not kept yet. Raises
    BrokenLogError unless all that was sealed is still there."""
    row = Seal.objects.order_by("-last_id").first()
    try:
        told = outside.newest()
    except OutsideError as error:
        raise _broken(str(error), ADOPT) from error
    if row is None or not row.root:
        if told is not None:
            raise _broken("the seals of the database are gone; beside the secrets they are known")
        return _from_seals_of_before(row)
    mine = as_head(row)
    if told is None:
        if Seal.objects.exclude(root="").count() > 1 or not mine.is_ours():
            raise _broken(f"{outside.path().name} is gone or empty, and there are seals", ADOPT)
        outside.add(mine)
        told = mine
    _caught_up(told, mine)
    if not mine.is_ours():
        raise _broken("the newest seal was altered, or made with another key")
    try:
        grown = tree.at_size(mine.size)
    except LookupError as error:
        raise _broken("what was sealed is no longer complete") from error
    if grown.root().hex() != mine.root:
        raise _broken("the log does not continue what was sealed")
    return mine.last_id, grown, {}


def _caught_up(told: Head, mine: Head) -> None:
    """Writes to the file what a crash kept from it. Raises BrokenLogError where the database does
    not have what the file has."""
    if told == mine:
        return
    between = [as_head(one) for one in Seal.objects.filter(size__gt=told.size).order_by("size")]
    known = of_size(told.size)
    if known != told or not between or not all(one.is_ours() for one in between):
        raise _broken(
            f"the database has not the seal over {told.size} events that was made last "
            f"({told.at}): it was put back to an earlier state, or its seals were exchanged"
        )
    for one in between:
        outside.add(one)


def _from_seals_of_before(
    row: Seal | None,
) -> tuple[int, merkle.Growing, Nodes]:
    """The tree over what was sealed before there was one, having proved those seals."""
    nodes: Nodes = {}
    grown = merkle.Growing(grown=lambda level, at, hashed: _keep(nodes, level, at, hashed))
    if row is None:
        return 0, grown, nodes
    walk = Walk(grown, Seal.objects.order_by("first_id"))
    for event in events(until=row.last_id):
        walk.take(event)
    walk.end()
    if walk.findings:
        raise BrokenLogError(walk.findings[0])
    return row.last_id, grown, nodes


def _keep(nodes: Nodes, level: int, at: int, hashed: bytes) -> None:
    if level >= tree.LEVEL:
        nodes[level, at] = hashed


def seal(*, at: datetime, until: datetime) -> int:
    """Seals the events recorded before `until` that no seal covers yet; returns how many.

    Raises BrokenLogError, sealing nothing, when the log does not continue what was sealed, and
    OperationalError when a writer does not come to its end in time.
    """
    with outside.locked():
        outside.mend()
        last, grown, nodes = _continued()
        grown.grown = lambda level, place, hashed: _keep(nodes, level, place, hashed)
        settled = _settled()
        sealed = 0
        while True:
            batch = list(itertools.islice(events(after=last, until=settled), BATCH))
            ready = list(itertools.takewhile(lambda one: one.recorded < until, batch))
            if not ready:
                return sealed
            for one in ready:
                grown.add(tree.leaf(one.stream, one.seq, one.hash))
            span = Seal(first_id=last + 1, last_id=ready[-1].pk, count=len(ready), at=at)
            _write(span, grown, nodes)
            last = ready[-1].pk
            nodes.clear()
            sealed += len(ready)


def _write(one: Seal, grown: merkle.Growing, nodes: Nodes) -> None:
    one.size, one.root = grown.size, grown.root().hex()
    made = signing.sign(as_head(one).text)
    one.key, one.signature = made.key, made.value
    kept = [
        Node(level=level, place=place, hash=hashed.hex())
        for (level, place), hashed in sorted(nodes.items())
    ]
    with transaction.atomic():
        one.save(force_insert=True)
        Node.objects.bulk_create(kept, batch_size=_AT_ONCE)
    # Not before: a line of a seal that the database then did not take would look like a roll-back.
    outside.add(as_head(one))


def _in_order() -> bool:
    """Whether the file beside the secrets is what the house wrote: whole lines of its own, each after
    the one before, and no seal of the database left out between them."""
    try:
        held = outside.read()
    except OutsideError:
        return False
    sizes = [one.size for one in held]
    if sizes != sorted(set(sizes)) or not all(one.is_ours() for one in held):
        return False
    known = {one.size for one in heads(Seal.objects.count())}
    # A crash keeps the newest from it, never another.
    return known - set(sizes) <= {max(known, default=0)}


def take_up(*, at: datetime, why: str) -> Head | None:
    """Begins the file beside the secrets anew, or goes on with it, from the database as it stands:
    after it was lost or altered, or when the database was put back on purpose. Says so in the file;
    one that was altered is kept under another name.

    Raises BrokenLogError where the database's own newest seal does not hold.
    """
    with outside.locked():
        mine = newest()
        if mine is not None and not mine.is_ours():
            raise _broken("the newest seal was altered, or made with another key")
        if outside.exists() and not _in_order():
            outside.set_aside(at)
        if not outside.exists():
            for one in reversed(heads(Seal.objects.count())):
                outside.add(one)
        outside.mend()
        outside.add_restored(mine, at, why)
        return mine

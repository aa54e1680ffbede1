"""A workbook is looked at, and taken in: every good row, in batches, the same one twice once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from bihuan.foundation.access import doings, governing, officers
from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org, tree
from bihuan.kernel.directory import book
from bihuan.kernel.directory.book import Reading, Told
from bihuan.kernel.directory.kinds import Frame, Planned, SheetKind, ordered, standing
from bihuan.kernel.directory.lines import STATUSES, Left, Line, Row
from bihuan.lib.tables import Sheet

# Of what is left: ended with one transaction.
ENDED_AT_ONCE = 100


@dataclass(frozen=True)
class SheetResult:
    """A sheet that was read, and what became of each of its rows."""

    reading: Reading
    lines: tuple[Line, ...]

    def count(self, status: str) -> int:
        return sum(line.status == status for line in self.lines)


@dataclass(frozen=True)
class Result:
    """A workbook: every sheet, those read with their rows; by kind what is there and not in it, and
    what became of that where it was to end."""

    readings: tuple[Reading, ...]
    sheets: tuple[SheetResult, ...]
    left: Mapping[str, tuple[Left, ...]]
    ended: Mapping[str, tuple[Line, ...]]

    def count(self, status: str, kind: str = "") -> int:
        """How many rows, of one kind or of all, have a status."""
        some = [one for one in self.sheets if kind in ("", one.reading.kind)]
        return sum(one.count(status) for one in some)


def look(
    sheets: Sequence[Sheet],
    *,
    under: Org,
    at: datetime,
    actor: Actor,
    told: Mapping[str, Told] | None = None,
    opens: bool = True,
) -> Result:
    """What `take` would do with each row, writing nothing. Raises what it raises."""
    readings, frame, parts = _begun(sheets, under, at, actor, told, opens=opens)
    found: list[SheetResult] = []
    left: dict[str, tuple[Left, ...]] = {}
    for kind, part in parts:
        planned = kind.plan([row for _, rows in part for row in rows], frame)
        found += _apart(part, planned)
        # What is to come, and what moves, is nothing that is left: told of what stands.
        left[kind.name] = tuple(kind.left(_named(planned), _afresh(frame)))
    return Result(tuple(readings), tuple(found), left, {})


def take(
    sheets: Sequence[Sheet],
    *,
    under: Org,
    at: datetime,
    actor: Actor,
    told: Mapping[str, Told] | None = None,
    ending: Collection[str] = (),
    opens: bool = True,
) -> Result:
    """Takes in every good row below `under`, in batches, each whole or not at all; the same workbook
    again changes nothing, and two that are taken in at once wait for each other. People come without a
    password, and without an account where the workbook says so; with `opens` false whoever has no user
    name is only entered. Of the kinds in `ending` what the workbook does not name is ended, unless a row of the kind
    is faulty: it may be about who would be ended.

    Whoever does not administer `under` takes in only the sheets that are theirs to keep; the others are
    not read. Raises TableError for a file that is no workbook of ours, DeniedError for who may take in
    none.
    """
    readings, frame, parts = _begun(sheets, under, at, actor, told, opens=opens)
    found: list[SheetResult] = []
    left: dict[str, tuple[Left, ...]] = {}
    ended: dict[str, tuple[Line, ...]] = {}
    for kind, part in parts:
        done = _taken(kind, [row for _, rows in part for row in rows], frame)
        found += _apart(part, done)
        left[kind.name] = tuple(kind.left(_named(done), _afresh(frame)))
        if kind.name in ending and all(one.line.status != "bad" for one in done):
            ended[kind.name] = _ended(kind, left[kind.name], frame)
    result = Result(tuple(readings), tuple(found), left, ended)
    counts = {status: result.count(status) for status in STATUSES}
    over = sum(line.status == "changed" for lines in ended.values() for line in lines)
    doings.done(actor, "directory.imported", at, {"org": under.pk, **counts, "ended": over})
    return result


Part = list[tuple[Reading, list[Row]]]


def _begun(
    sheets: Sequence[Sheet],
    under: Org,
    at: datetime,
    actor: Actor,
    told: Mapping[str, Told] | None,
    *,
    opens: bool,
) -> tuple[list[Reading], Frame, list[tuple[SheetKind, Part]]]:
    kinds = taken_by(actor, under, at)
    if not kinds:
        raise DeniedError(officers.role_for(officers.SYSTEM))
    readings = book.read(sheets, told, kinds)
    parts = book.gathered(readings)
    rows = {name: [row for _, some in part for row in some] for name, part in parts.items()}
    frame = Frame(under, at, actor, rows, standing(under), opens=opens)
    return readings, frame, [(kind, parts[kind.name]) for kind in kinds if kind.name in parts]


def taken_by(actor: Actor, under: Org, at: datetime) -> list[SheetKind]:
    """The kinds of sheets that somebody may take in for an organisation, in their order."""
    return [kind for kind in ordered() if kind.may(actor, under, governing.day_of(at))]


def _afresh(frame: Frame) -> Frame:
    return replace(frame, tree=standing(frame.under), fresh={})


def _taken(kind: SheetKind, rows: Sequence[Row], frame: Frame) -> list[Planned]:
    done: list[Planned] = []
    size = kind.batch or len(rows) or 1
    root = orgs.orgs_at([frame.under.path[: tree.STEP]])[0]
    for start in range(0, len(rows), size):
        with transaction.atomic():
            # Whoever takes in at the same time waits, and finds what this batch made.
            orgs.one_at_a_time(root.pk)
            frame.tree = standing(frame.under)
            done += kind.do(kind.plan(rows[start : start + size], frame), frame)
            # They are there now.
            frame.fresh.clear()
    return done


def _ended(kind: SheetKind, left: Sequence[Left], frame: Frame) -> tuple[Line, ...]:
    done: list[Line] = []
    for start in range(0, len(left), ENDED_AT_ONCE):
        with transaction.atomic():
            done += kind.end(left[start : start + ENDED_AT_ONCE], frame)
    return tuple(done)


def _apart(part: Part, planned: Sequence[Planned]) -> list[SheetResult]:
    found, start = [], 0
    for reading, rows in part:
        lines = tuple(one.line for one in planned[start : start + len(rows)])
        found.append(SheetResult(reading, lines))
        start += len(rows)
    return found


def _named(planned: Sequence[Planned]) -> set[int]:
    return {one.about for one in planned if one.about is not None and one.about > 0}

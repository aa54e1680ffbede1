"""Import: a table of messages from elsewhere becomes matters, each row once."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access import doings
from bihuan.foundation.access.api import SYSTEM, Actor
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.exchange import declared, export, known_layouts, known_rows, own_fields
from bihuan.kernel.exchange.headers import SECOND, TEXTS
from bihuan.kernel.exchange.known_rows import Row
from bihuan.kernel.exchange.known_rows import rows as rows_of
from bihuan.kernel.exchange.row import (
    Frame,
    Problem,
    Wish,
    faults,
    problems_of,
    said,
    wish,
)
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.matters.opening import open_matter, opened_before
from bihuan.kernel.matters.said import SUBJECT_FROM_BODY
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.receivers.api import Receiver
from bihuan.kernel.values.api import Tongue
from bihuan.language.tabular import heads
from bihuan.language.tabular.picking import Layout, Picked, pick
from bihuan.lib import tables
from bihuan.lib.problems import ProblemError
from bihuan.lib.tables import TableError
from bihuan.spec.schema import Programme

__all__ = ["Layout", "UnknownColumnsError", "check_size", "preview", "rejects", "run"]

BATCH = 200
MAX_ROWS = 100_000
# What a face takes in one request; larger tables go by the command line.
MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class Line:
    """What became, or would become, of one row. `row` counts as a spreadsheet does, from 1.
    `status`: `ready` (preview), `opened`, `repeated` (was there), `bad` with `problems`. `said` is
    what was understood, `guessed` the fields that the table does not say and that are assumed."""

    row: int
    status: str
    subject: str = ""
    category: str = ""
    at: datetime | None = None
    matter_id: int | None = None
    number: str = ""
    problems: Mapping[str, Problem] = field(default_factory=dict)
    guessed: tuple[str, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """A whole file. `columns` maps what was understood; `ignored` are headers that were not;
    `as_before`: it is read as somebody said the last time such a header came."""

    columns: Mapping[str, str]
    ignored: tuple[str, ...]
    lines: tuple[Line, ...]
    picked: Picked
    programme: Programme
    kind: str
    as_before: bool = False

    def called(self, column: str, tongue: Tongue) -> str:
        """What a column, or a field with a problem, is called in a reader's words."""
        return own_fields.called(self.programme, self.kind, column, tongue)

    @property
    def table(self) -> heads.Table:
        return self.picked.table

    def count(self, status: str) -> int:
        return sum(line.status == status for line in self.lines)


def meant(homes: Sequence[Receiver], programme: str, kind: str) -> Receiver | None:
    """Which of an organisation's kinds a table opens, where the programme, or the kind too, may be
    unsaid: the only one there is, or else the only one that its programme says tables open. None when
    nothing fits what is said. Raises ProblemError when somebody must say which.
    """
    fit = [
        one for one in homes if programme in ("", one.programme.id) and kind in ("", one.kind_id)
    ]
    own = [one for one in fit if declared.of(one.programme, one.kind_id).default]
    for some in (fit, own):
        if len(some) == 1:
            return some[0]
    if not fit:
        return None
    told = "、".join(f"{one.programme.id}.{one.kind_id}" for one in fit)
    raise ProblemError("intake.say_which", kinds=told)


class UnknownColumnsError(TableError):
    """No column is known to hold the text. `picked` is what there is, so that somebody may say
    which one does."""

    def __init__(self, picked: Picked) -> None:
        self.picked = picked
        super().__init__("intake.no_text_column", headers="、".join(picked.table.header[:20]))


def columns(programme: Programme, kind: str) -> tuple[str, ...]:
    """What a column may be said to be, of a table of a kind."""
    return tuple(own_fields.names(programme, kind))


def columns_at(home: Org, programme: str, kind: str, at: datetime) -> tuple[str, ...]:
    """The same of a kind as it is in force at an organisation. Raises ProblemError."""
    held = _frame(home, SYSTEM, at, programme, kind, own_time=True, guesses=False)
    return columns(held.programme, kind)


def called(programme: Programme, kind: str, column: str, tongue: Tongue) -> str:
    """What a column is called in a reader's words."""
    return own_fields.called(programme, kind, column, tongue)


def check_size(name: str, size: int) -> None:
    """Raises ProblemError for a table that is too large to be taken in while somebody waits."""
    if size > MAX_BYTES:
        raise ProblemError("files.too_large", name=name, limit=MAX_BYTES // 1_000_000)


@dataclass(frozen=True)
class _Read:
    """The table as it is read, as it would be found if nobody had said anything, whether it is read
    as somebody said last time; and all the ways in which it was read before."""

    picked: Picked
    found: Picked
    before: bool
    earlier: tuple[known_rows.Reading, ...]


def _read(content: bytes, filename: str, layout: Layout, frame: Frame) -> _Read:
    sheets, home = tables.read(content, filename), frame.home
    names = own_fields.names(frame.programme, frame.kind)

    def of(one: Layout) -> Picked:
        return pick(sheets, names, wanted=TEXTS, second=SECOND, layout=one)

    found = of(Layout(sheet=layout.sheet))
    recalled = known_layouts.recall(home, found, layout)
    picked = of(recalled.layout)
    if not TEXTS & picked.table.columns.keys():
        raise UnknownColumnsError(picked)
    if len(picked.table.rows) > MAX_ROWS:
        raise TableError("intake.too_many_rows", limit=MAX_ROWS)
    earlier = known_rows.before(sheets, recalled.layout, frame)
    return _Read(picked, found, recalled.before, earlier)


def _frame(home: Org, actor: Actor, at: datetime, programme: str, kind: str, **more: bool) -> Frame:
    try:
        found = programmes.held(programme, home.path, timezone.localtime(at).date()).programme
    except programmes.ProgrammeError as error:
        raise ProblemError(error.key, **error.values) from error
    if kind not in found.kinds:
        raise ProblemError("matters.unknown_kind", kind=kind)
    return Frame(found, home, kind, actor, at, declared.of(found, kind), **more)


@dataclass(frozen=True)
class _Taking:
    """Takes rows, or says what would become of them; one that was read otherwise before is known by what
    it was then."""

    frame: Frame
    earlier: Sequence[known_rows.Reading]

    def preview(self, row: Row) -> Line:
        one = wish(self.frame, row.number, row.cells)
        known = self._known(row) or opened_before(one.opening, self.frame.actor, row.key)
        if known is None and (problems := faults(self.frame, one)):
            return self._line(one, row, "bad", problems=problems)
        return self._line(one, row, "ready" if known is None else "repeated")

    def take(self, row: Row) -> Line:
        one = wish(self.frame, row.number, row.cells)
        if (known := self._known(row)) is not None:
            return self._line(one, row, "repeated", matter_id=known.pk, number=known.number)
        if one.problems:
            return self._line(one, row, "bad", problems=faults(self.frame, one))
        try:
            opened = open_matter(one.opening, actor=self.frame.actor, at=one.at, key=row.key)
        except (ProblemError, programmes.ProgrammeError, LookupError) as error:
            # The first fault ends an opening; all of them are told.
            told = faults(self.frame, one) or problems_of(error)
            return self._line(one, row, "bad", problems=told)
        matter = opened.matter
        status = "repeated" if opened.repeated else "opened"
        return self._line(one, row, status, matter_id=matter.pk, number=matter.number)

    def _known(self, row: Row) -> Matter | None:
        found = (one.matter(row.number) for one in self.earlier)
        return next((one for one in found if one is not None), None)

    def _line(self, one: Wish, row: Row, status: str, **more: Any) -> Line:
        cells = row.cells
        shown = cells.get("subject") or cells.get("body", "")[:SUBJECT_FROM_BODY]
        told = said(self.frame, cells)
        return Line(
            row.number, status, shown, one.category, one.at, guessed=one.guessed, said=told, **more
        )


def _result(read: _Read, frame: Frame, lines: Sequence[Line]) -> Result:
    table = read.picked.table
    used = set(table.columns.values())
    return Result(
        {name: table.header[index] for name, index in table.columns.items()},
        tuple(t for i, t in enumerate(table.header) if t and i not in used),
        tuple(lines),
        read.picked,
        frame.programme,
        frame.kind,
        read.before,
    )


def preview(
    content: bytes,
    filename: str,
    *,
    home: Org,
    actor: Actor,
    at: datetime,
    programme: str,
    kind: str,
    layout: Layout | None = None,
    own_time: bool = True,
    guesses: bool = False,
    limit: int | None = None,
) -> Result:
    """What `run` would do with each row (or the first `limit`), writing nothing.

    Raises TableError when the file is no usable table (UnknownColumnsError when somebody may say
    which column is which), ProblemError for the wrong kind.
    """
    frame = _frame(home, actor, at, programme, kind, own_time=own_time, guesses=guesses)
    read = _read(content, filename, layout or Layout(), frame)
    rows = islice(rows_of(read.picked.table, home), limit)
    return _result(read, frame, [*map(_Taking(frame, read.earlier).preview, rows)])


def run(
    content: bytes,
    filename: str,
    *,
    home: Org,
    actor: Actor,
    at: datetime,
    programme: str,
    kind: str,
    layout: Layout | None = None,
    own_time: bool = True,
    guesses: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Opens a matter for every good row in the name of `actor`, as of the row's own time (never
    later than `at`).

    With `own_time` off all are opened at `at`, their own time kept as origin: for a backlog whose
    limits shall run from now. Bad rows are left out and said why; so are rows of which something
    had to be guessed, unless `guesses` says that the guesses were seen: then the first event keeps
    which they were. The same file again opens nothing twice, whoever brings it; so does a file
    whose import was cut off. What `layout` says of header and columns is remembered for the next
    table of this organisation with the same header. `progress` is called with (rows done, rows in all).
    Raises TableError and ProblemError as `preview` does.
    """
    said = layout or Layout()
    frame = _frame(home, actor, at, programme, kind, own_time=own_time, guesses=guesses)
    read = _read(content, filename, said, frame)
    if said.columns or said.head is not None:
        known_layouts.remember(home, read.found, read.picked, said, at)
    rows, taking = list(rows_of(read.picked.table, home)), _Taking(frame, read.earlier)
    lines: list[Line] = []
    for start in range(0, len(rows), BATCH):
        # One flush to the disk for a batch; each matter is a savepoint of its own within.
        with transaction.atomic():
            lines += map(taking.take, rows[start : start + BATCH])
        if progress is not None:
            progress(len(lines), len(rows))
    result = _result(read, frame, lines)
    counts = {status: result.count(status) for status in ("opened", "repeated", "bad")}
    told = {"programme": programme, "kind": kind, "org": home.pk, **counts}
    doings.done(actor, "table.imported", at, told)
    return result


def describe(result: Result, line: Line, tongue: Tongue) -> str:
    """Why a row is bad, in one line of a reader's words."""
    said = []
    for name, (key, values) in line.problems.items():
        text = " ".join(tongue.text(f"error.{key}", **values).split("\n"))
        field = result.called(name, tongue) if name else ""
        said.append(tongue.text("import.problem", field=field, text=text) if name else text)
    return tongue.text("import.between").join(said)


def rejects(
    result: Result, filename: str, *, reason: str, tongue: Tongue, home: Org, at: datetime
) -> bytes:
    """The bad rows as they came, with a last column titled `reason`; corrected there, the file
    can be imported again. XLSX when `filename` ends so, else CSV in UTF-8."""
    cells = dict(zip(result.table.numbers, result.table.rows, strict=True))
    bad = [line for line in result.lines if line.status == "bad"]
    titles = [*result.table.header, reason]
    rows = [[*cells[line.row], describe(result, line, tongue)] for line in bad]
    if filename.lower().endswith(".xlsx"):
        return export.sheet(titles, rows, name=reason, author=home.name, at=at)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([[tables.guarded(cell) for cell in row] for row in (titles, *rows)])
    # Spreadsheet programs take a CSV file for the local code page unless it starts with this.
    return b"\xef\xbb\xbf" + out.getvalue().encode()

"""Organisations and people as one workbook: looked at, taken in, given out."""

import base64
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from bihuan.api import base, words
from bihuan.api.base import ERRORS, Flag, Id, Name, Strict
from bihuan.api.tables import SHEET, XLSX
from bihuan.kernel.directory import api as directory
from bihuan.kernel.directory.api import Line, Result, Said, Told
from bihuan.lib.problems import InputError
from bihuan.lib.tables import MAX_ROWS

router = Router(tags=["admin"])
# Of rows that are neither faulty nor moved: as many as somebody looks at.
FIRST, LISTED = 50, 500


class SheetIn(Strict):
    """How a sheet is read: as which kind (`orgs`, `people`, `members`; `none` leaves it out), its header's line from 1, and which
    column is which: `{"工作单位": "org"}`, "" for none."""

    kind: str = Field("", max_length=20)
    head: int | None = Field(None, ge=1, le=MAX_ROWS)
    columns: dict[str, str] = Field(default_factory=dict, max_length=200)


class DirectoryIn(Strict):
    """A workbook for what lies at and below `under`: XLSX, XLS or ODS with sheets of organisations, of
    people and of members, or one of them as CSV. With `dry` nothing is written. `sheets` says by a sheet's name how it is
    read, where that cannot be found out. Of the kinds in `ending` what the workbook does not name is
    ended: organisations are closed, people's posts and roles here end, members no longer belong; not while a row of the kind is
    faulty, for it may be about one of them.
    """

    under: Id
    name: Name
    content: str = Field(min_length=1, description="Base64; a million and a half bytes at most")
    sheets: dict[str, SheetIn] = Field(default_factory=dict, max_length=50)
    ending: list[Annotated[str, Field(max_length=20)]] = Field(default_factory=list, max_length=9)
    accounts: Flag = True
    dry: Flag = False


class ChangeOut(Schema):
    column: str
    before: str
    after: str


class RowOut(Schema):
    """What became of a row, counted as a spreadsheet counts: every fault at once in `problems`, what of
    what is there changes, what somebody should look at in `notes`."""

    row: int
    name: str
    status: Literal["new", "changed", "moved", "same", "bad"]
    problems: list[str]
    changes: list[ChangeOut]
    notes: list[str]


class SheetOut(Schema):
    """A sheet: as which `kind` it was read ('' was left out), what it lacks to be read, its counts, and of
    its rows those with a fault, those that moved and the first of the others; 500 at most of each."""

    sheet: str
    kind: str
    lacking: list[str]
    head: int
    columns: dict[str, str]
    new: int
    changed: int
    moved: int
    same: int
    bad: int
    rows: list[RowOut]


class LeftOut(Schema):
    id: int
    name: str
    where: str


class LeftKind(Schema):
    """What is there and not in the workbook, 500 of it at most; `ended` and `refused` where it was to
    end."""

    kind: str
    count: int
    items: list[LeftOut]
    ended: int
    refused: int


class DirectoryOut(Schema):
    """`rejects`: a workbook of the faulty rows with the reasons, as Base64, or empty; corrected, it can be
    imported."""

    new: int
    changed: int
    moved: int
    same: int
    bad: int
    sheets: list[SheetOut]
    left: list[LeftKind]
    rejects: str


@router.post(
    "/directory/imports", response={200: DirectoryOut, **ERRORS}, operation_id="import_directory"
)
def import_directory(request: HttpRequest, given: DirectoryIn) -> dict[str, Any]:
    """Good rows of a workbook become organisations, people, posts, grants and memberships, bad ones come back
    with reasons; the same workbook again changes nothing. Who keeps a list of members takes in that alone."""
    actor = base.who(request)
    under, at = base.org_at(given.under, "under"), base.now()
    if not directory.taken_by(actor, under, at):
        base.who(request, "admin")
    sheets = directory.opened(base.unpacked(given.content, "content"), given.name)
    told = {name: _told(name, one) for name, one in given.sheets.items()}
    if set(given.ending) - {kind.name for kind in directory.ordered()}:
        raise InputError({"ending": ("input.not_a_choice", {})})
    if given.dry:
        result = directory.look(
            sheets, under=under, at=at, actor=actor, told=told, opens=given.accounts
        )
    else:
        result = directory.take(
            sheets,
            under=under,
            at=at,
            actor=actor,
            told=told,
            ending=given.ending,
            opens=given.accounts,
        )
    locale = words.locale(request)
    rejects = b""
    if result.count("bad"):
        rejects = directory.rejects(
            result,
            reason=words.text("directory.reason", locale),
            describe=lambda said, kind: _said(said, kind, locale),
            under=under,
            at=at,
        )
    return {
        **{status: result.count(status) for status in directory.STATUSES},
        "sheets": list(_sheets(result, locale)),
        "left": list(_left(result)),
        "rejects": base64.b64encode(rejects).decode(),
    }


@router.get(
    "/directory.xlsx", response=ERRORS, operation_id="export_directory", openapi_extra=SHEET
)
def export_directory(request: HttpRequest) -> HttpResponse:
    """What the caller administers, as a workbook that comes in again as it went out."""
    actor, locale = base.officer(request), words.locale(request)
    names = {
        one.name: words.text(f"directory.kind.{one.name}", locale) for one in directory.ordered()
    }
    title = words.text("directory.title", locale)
    content = directory.workbook(actor, names, name=title, at=base.now())
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={"Content-Disposition": 'attachment; filename="bihuan-directory.xlsx"'},
    )


def _told(name: str, one: SheetIn) -> Told:
    known: Mapping[str, Any] = {kind.name: kind.names for kind in directory.ordered()}
    if one.kind not in ("", directory.NONE, *known):
        raise InputError({f"sheets.{name}.kind": ("input.not_a_choice", {})})
    for title, column in one.columns.items():
        if column and column not in known.get(one.kind, ()):
            raise InputError({f"sheets.{name}.columns.{title}": ("input.not_a_choice", {})})
    return Told(one.kind, one.head, one.columns)


def _said(said: Said, kind: str, locale: str) -> str:
    values = dict(said.values)
    if "column" in values:
        values["column"] = words.text(f"directory.field.{kind}.{values['column']}", locale)
    return words.text(f"error.{said.key}", locale, **values)


def _sheets(result: Result, locale: str) -> Iterator[dict[str, Any]]:
    read = {one.reading.sheet: one for one in result.sheets}
    for reading in result.readings:
        table = reading.picked.table
        found = read.get(reading.sheet)
        lines = found.lines if found is not None else ()
        yield {
            "sheet": reading.sheet,
            "kind": reading.kind,
            "lacking": list(reading.lacking),
            "head": table.head,
            "columns": {name: table.header[at] for name, at in table.columns.items()},
            **{s: sum(line.status == s for line in lines) for s in directory.STATUSES},
            "rows": [_row(line, reading.kind, locale) for line in _first(lines)],
        }


def _first(lines: tuple[Line, ...]) -> list[Line]:
    found: list[Line] = []
    for status in ("bad", "moved", "changed", "new"):
        most = LISTED if status in ("bad", "moved") else FIRST
        found += [line for line in lines if line.status == status][:most]
    return found


def _row(line: Line, kind: str, locale: str) -> dict[str, Any]:
    return {
        "row": line.row,
        "name": line.name,
        "status": line.status,
        "problems": [_said(one, kind, locale) for one in line.faults],
        "changes": [vars(one) for one in line.changes],
        "notes": [_said(one, kind, locale) for one in line.notes],
    }


def _left(result: Result) -> Iterator[dict[str, Any]]:
    for kind, rows in result.left.items():
        lines = result.ended.get(kind, ())
        over = sum(line.status == "changed" for line in lines)
        yield {
            "kind": kind,
            "count": len(rows),
            "items": [{"id": r.pk, "name": r.name, "where": r.where} for r in rows[:LISTED]],
            "ended": over,
            "refused": len(lines) - over,
        }

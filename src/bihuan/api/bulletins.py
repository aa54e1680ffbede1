"""Bulletins: read by everybody; drafted, corrected in words and issued by a second person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from ninja import Router, Schema, Status
from pydantic import Field

from bihuan.api import base
from bihuan.api.base import ERRORS, Id, Name, Reason, Size, Strict
from bihuan.foundation.files import api as files
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.outcomes.publicity.bulletins.api import Bulletin, BulletinError
from bihuan.outcomes.publicity.declared.bulletins import BULLETINS
from bihuan.rules import periods

READ, WRITE = "matters:read", "matters:write"
router = Router(tags=["bulletins"])
public = Router(tags=["public"], auth=None)


class BulletinLine(Schema):
    """A bulletin; of a withdrawn one `withdrawn_why` says why. `corrects` is the one it corrects."""

    id: int
    programme: str
    kind: str
    title: str
    number: str
    unit_name: str
    period: str
    state: str
    public: bool
    issued_at: datetime | None
    withdrawn_why: str
    corrects: int | None


class BlockOut(Schema):
    """A heading or a paragraph (`text`), the table (`rows`, the first its head), or the chart."""

    kind: Literal["heading", "paragraph", "table", "chart"]
    text: str
    rows: list[list[str]]


class DefinitionLine(Schema):
    """How one number came about."""

    tag: str
    line: str


class PaperOut(BulletinLine):
    """As it is read; nothing of a withdrawn one is left but why."""

    blocks: list[BlockOut]
    definitions: list[DefinitionLine]


class BulletinOut(PaperOut):
    """As those see it who write it: `text` with its tags, and the version to be confirmed."""

    version: int
    text: str


class BulletinList(Schema):
    items: list[BulletinLine]


class BulletinIn(Strict):
    """Which bulletin, of which organisation, for which period (2026-03, 2026-Q1, …)."""

    programme: Name
    kind: Name
    org: Id
    period: str = Field(min_length=1, max_length=25)


class WordsIn(Strict):
    """New words; `version` is the one that was read. Numbers stand as tags only."""

    title: str = Field(max_length=2000)
    text: str = Field(max_length=60_000)
    version: int = Field(ge=1, le=2**31 - 1)


class IssueIn(Strict):
    """`version` is the one that was read."""

    version: int = Field(ge=1, le=2**31 - 1)


def _line(row: Bulletin) -> dict[str, Any]:
    names = [name for name in BulletinLine.model_fields if name != "id"]
    return {"id": row.pk, **{name: getattr(row, name) for name in names}}


def _text(runs: Sequence[bulletins.Run]) -> str:
    return "".join(run.text for run in runs)


def _paper(row: Bulletin) -> dict[str, Any]:
    if row.state == "withdrawn":
        return {**_line(row), "blocks": [], "definitions": []}
    paper = bulletins.compose(row, bulletins.corrected(row))
    return {
        **_line(row),
        "blocks": [
            {
                "kind": one.kind,
                "text": _text(one.runs),
                "rows": [[cell.text for cell in cells] for cells in one.rows],
            }
            for one in paper.blocks
        ],
        "definitions": [{"tag": one.tag, "line": one.line} for one in paper.definitions],
    }


def _draft(row: Bulletin) -> dict[str, Any]:
    return {**_paper(row), "version": row.version, "text": row.text}


@public.get(
    "/bulletins", response={200: BulletinList, **ERRORS}, operation_id="list_public_bulletins"
)
def list_public_bulletins(request: HttpRequest, limit: Size = 20) -> dict[str, Any]:
    """Issued bulletins, newest first."""
    base.throttled(request, "read")
    return {"items": [_line(row) for row in bulletins.public(limit)]}


@public.get(
    "/bulletins/{pk}", response={200: PaperOut, **ERRORS}, operation_id="get_public_bulletin"
)
def get_public_bulletin(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """One issued bulletin with the definition of every number."""
    base.throttled(request, "read")
    return _paper(bulletins.read_public(pk))


@router.get("/bulletins", response={200: BulletinList, **ERRORS}, operation_id="list_bulletins")
def list_bulletins(request: HttpRequest) -> dict[str, Any]:
    """Those the caller drafts or issues, newest first."""
    actor = base.who(request, READ, WRITE)
    return {"items": [_line(row) for row in bulletins.of_actor(actor)]}


@router.post("/bulletins", response={201: BulletinOut, **ERRORS}, operation_id="draft_bulletin")
def draft_bulletin(request: HttpRequest, given: BulletinIn) -> Status[Any]:
    """A draft from the programme's template with the numbers of now."""
    actor = base.who(request, READ, WRITE)
    org = base.org_at(given.org, "org")
    if given.kind not in BULLETINS.of(bulletins.programme_of(given.programme)):
        raise LookupError(given.kind)
    try:
        period = periods.parse(given.period)
    except periods.PeriodError:
        raise BulletinError("bulletins.bad_period", period=given.period) from None
    row = bulletins.draft(given.programme, given.kind, org, period, actor=actor, at=base.now())
    return Status(201, _draft(row))


@router.get("/bulletins/{pk}", response={200: BulletinOut, **ERRORS}, operation_id="get_bulletin")
def get_bulletin(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """One in any state, for those who draft or issue it."""
    return _draft(bulletins.read(base.who(request, READ, WRITE), pk))


@router.put("/bulletins/{pk}", response={200: BulletinOut, **ERRORS}, operation_id="edit_bulletin")
def edit_bulletin(request: HttpRequest, pk: Id, given: WordsIn) -> dict[str, Any]:
    """Other words; a number is changed by changing its source."""
    actor = base.who(request, READ, WRITE)
    return _draft(bulletins.edit(pk, **given.dict(), actor=actor, at=base.now()))


@router.post(
    "/bulletins/{pk}/refresh",
    response={200: BulletinOut, **ERRORS},
    operation_id="refresh_bulletin",
)
def refresh_bulletin(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """Asks a draft's numbers again."""
    return _draft(bulletins.refresh(pk, actor=base.who(request, READ, WRITE), at=base.now()))


@router.post(
    "/bulletins/{pk}/issue", response={200: BulletinOut, **ERRORS}, operation_id="issue_bulletin"
)
def issue_bulletin(request: HttpRequest, pk: Id, given: IssueIn) -> dict[str, Any]:
    """Numbers and freezes it, as somebody whose hand is not in it."""
    actor = base.who(request, READ, WRITE)
    return _draft(bulletins.issue(pk, version=given.version, actor=actor, at=base.now()))


@router.post(
    "/bulletins/{pk}/withdraw",
    response={200: BulletinOut, **ERRORS},
    operation_id="withdraw_bulletin",
)
def withdraw_bulletin(request: HttpRequest, pk: Id, given: Reason) -> dict[str, Any]:
    """Takes an issued one back, with a reason shown in its place."""
    actor = base.who(request, READ, WRITE)
    return _draft(bulletins.withdraw(pk, given.reason, actor=actor, at=base.now()))


@router.get(
    "/bulletins/{pk}/files/{ending}",
    response={200: bytes, **ERRORS},
    operation_id="get_bulletin_file",
)
def get_bulletin_file(request: HttpRequest, pk: Id, ending: Literal["docx", "pdf"]) -> HttpResponse:
    """The file that was kept when it was issued."""
    kept = files.find(bulletins.read(base.who(request, READ, WRITE), pk).stream, ending)
    answer = HttpResponse(files.path_of(kept.sha256).read_bytes(), content_type=kept.mime)
    answer.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=kept.name
    )
    return answer

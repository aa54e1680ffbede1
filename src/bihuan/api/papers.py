"""Papers of matters: issued, withdrawn, fetched as files; checked by anybody who holds one."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from ninja import Router, Schema, Status

from bihuan.api import base
from bihuan.api.base import ERRORS, Id, Key, Name, Reason, Strict
from bihuan.api.matters import READ, WRITE, RefPath, load
from bihuan.api.public import CodeIn
from bihuan.outcomes.papers import api as papers
from bihuan.outcomes.papers.api import IssuedPaper

router = Router(tags=["papers"])
public = Router(tags=["public"], auth=None)
MIMES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


class IssuedPaperOut(Schema):
    """A paper of a matter: `state` is issued, replaced or withdrawn; of an erased one the words are gone."""

    id: int
    paper: str
    name: dict[str, str]
    number: str
    title: str
    state: str
    issued_at: datetime
    issued_by: str
    ended_at: datetime | None
    withdrawn_why: str
    erased: bool


class IssuedPaperList(Schema):
    items: list[IssuedPaperOut]


class IssuePaperIn(Strict):
    """Which paper of the programme, and in which language it is printed."""

    paper: Name
    locale: Literal["zh-Hans", "en"] = "zh-Hans"


class PaperLineOut(Schema):
    """A heading or a paragraph (`text`), or a table (`rows`, the first its head)."""

    kind: str
    text: str
    rows: list[list[str]]


class GenuinePaperOut(Schema):
    """That a paper of this number was issued here, and whether it holds: `state` is issued, replaced or
    withdrawn. What it says stands in `title`, `lines` and `date` while it holds and its words are there."""

    number: str
    organisation: str
    issued_at: datetime
    state: str
    ended_at: datetime | None
    erased: bool
    title: str
    date: str
    lines: list[PaperLineOut]


def _out(row: IssuedPaper, actor: Any) -> dict[str, Any]:
    _, found = papers.paper(row.pk, actor=actor)
    return papers.told(row, found, actor)


@router.get(
    "/matters/{ref}/papers", response={200: IssuedPaperList, **ERRORS}, operation_id="list_papers"
)
def list_papers(request: HttpRequest, ref: RefPath) -> dict[str, Any]:
    """The papers of a matter that the caller may read, newest first."""
    actor = base.who(request, READ)
    found = load(actor, ref)
    return {"items": [papers.told(row, found, actor) for row in papers.papers_of(found, actor)]}


@router.post(
    "/matters/{ref}/papers", response={201: IssuedPaperOut, **ERRORS}, operation_id="issue_paper"
)
def issue_paper(
    request: HttpRequest, ref: RefPath, given: IssuePaperIn, idempotency_key: Key = None
) -> Status[Any]:
    """Issues a paper of a matter; one that stands is replaced, where it is not issued once."""
    actor = base.who(request, READ, WRITE)
    pk, key = load(actor, ref).pk, idempotency_key
    row = papers.issue(pk, given.paper, actor=actor, at=base.now(), key=key, locale=given.locale)
    return Status(201, _out(row, actor))


@router.post(
    "/papers/{pk}/withdraw", response={200: IssuedPaperOut, **ERRORS}, operation_id="withdraw_paper"
)
def withdraw_paper(request: HttpRequest, pk: Id, given: Reason) -> dict[str, Any]:
    """Takes a paper back; whoever checks it is told that it no longer holds."""
    actor = base.who(request, READ, WRITE)
    return _out(papers.withdraw(pk, given.reason, actor=actor, at=base.now()), actor)


@router.get(
    "/papers/{pk}/files/{ending}", response={200: bytes, **ERRORS}, operation_id="get_paper_file"
)
def get_paper_file(request: HttpRequest, pk: Id, ending: Literal["docx", "pdf"]) -> HttpResponse:
    """A paper as it was issued."""
    row, _ = papers.paper(pk, actor=base.who(request, READ))
    content = papers.press.printed([papers.sheet_of(row)], ending)
    answer = HttpResponse(content, content_type=MIMES[ending])
    answer.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{row.number}.{ending}"
    )
    return answer


@public.post("/paper", response={200: GenuinePaperOut, **ERRORS}, operation_id="check_paper")
def check_paper(request: HttpRequest, given: CodeIn) -> dict[str, Any]:
    """What was issued under the code of a paper, and no more than the paper says itself."""
    base.check_tries(request, "paper")
    try:
        found = papers.genuine(given.code)
    except LookupError:
        base.count_try(request, "paper")
        raise
    sheet = found.sheet
    return {
        "number": found.number,
        "organisation": found.organisation,
        "issued_at": found.issued_at,
        "state": found.state,
        "ended_at": found.ended_at,
        "erased": found.erased,
        "title": sheet.title if sheet else "",
        "date": sheet.date if sheet else "",
        "lines": [
            {
                "kind": one.kind,
                "text": one.text,
                "rows": [[cell.text for cell in row] for row in one.rows],
            }
            for one in (sheet.blocks if sheet else ())
        ],
    }

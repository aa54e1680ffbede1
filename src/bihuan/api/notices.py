"""Public notices for everybody: read them, object to one. What staff do goes by matters."""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from bihuan.api import base, shapes, words
from bihuan.api.base import ERRORS, Id, Key, Strict
from bihuan.api.matter_shapes import ContactIn
from bihuan.api.matters import opened_out
from bihuan.api.public import bound_key
from bihuan.kernel.matters import api as matters
from bihuan.outcomes.publicity import api as publicity
from bihuan.spec import answering, grounds

router = Router(tags=["public"], auth=None)


class NoticeLine(Schema):
    """A notice; `runs` tells whether one may object now, until the end of `last`."""

    id: int
    number: str
    title: str
    category: str
    unit: shapes.Ref
    state: str
    first: date | None
    last: date | None
    runs: bool
    objections: int


class NoticeStep(Schema):
    """What happened, with what was said to everybody."""

    at: datetime
    action: str
    said: str


class NoticeOut(NoticeLine):
    text: str
    named: bool
    clause: str
    steps: list[NoticeStep]


class NoticeList(Schema):
    items: list[NoticeLine]


class ObjectionIn(Strict):
    """An objection; where the notice is `named`, the contact holds a name."""

    body: str = Field(max_length=90_000)
    contact: ContactIn = ContactIn()


def _line(one: publicity.Line, locale: str) -> dict[str, Any]:
    row = one.matter
    return {
        "id": row.pk,
        "number": row.number,
        "title": one.title,
        "category": words.of(one.programme, f"choices.category.{row.category}", locale),
        "unit": shapes.ref(row.home),
        "state": row.state,
        "first": one.first_day,
        "last": one.last_day,
        "runs": one.runs,
        "objections": one.objections,
    }


@router.get("/notices", response={200: NoticeList, **ERRORS}, operation_id="list_notices")
def list_notices(request: HttpRequest) -> dict[str, Any]:
    """What is or was on notice, newest first."""
    base.throttled(request, "read")
    locale = words.locale(request)
    return {"items": [_line(one, locale) for one in publicity.notices(at=base.now())]}


def _said(one: publicity.Line, entry: matters.Entry) -> str:
    """What a step tells everybody, or why it was taken."""
    kind = one.programme.kinds[one.matter.kind]
    told = answering.inputs_as(one.programme, kind.actions.get(entry.action), "told")
    return next((entry.inputs[name] for name in (*told, "reason") if entry.inputs.get(name)), "")


def _ground(one: publicity.Line) -> str:
    """What its period rests on; '' where that is the organisation's own choice."""
    source = one.clock.source if one.clock else {}
    named = (str(source.get(name, "")) for name in ("setting", "clause", "grade"))
    return grounds.ground(one.programme, *named)


@router.get("/notices/{pk}", response={200: NoticeOut, **ERRORS}, operation_id="get_notice")
def get_notice(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """One notice with its text and what happened to it."""
    base.throttled(request, "read")
    one = publicity.read_notice(pk, at=base.now())
    said = [(entry, _said(one, entry)) for entry in one.entries]
    return _line(one, words.locale(request)) | {
        "text": one.text,
        "named": one.named,
        "clause": _ground(one),
        "steps": [{"at": e.at, "action": e.action, "said": text} for e, text in said],
    }


@router.post(
    "/notices/{pk}/objections",
    response={201: shapes.OpenedOut, **ERRORS},
    operation_id="object_to_notice",
)
def object_to_notice(
    request: HttpRequest,
    response: HttpResponse,
    pk: Id,
    given: ObjectionIn,
    idempotency_key: Key = None,
) -> Status[Any]:
    """Objects to a notice while it runs. Keep the code: it is the only way back."""
    base.throttled(request, "open")
    key = bound_key(idempotency_key, str(pk), given.model_dump_json())
    opened = publicity.object_to(pk, given.body, given.contact.person(), at=base.now(), key=key)
    return Status(201, opened_out(opened, response))

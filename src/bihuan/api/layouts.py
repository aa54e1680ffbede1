"""An office's own Word layouts for its bulletins: uploaded, put in use from a day, ended."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from bihuan.api import base
from bihuan.api.base import ERRORS, Day, Id, Name, Strict
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.outcomes.publicity.bulletins.api import Layout
from bihuan.outcomes.publicity.declared.bulletins import BULLETINS

READ, WRITE = "matters:read", "matters:write"
router = Router(tags=["bulletins"])


class LayoutOut(Schema):
    """A layout; `state` is new, planned, used or ended; `figures` are tags it prints itself."""

    id: int
    programme: str
    kind: str
    org: int
    edition: int
    name: str
    figures: list[str]
    state: str
    start: date | None
    end: date | None
    version: int


class LayoutList(Schema):
    items: list[LayoutOut]


class LayoutIn(Strict):
    """A Word file for one kind of bulletin, for an organisation and all under it."""

    programme: Name
    kind: Name
    org: Id
    name: str = Field(max_length=80)
    content: str = Field(min_length=1, description="Base64")


class FromDayIn(Strict):
    """`version` is the one that was read."""

    day: Day
    version: int = Field(ge=1, le=2**31 - 1)


def _out(row: Layout) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in LayoutOut.model_fields if hasattr(row, name)}
    return {**found, "id": row.pk, "org": row.org_id, "state": row.state(base.today())}


@router.get("/layouts", response={200: LayoutList, **ERRORS}, operation_id="list_layouts")
def list_layouts(request: HttpRequest) -> dict[str, Any]:
    """Those the caller keeps."""
    return {"items": [_out(row) for row in bulletins.layouts(base.who(request, READ))]}


@router.post("/layouts", response={201: LayoutOut, **ERRORS}, operation_id="upload_layout")
def upload_layout(request: HttpRequest, given: LayoutIn) -> Status[Any]:
    """Examined line by line; the same file again is the same layout."""
    actor = base.who(request, READ, WRITE)
    if given.kind not in BULLETINS.of(bulletins.programme_of(given.programme)):
        raise LookupError(given.kind)
    org = base.org_at(given.org, "org")
    content = base.unpacked(given.content, "content")
    row = bulletins.upload_layout(
        given.programme, given.kind, org, given.name, content, actor=actor, at=base.now()
    )
    return Status(201, _out(row))


@router.post(
    "/layouts/{pk}/start", response={200: LayoutOut, **ERRORS}, operation_id="start_layout"
)
def start_layout(request: HttpRequest, pk: Id, given: FromDayIn) -> dict[str, Any]:
    """Puts it in use from a day on; the one before ends there."""
    actor = base.who(request, READ, WRITE)
    return _out(
        bulletins.start_layout(pk, given.day, version=given.version, actor=actor, at=base.now())
    )


@router.post("/layouts/{pk}/end", response={200: LayoutOut, **ERRORS}, operation_id="end_layout")
def end_layout(request: HttpRequest, pk: Id, given: FromDayIn) -> dict[str, Any]:
    """Ends its use on a day; papers that were issued in it keep it."""
    actor = base.who(request, READ, WRITE)
    return _out(
        bulletins.end_layout(pk, given.day, version=given.version, actor=actor, at=base.now())
    )

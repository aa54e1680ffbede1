"""Common problems 共性问题: what is proposed, and a group made one matter."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from bihuan.api import base, shapes
from bihuan.api.base import ERRORS, Id, Strict
from bihuan.kernel.merging import api as merging

READ, WRITE = "matters:read", "matters:write"
router = Router(tags=["matters"])


class CommonOut(Schema):
    """Open matters that say much the same, oldest first, and the words they share."""

    matters: list[shapes.MatterRow]
    shared: list[str]


class CommonList(Schema):
    items: list[CommonOut]


class GroupIn(Strict):
    """`others` become part of `lead`, which takes the subject they have in common."""

    lead: Id
    others: list[Id] = Field(min_length=1, max_length=50)
    subject: str = Field("", max_length=1000)


@router.get("/common-problems", response={200: CommonList, **ERRORS}, operation_id="list_common")
def list_common(request: HttpRequest) -> dict[str, Any]:
    """Groups among the newest open matters that the caller may merge, the largest first."""
    base.who(request, READ)
    groups = merging.common_problems(base.who(request, WRITE))
    return {
        "items": [
            {"matters": [shapes.row(m) for m in one.matters], "shared": list(one.shared)}
            for one in groups
        ]
    }


@router.post(
    "/common-problems", response={200: shapes.MatterRow, **ERRORS}, operation_id="merge_common"
)
def merge_common(request: HttpRequest, given: GroupIn) -> dict[str, Any]:
    """One matter of many, or nothing; its answer reaches every sender."""
    base.who(request, READ)
    actor = base.who(request, WRITE)
    merged = merging.merge_all(given.lead, given.others, given.subject, actor=actor, at=base.now())
    return shapes.row(merged)

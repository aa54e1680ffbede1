"""Publications for those who read drafts and publish."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from bihuan.api import base, publication_shapes
from bihuan.api.base import ERRORS, Id, Reason, Strict
from bihuan.outcomes.publicity import api as publicity

READ, WRITE = "matters:read", "matters:write"
router = Router(tags=["publications"])


class DraftList(Schema):
    items: list[publication_shapes.DraftOut]


class InsideList(Schema):
    items: list[publication_shapes.PublicationOut]


class EditIn(Strict):
    """The title and every part that the draft has; one that its board does not show is left out."""

    title: str = Field(max_length=2000)
    question: str = Field(default="", max_length=60_000)
    answer: str = Field(default="", max_length=60_000)


class PublishIn(Strict):
    """`version` is the one that was read."""

    version: int = Field(ge=1, le=2**31 - 1)


@router.get("/publications/drafts", response={200: DraftList, **ERRORS}, operation_id="list_drafts")
def list_drafts(request: HttpRequest) -> dict[str, Any]:
    """Drafts waiting to be read by the caller, oldest first."""
    actor = base.who(request, READ, WRITE)
    return {"items": [publication_shapes.draft(p) for p in publicity.drafts(actor)]}


@router.get(
    "/publications/inside",
    response={200: InsideList, **ERRORS},
    operation_id="list_inside",
)
def list_inside(request: HttpRequest) -> dict[str, Any]:
    """What stands on boards for staff of the caller's programmes, the last published first."""
    actor = base.who(request, READ)
    rows = publicity.inside.published(actor)
    return {"items": [publication_shapes.publication(p) for p in rows]}


@router.get(
    "/publications/{pk}",
    response={200: publication_shapes.DraftOut, **ERRORS},
    operation_id="get_draft",
)
def get_draft(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """A publication in any state."""
    return publication_shapes.draft(publicity.draft_of(base.who(request, READ, WRITE), pk))


@router.put(
    "/publications/{pk}",
    response={200: publication_shapes.DraftOut, **ERRORS},
    operation_id="edit_draft",
)
def edit_draft(request: HttpRequest, pk: Id, given: EditIn) -> dict[str, Any]:
    """Corrects a draft."""
    actor = base.who(request, READ, WRITE)
    return publication_shapes.draft(
        publicity.edit(
            pk,
            title=given.title,
            question=given.question,
            answer=given.answer,
            actor=actor,
            at=base.now(),
        )
    )


@router.post(
    "/publications/{pk}/publish",
    response={200: publication_shapes.DraftOut, **ERRORS},
    operation_id="publish",
)
def publish(request: HttpRequest, pk: Id, given: PublishIn) -> dict[str, Any]:
    """Shows a draft to everybody; from then on only withdrawal is possible."""
    actor = base.who(request, READ, WRITE)
    return publication_shapes.draft(
        publicity.publish(pk, version=given.version, actor=actor, at=base.now())
    )


@router.post(
    "/publications/{pk}/withdraw",
    response={200: publication_shapes.DraftOut, **ERRORS},
    operation_id="withdraw_publication",
)
def withdraw(request: HttpRequest, pk: Id, given: Reason) -> dict[str, Any]:
    """Takes a publication off its board, with a reason shown in its place."""
    actor = base.who(request, READ, WRITE)
    return publication_shapes.draft(
        publicity.withdraw(pk, given.reason, actor=actor, at=base.now())
    )

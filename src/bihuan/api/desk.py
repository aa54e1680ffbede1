"""What people keep for their own work: saved filters, drafts, their office's text modules."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from bihuan.api import base, shapes
from bihuan.api.base import ERRORS, Id, Strict
from bihuan.api.errors import ApiError
from bihuan.api.matters import READ, WRITE, RefPath, load
from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.workbench import api as workbench

router = Router(tags=["desk"])
admin = Router(tags=["admin"])


class FilterIn(Strict):
    """A list one wants again; the same name again replaces it."""

    name: str = Field(max_length=200)
    query: str = Field(max_length=500, examples=["phase=active&level=late&order=due"])


class FilterOut(Schema):
    """`query` is the query string of the desk's list. `list_matters` takes its names but `tab`, and
    instants where the desk has days."""

    id: int
    name: str
    query: str


class FilterList(Schema):
    items: list[FilterOut]


class DraftIn(Strict):
    """What was typed into the form of an action so far, by input."""

    inputs: dict[str, str] = Field(max_length=100)


class DraftKept(Schema):
    action: str
    inputs: dict[str, str]


class DraftsKept(Schema):
    items: list[DraftKept]


class PhraseIn(Strict):
    """A text module; {number}, {subject} and the like are filled in by whoever uses it."""

    shortcut: str = Field(max_length=200)
    body: str = Field(max_length=20_000)


class PhraseOut(Schema):
    """`org` is the organisation that keeps it."""

    id: int
    org: shapes.Ref
    shortcut: str
    body: str


class PhraseList(Schema):
    items: list[PhraseOut]


def _mine(request: HttpRequest, scope: str) -> tuple[Actor, int]:
    actor = base.who(request, scope)
    if actor.person_id is None:
        raise ApiError(401, "api.unauthorized")
    return actor, actor.person_id


@router.get("/filters", response={200: FilterList, **ERRORS}, operation_id="list_filters")
def list_filters(request: HttpRequest) -> dict[str, Any]:
    """The caller's own lists, by name."""
    _, mine = _mine(request, READ)
    return {"items": workbench.filters_of(mine)}


@router.post("/filters", response={201: FilterOut, **ERRORS}, operation_id="save_filter")
def save_filter(request: HttpRequest, given: FilterIn) -> Status[Any]:
    """Keeps a list under a name."""
    _, mine = _mine(request, WRITE)
    return Status(201, workbench.save_filter(mine, given.name, given.query))


@router.delete("/filters/{pk}", response={204: None, **ERRORS}, operation_id="delete_filter")
def delete_filter(request: HttpRequest, pk: Id) -> Status[Any]:
    """Forgets one of the caller's lists; of others nothing is said and nothing changes."""
    _, mine = _mine(request, WRITE)
    workbench.delete_filter(mine, pk)
    return Status(204, None)


@router.get(
    "/matters/{ref}/drafts", response={200: DraftsKept, **ERRORS}, operation_id="list_form_drafts"
)
def list_form_drafts(request: HttpRequest, ref: RefPath) -> dict[str, Any]:
    """What the caller has typed for a matter and not sent."""
    actor, mine = _mine(request, READ)
    kept = workbench.drafts_of(load(actor, ref).pk, mine)
    return {"items": [{"action": action, "inputs": data} for action, data in kept.items()]}


@router.put(
    "/matters/{ref}/drafts/{action}",
    response={200: DraftKept, **ERRORS},
    operation_id="keep_form_draft",
)
def keep_form_draft(
    request: HttpRequest, ref: RefPath, action: str, given: DraftIn
) -> dict[str, Any]:
    """Keeps it, theirs alone, until it is dropped, sent from the page that shows it, or the matter
    is closed; what the action does not ask for is left out, and an empty form keeps nothing."""
    actor, mine = _mine(request, WRITE)
    base.who(request, READ)
    pk = load(actor, ref).pk
    workbench.save_draft(pk, action, given.inputs, actor=actor, at=base.now())
    return {"action": action, "inputs": workbench.drafts_of(pk, mine).get(action, {})}


@router.delete(
    "/matters/{ref}/drafts/{action}",
    response={204: None, **ERRORS},
    operation_id="drop_form_draft",
)
def drop_form_draft(request: HttpRequest, ref: RefPath, action: str) -> Status[Any]:
    """Forgets a draft of the caller's."""
    actor, mine = _mine(request, WRITE)
    base.who(request, READ)
    workbench.drop_draft(load(actor, ref).pk, action, mine)
    return Status(204, None)


def _phrase(row: workbench.Phrase) -> dict[str, Any]:
    return {
        "id": row.pk,
        "org": {"id": row.org_id, "name": row.org.name},
        "shortcut": row.shortcut,
        "body": row.body,
    }


@router.get("/orgs/{pk}/phrases", response={200: PhraseList, **ERRORS}, operation_id="list_phrases")
def list_phrases(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """Text modules for whoever works there: the organisation's and those of the ones above it."""
    actor = base.who(request, READ)
    org = orgs.standing_org(pk)
    if not any(actor.has(role, org.path, programme) for role, _, programme in actor.held):
        raise DeniedError("receive")
    return {"items": [_phrase(row) for row in workbench.phrases_for(org.path)]}


@admin.post("/orgs/{pk}/phrases", response={201: PhraseOut, **ERRORS}, operation_id="add_phrase")
def add_phrase(request: HttpRequest, pk: Id, given: PhraseIn) -> Status[Any]:
    """A new text module of an organisation."""
    org = orgs.standing_org(pk)
    actor = base.officer(request)
    row = workbench.add_phrase(org, given.shortcut, given.body, at=base.now(), actor=actor)
    return Status(201, _phrase(row))


@admin.post(
    "/orgs/{pk}/phrases/{phrase}/end",
    response={204: None, **ERRORS},
    operation_id="drop_phrase",
)
def drop_phrase(request: HttpRequest, pk: Id, phrase: Id) -> Status[Any]:
    """Takes a text module out of use; said again nothing changes."""
    org = orgs.standing_org(pk)
    actor = base.officer(request)
    workbench.drop_phrase(org, phrase, at=base.now(), actor=actor)
    return Status(204, None)

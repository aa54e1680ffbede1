"""For administrators: organisations, people, grants, calendars, settings, webhooks, tokens."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from bihuan.api import base, shapes
from bihuan.api.base import ERRORS, Day, Flag, Id, Name, Strict
from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Person
from bihuan.kernel.matters import api as matters

router = Router(tags=["admin"])
Short = Annotated[str, Field(max_length=40)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class OrgIn(Strict):
    """A new organisation; without `parent`, a new root."""

    name: Name
    parent: Id | None = None
    short: Short = ""
    code: Short = ""
    level: str = Field("", max_length=20)
    duties: str = Field("", max_length=10_000)


class OrgChange(Strict):
    """Only what is given changes."""

    name: Name | None = None
    short: Short | None = None
    code: Short | None = None
    level: str | None = Field(None, max_length=20)
    duties: str | None = Field(None, max_length=10_000)
    active: Flag | None = None


class MoveIn(Strict):
    under: Id


class MovedOut(Schema):
    """How many organisations moved and how many matters followed."""

    orgs: int
    matters: int


class MergeIn(Strict):
    into: Id
    preview: Flag = False


class MergedOut(Schema):
    """How many of each go along; closed matters stay."""

    below: int
    posts: int
    grants: int
    services: int
    matters: int


class PersonIn(Strict):
    """A new account; without a password nobody can log in to it yet."""

    username: str = Field(min_length=1, max_length=60)
    name: str = Field(min_length=1, max_length=60)
    email: str = Field("", max_length=254)
    password: str | None = Field(None, max_length=200)


class PersonChange(Strict):
    name: str | None = Field(None, min_length=1, max_length=60)
    email: str | None = Field(None, max_length=254)
    locale: Literal["zh-hans", "zh-hant", "en"] | None = None
    digest: Flag | None = None
    is_active: Flag | None = None


class PostIn(Strict):
    person: Id
    org: Id
    start: Day
    title: str = Field("", max_length=60)


class EndIn(Strict):
    on: Day


class Made(Schema):
    """The id of what was made."""

    id: int


class GrantIn(Strict):
    """`programme` narrows the grant to one programme."""

    person: Id
    role: Slug
    org: Id
    start: Day
    end: Day | None = None
    programme: Slug | Literal[""] = ""


class GrantOut(Schema):
    id: int
    person: shapes.Ref
    role: str
    org: shapes.Ref
    programme: str
    start: date
    end: date | None


class GrantList(Schema):
    items: list[GrantOut]


class OrgOnly(Schema):
    org: Id


def _some(given: Strict) -> dict[str, Any]:
    return {k: v for k, v in given.model_dump(exclude_unset=True).items() if v is not None}


def any_admin(request: HttpRequest) -> Actor:
    """An administrator of whatever organisation. Raises ApiError, DeniedError."""
    actor = base.who(request, "admin")
    access.require_admin(actor)
    return actor


def _over(actor: Actor, person: Person) -> None:
    """Raises DeniedError unless the person works where the actor administers."""
    paths = actor.paths(access.ADMIN)
    if any(len(path) == orgs.tree.STEP for path in paths):
        return
    today = base.today()
    if not any(orgs.people_of(path, today).filter(pk=person.pk).exists() for path in paths):
        raise DeniedError(access.ADMIN)


@router.post("/orgs", response={201: shapes.OrgOut, **ERRORS}, operation_id="create_org")
def create_org(request: HttpRequest, given: OrgIn) -> Status[Any]:
    """A new organisation."""
    base.who(request, "admin")
    parent = base.org_at(given.parent, "parent") if given.parent else None
    actor = base.admin(request, parent)
    made = orgs.create_org(
        given.name,
        parent=parent,
        at=base.now(),
        actor=actor.ref,
        **given.model_dump(exclude={"name", "parent"}),
    )
    return Status(201, shapes.org(made))


@router.patch("/orgs/{pk}", response={200: shapes.OrgOut, **ERRORS}, operation_id="change_org")
def change_org(request: HttpRequest, pk: Id, given: OrgChange) -> dict[str, Any]:
    """Renames or otherwise changes an organisation."""
    base.who(request, "admin")
    actor = base.admin(request, orgs.org(pk))
    return shapes.org(orgs.change_org(pk, at=base.now(), actor=actor.ref, **_some(given)))


@router.post("/orgs/{pk}/move", response={200: MovedOut, **ERRORS}, operation_id="move_org")
@transaction.atomic
def move_org(request: HttpRequest, pk: Id, given: MoveIn) -> dict[str, Any]:
    """Moves an organisation with all below it; its matters follow in the same transaction."""
    base.who(request, "admin")
    actor = base.admin(request, orgs.org(pk))
    base.admin(request, base.org_at(given.under, "under"))
    at = base.now()
    moved = orgs.move_org(pk, under=given.under, at=at, actor=actor.ref)
    followed = matters.follow_moves(moved, at=at, actor=actor.ref)
    return {"orgs": len(moved), "matters": followed}


@router.post("/orgs/{pk}/merge", response={200: MergedOut, **ERRORS}, operation_id="merge_org")
def merge_org(request: HttpRequest, pk: Id, given: MergeIn) -> dict[str, Any]:
    """Puts an organisation into another from today on, or with `preview` tells what would move."""
    base.who(request, "admin")
    actor = base.admin(request, orgs.org(pk))
    base.admin(request, base.org_at(given.into, "into"))
    if given.preview:
        return asdict(matters.would_merge(pk, given.into, at=base.now()))
    return asdict(matters.merge_orgs(pk, given.into, at=base.now(), actor=actor.ref))


@router.post("/people", response={201: shapes.PersonOut, **ERRORS}, operation_id="create_person")
def create_person(request: HttpRequest, given: PersonIn) -> Status[Any]:
    """A new account."""
    actor = any_admin(request)
    made = orgs.create_person(
        given.username,
        given.name,
        at=base.now(),
        actor=actor.ref,
        password=given.password,
        email=given.email,
        must_change=True,
    )
    return Status(201, shapes.person(made))


@router.patch(
    "/people/{pk}", response={200: shapes.PersonOut, **ERRORS}, operation_id="change_person"
)
def change_person(request: HttpRequest, pk: Id, given: PersonChange) -> dict[str, Any]:
    """Changes name, e-mail, language, digest or whether the account is active."""
    actor = any_admin(request)
    _over(actor, orgs.person(pk))
    return shapes.person(orgs.change_person(pk, at=base.now(), actor=actor.ref, **_some(given)))


@router.post("/posts", response={201: Made, **ERRORS}, operation_id="give_post")
def give_post(request: HttpRequest, given: PostIn) -> Status[Any]:
    """Places a person in an organisation from a day on."""
    base.who(request, "admin")
    actor = base.admin(request, base.org_at(given.org, "org"))
    person = base.person_at(given.person, "person")
    made = orgs.give_post(
        person.pk,
        given.org,
        start=given.start,
        at=base.now(),
        actor=actor.ref,
        title=given.title,
    )
    return Status(201, {"id": made.pk})


@router.post("/posts/{pk}/end", response={204: None, **ERRORS}, operation_id="end_post")
def end_post(request: HttpRequest, pk: Id, given: EndIn) -> Status[Any]:
    """Ends a post; `on` is its last day."""
    base.who(request, "admin")
    actor = base.admin(request, orgs.org_of_post(pk))
    orgs.end_post(pk, end=given.on, at=base.now(), actor=actor.ref)
    return Status(204, None)


def _grant(one: Any) -> dict[str, Any]:
    return {
        "id": one.pk,
        "person": shapes.ref(one.person),
        "role": one.role,
        "org": shapes.ref(one.org),
        "programme": one.programme,
        "start": one.start,
        "end": one.end,
    }


@router.get("/grants", response={200: GrantList, **ERRORS}, operation_id="list_grants")
def list_grants(request: HttpRequest, wanted: Query[OrgOnly]) -> dict[str, Any]:
    """Grants in force in a subtree."""
    base.who(request, "admin")
    org = base.org_at(wanted.org, "org")
    base.admin(request, org)
    return {"items": [_grant(g) for g in access.grants_within(org.path, base.today())]}


@router.post("/grants", response={201: Made, **ERRORS}, operation_id="give_grant")
def give_grant(request: HttpRequest, given: GrantIn) -> Status[Any]:
    """Grants a role on an organisation and all below it."""
    base.who(request, "admin")
    actor = base.admin(request, base.org_at(given.org, "org"))
    person = base.person_at(given.person, "person")
    made = access.give(
        person.pk,
        given.role,
        given.org,
        start=given.start,
        at=base.now(),
        actor=actor.ref,
        end=given.end,
        programme=given.programme,
    )
    return Status(201, {"id": made.pk})


@router.post("/grants/{pk}/end", response={204: None, **ERRORS}, operation_id="end_grant")
def end_grant(request: HttpRequest, pk: Id, given: EndIn) -> Status[Any]:
    """Ends a grant with the day before `on`."""
    actor = any_admin(request)
    within = (
        g for path in actor.paths(access.ADMIN) for g in access.grants_within(path, base.today())
    )
    if not any(g.pk == pk for g in within):
        raise LookupError(pk)
    access.end(pk, on=given.on, at=base.now(), actor=actor.ref)
    return Status(204, None)

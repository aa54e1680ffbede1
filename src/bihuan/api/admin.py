"""For administrators: organisations, people, grants, calendars, settings, webhooks, tokens."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from bihuan.api import base, shapes, words
from bihuan.api.base import ERRORS, Day, Flag, Id, Name, Strict
from bihuan.foundation.access import api as access
from bihuan.foundation.access import governing, officers
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import OrgError
from bihuan.kernel.upkeep import api as upkeep

router = Router(tags=["admin"])
Short = Annotated[str, Field(max_length=40)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class OrgIn(Strict):
    """A new organisation; without `parent`, a new root. `level` is the code of a type (`list_org_types`)."""

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
    """Somebody new and where they work from today on: without `org` where the caller administers.
    Without `username` they have no account; without a password nobody can log in to it yet. `code` is
    the number by which their office knows them."""

    org: Id | None = None
    username: str | None = Field(None, min_length=1, max_length=60)
    name: str = Field(min_length=1, max_length=60)
    code: Short = ""
    email: str = Field("", max_length=254)
    password: str | None = Field(None, max_length=200)


class PersonChange(Strict):
    name: str | None = Field(None, min_length=1, max_length=60)
    code: Short | None = None
    email: str | None = Field(None, max_length=254)
    locale: Literal["zh-hans", "zh-hant", "en"] | None = None
    digest: Flag | None = None
    is_active: Flag | None = None


class PersonKept(shapes.PersonOut):
    """With the number by which their office knows them, or ''."""

    code: str


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


@router.post("/orgs", response={201: shapes.OrgOut, **ERRORS}, operation_id="create_org")
def create_org(request: HttpRequest, given: OrgIn) -> Status[Any]:
    """A new organisation."""
    actor = base.officer(request)
    parent = base.org_at(given.parent, "parent") if given.parent else None
    made = governing.create_org(
        given.name,
        parent=parent,
        at=base.now(),
        actor=actor,
        **given.model_dump(exclude={"name", "parent"}),
    )
    return Status(201, shapes.org(made, words.locale(request)))


@router.patch("/orgs/{pk}", response={200: shapes.OrgOut, **ERRORS}, operation_id="change_org")
def change_org(request: HttpRequest, pk: Id, given: OrgChange) -> dict[str, Any]:
    """Renames or otherwise changes an organisation."""
    actor = base.officer(request)
    changed = governing.change_org(pk, at=base.now(), actor=actor, **_some(given))
    return shapes.org(changed, words.locale(request))


@router.post("/orgs/{pk}/move", response={200: MovedOut, **ERRORS}, operation_id="move_org")
def move_org(request: HttpRequest, pk: Id, given: MoveIn) -> dict[str, Any]:
    """Moves an organisation with all below it; its matters follow in the same transaction."""
    actor = base.officer(request)
    under = base.org_at(given.under, "under")
    moved, followed = upkeep.move_org(pk, under=under.pk, at=base.now(), actor=actor)
    return {"orgs": moved, "matters": followed}


@router.post("/orgs/{pk}/merge", response={200: MergedOut, **ERRORS}, operation_id="merge_org")
def merge_org(request: HttpRequest, pk: Id, given: MergeIn) -> dict[str, Any]:
    """Puts an organisation into another from today on, or with `preview` tells what would move."""
    actor = base.officer(request)
    base.org_at(given.into, "into")
    if given.preview:
        return asdict(upkeep.would_merge(pk, given.into, at=base.now(), actor=actor))
    return asdict(upkeep.merge_orgs(pk, given.into, at=base.now(), actor=actor))


def _kept(found: orgs.Person) -> dict[str, Any]:
    return {**shapes.person(found), "code": found.code}


@router.post("/people", response={201: PersonKept, **ERRORS}, operation_id="create_person")
def create_person(request: HttpRequest, given: PersonIn) -> Status[Any]:
    """Somebody new, with an account or without one."""
    actor = base.officer(request)
    place = base.org_at(given.org, "org") if given.org else None
    said: dict[str, Any] = {"place": place, "code": given.code, "email": given.email}
    if given.username is None:
        if given.password is not None:
            raise OrgError("orgs.account_or_not")
        return Status(
            201, _kept(governing.add_person(given.name, at=base.now(), actor=actor, **said))
        )
    made = governing.create_person(
        given.username, given.name, password=given.password, at=base.now(), actor=actor, **said
    )
    return Status(201, _kept(made))


@router.patch("/people/{pk}", response={200: PersonKept, **ERRORS}, operation_id="change_person")
def change_person(request: HttpRequest, pk: Id, given: PersonChange) -> dict[str, Any]:
    """Changes name, code, e-mail, language, digest or whether somebody is active."""
    actor = base.officer(request)
    return _kept(governing.change_person(pk, at=base.now(), actor=actor, **_some(given)))


@router.post("/posts", response={201: Made, **ERRORS}, operation_id="give_post")
def give_post(request: HttpRequest, given: PostIn) -> Status[Any]:
    """Places a person in an organisation from a day on."""
    actor = base.officer(request)
    base.org_at(given.org, "org")
    person = base.person_at(given.person, "person")
    made = governing.give_post(
        person.pk,
        given.org,
        start=given.start,
        at=base.now(),
        actor=actor,
        title=given.title,
    )
    return Status(201, {"id": made.pk})


@router.post("/posts/{pk}/end", response={204: None, **ERRORS}, operation_id="end_post")
def end_post(request: HttpRequest, pk: Id, given: EndIn) -> Status[Any]:
    """Ends a post; `on` is its last day."""
    actor = base.officer(request)
    governing.end_post(pk, end=given.on, at=base.now(), actor=actor)
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
    actor = base.officer(request)
    org = base.org_at(wanted.org, "org")
    officers.require_any(actor, org)
    return {"items": [_grant(g) for g in access.grants_within(org.path, base.today())]}


@router.post("/grants", response={201: Made, **ERRORS}, operation_id="give_grant")
def give_grant(request: HttpRequest, given: GrantIn) -> Status[Any]:
    """Grants a role on an organisation and all below it."""
    actor = base.officer(request)
    base.org_at(given.org, "org")
    person = base.person_at(given.person, "person")
    made = governing.give(
        person.pk,
        given.role,
        given.org,
        start=given.start,
        at=base.now(),
        actor=actor,
        end=given.end,
        programme=given.programme,
    )
    return Status(201, {"id": made.pk})


@router.post("/grants/{pk}/end", response={204: None, **ERRORS}, operation_id="end_grant")
def end_grant(request: HttpRequest, pk: Id, given: EndIn) -> Status[Any]:
    """Ends a grant with the day before `on`."""
    actor = base.officer(request)
    governing.end(pk, on=given.on, at=base.now(), actor=actor)
    return Status(204, None)

"""For administrators: organisations, people, grants, calendars, settings, webhooks, tokens."""

from datetime import date
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field, StrictBool, StrictInt, StringConstraints

from bihuan.api import base, shapes, words
from bihuan.api.base import ERRORS, Day, Id, Name, Strict
from bihuan.api.programmes import InForceOut, in_force
from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org, Person
from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes

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
    active: bool | None = None


class MoveIn(Strict):
    under: Id


class MovedOut(Schema):
    """How many organisations moved and how many matters followed."""

    orgs: int
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
    digest: bool | None = None
    is_active: bool | None = None


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


class YearIn(Strict):
    """A year's special days, each a date and its name: days off and days worked instead."""

    status: Literal["announced", "provisional"]
    source: str = Field("", max_length=200)
    off: list[tuple[Day, Annotated[str, Field(max_length=60)]]] = Field(max_length=200)
    work: list[tuple[Day, Annotated[str, Field(max_length=60)]]] = Field(max_length=200)


class YearOut(Schema):
    """`changed` matters have a new due date."""

    year: int
    changed: int


class OverrideIn(Strict):
    """A local value and the document that orders it."""

    programme: Slug
    name: Slug
    value: StrictBool | StrictInt | Annotated[str, Field(max_length=40)]
    org: Id
    start: Day
    clause: str = Field(max_length=300)
    end: Day | None = None
    category: Short = ""
    channel: Short = ""


class OverrideOut(Schema):
    id: int
    programme: str
    name: str
    value: int | str | bool
    scope: dict[str, str]
    clause: str
    org: shapes.Ref
    start: date
    end: date | None


class OverrideList(Schema):
    items: list[OverrideOut]


class ProgrammeOnly(Schema):
    programme: Slug


class ReleaseOut(Schema):
    id: int
    programme: str
    version: str
    digest: str


class ReleaseList(Schema):
    items: list[ReleaseOut]


class InForceIn(Strict):
    release: Id
    org: Id
    start: Day
    end: Day | None = None


class WebhookIn(Strict):
    """`types` are programme.action, e.g. public_voice.accept; `org` narrows to a subtree."""

    url: str = Field(max_length=400)
    types: list[Annotated[str, Field(max_length=90)]] = Field(min_length=1, max_length=100)
    org: Id | None = None


class WebhookOut(Schema):
    id: int
    url: str
    types: list[str]
    active: bool


class WebhookMade(WebhookOut):
    """The secret that signs deliveries; it is shown only here."""

    secret: str


class WebhookList(Schema):
    items: list[WebhookOut]


class TokenOut(Schema):
    id: int
    person: shapes.Ref
    name: str
    scopes: list[str]
    expires: date
    revoked: bool


class TokenList(Schema):
    items: list[TokenOut]


def _some(given: Strict) -> dict[str, Any]:
    return {k: v for k, v in given.model_dump(exclude_unset=True).items() if v is not None}


def _any_admin(request: HttpRequest) -> Actor:
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


@router.post("/people", response={201: shapes.PersonOut, **ERRORS}, operation_id="create_person")
def create_person(request: HttpRequest, given: PersonIn) -> Status[Any]:
    """A new account."""
    actor = _any_admin(request)
    made = orgs.create_person(
        given.username,
        given.name,
        at=base.now(),
        actor=actor.ref,
        password=given.password,
        email=given.email,
    )
    return Status(201, shapes.person(made))


@router.patch(
    "/people/{pk}", response={200: shapes.PersonOut, **ERRORS}, operation_id="change_person"
)
def change_person(request: HttpRequest, pk: Id, given: PersonChange) -> dict[str, Any]:
    """Changes name, e-mail, language, digest or whether the account is active."""
    actor = _any_admin(request)
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
    actor = base.admin(request, Org.objects.get(posts__pk=pk))
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
    actor = _any_admin(request)
    within = (
        g for path in actor.paths(access.ADMIN) for g in access.grants_within(path, base.today())
    )
    if not any(g.pk == pk for g in within):
        raise LookupError(pk)
    access.end(pk, on=given.on, at=base.now(), actor=actor.ref)
    return Status(204, None)


@router.put(
    "/calendar/years/{year}", response={200: YearOut, **ERRORS}, operation_id="set_calendar_year"
)
def set_calendar_year(
    request: HttpRequest, year: Annotated[int, Field(ge=2000, le=2199)], given: YearIn
) -> dict[str, Any]:
    """Sets a year of the country's calendar and works out anew the dates that rested on it."""
    actor = base.admin(request)
    calendar = orgs.calendars.default()
    raw = {
        "year": year,
        "status": given.status,
        "source": given.source,
        "off": [[day.isoformat(), name] for day, name in given.off],
        "work": [[day.isoformat(), name] for day, name in given.work],
    }
    at = base.now()
    orgs.calendars.set_year(calendar, raw, at=at, actor=actor.ref)
    return {"year": year, "changed": matters.recalculate(calendar.pk, at)}


def _override(one: programmes.SettingOverride) -> dict[str, Any]:
    plain = ("programme", "name", "value", "scope", "clause", "start", "end")
    return {"id": one.pk, "org": shapes.ref(one.org), **{n: getattr(one, n) for n in plain}}


@router.get("/overrides", response={200: OverrideList, **ERRORS}, operation_id="list_overrides")
def list_overrides(request: HttpRequest, wanted: Query[ProgrammeOnly]) -> dict[str, Any]:
    """Local values where the caller administers, newest first."""
    actor = _any_admin(request)
    return {
        "items": [
            _override(one)
            for one in programmes.overrides(wanted.programme)
            if actor.has(access.ADMIN, one.org.path)
        ]
    }


@router.post("/overrides", response={201: Made, **ERRORS}, operation_id="set_override")
def set_override(request: HttpRequest, given: OverrideIn) -> Status[Any]:
    """A local value from a day on."""
    base.who(request, "admin")
    org = base.org_at(given.org, "org")
    actor = base.admin(request, org)
    force = programmes.in_force(given.programme, org.path, max(given.start, base.today()))
    scope = {k: v for k in ("category", "channel") if (v := getattr(given, k))}
    made = programmes.override(
        programmes.spec_of(force.release_id),
        given.name,
        given.value,
        org=org,
        start=given.start,
        clause=given.clause,
        at=base.now(),
        actor=actor.ref,
        scope=scope,
        end=given.end,
    )
    return Status(201, {"id": made.pk})


@router.post("/overrides/{pk}/end", response={204: None, **ERRORS}, operation_id="end_override")
def end_override(request: HttpRequest, pk: Id, given: EndIn) -> Status[Any]:
    """Ends a local value on a day; what it decided before stays decided."""
    base.who(request, "admin")
    row = programmes.SettingOverride.objects.select_related("org").get(pk=pk)
    actor = base.admin(request, row.org)
    programmes.end_override(pk, on=given.on, at=base.now(), actor=actor.ref)
    return Status(204, None)


@router.get("/releases", response={200: ReleaseList, **ERRORS}, operation_id="list_releases")
def list_releases(request: HttpRequest) -> dict[str, Any]:
    """Installed releases by programme, newest first."""
    _any_admin(request)
    return {
        "items": [
            {"id": r.pk, "programme": r.programme, "version": r.tag, "digest": r.digest}
            for r in programmes.releases()
        ]
    }


@router.post("/in-force", response={201: InForceOut, **ERRORS}, operation_id="put_in_force")
def put_in_force(request: HttpRequest, given: InForceIn) -> Status[Any]:
    """Puts a release in force; what was in force for the same organisation ends that day."""
    base.who(request, "admin")
    org = base.org_at(given.org, "org")
    actor = base.admin(request, org)
    programmes.release_row(given.release)
    made = programmes.put_in_force(
        given.release,
        org,
        start=given.start,
        at=base.now(),
        actor=actor.ref,
        end=given.end,
    )
    return Status(201, in_force(made, words.locale(request)))


@router.post("/in-force/{pk}/end", response={204: None, **ERRORS}, operation_id="end_in_force")
def end_in_force(request: HttpRequest, pk: Id, given: EndIn) -> Status[Any]:
    """Ends a programme somewhere. Matters under way go on by the release they opened under."""
    base.who(request, "admin")
    row = programmes.InForce.objects.select_related("org").get(pk=pk)
    actor = base.admin(request, row.org)
    programmes.end_in_force(pk, on=given.on, at=base.now(), actor=actor.ref)
    return Status(204, None)


def _may_hook(actor: Actor, path: str) -> bool:
    whole = any(len(p) == orgs.tree.STEP for p in actor.paths(access.ADMIN))
    return actor.has(access.ADMIN, path) if path else whole


def _hook(one: notify.Webhook) -> dict[str, Any]:
    return {"id": one.pk, "url": one.url, "types": one.types, "active": one.active}


@router.get("/webhooks", response={200: WebhookList, **ERRORS}, operation_id="list_webhooks")
def list_webhooks(request: HttpRequest) -> dict[str, Any]:
    """Addresses that are told of events."""
    actor = _any_admin(request)
    return {"items": [_hook(w) for w in notify.webhooks() if _may_hook(actor, w.org_path)]}


@router.post("/webhooks", response={201: WebhookMade, **ERRORS}, operation_id="add_webhook")
def add_webhook(request: HttpRequest, given: WebhookIn) -> Status[Any]:
    """A new address to tell; deliveries are signed with the secret in the answer."""
    base.who(request, "admin")
    org = base.org_at(given.org, "org") if given.org else None
    actor = base.admin(request, org)
    made = notify.add_webhook(
        given.url,
        given.types,
        at=base.now(),
        actor=actor.ref,
        org_path=org.path if org else "",
    )
    return Status(201, {**_hook(made), "secret": made.secret})


@router.post("/webhooks/{pk}/stop", response={204: None, **ERRORS}, operation_id="stop_webhook")
def stop_webhook(request: HttpRequest, pk: Id) -> Status[Any]:
    """Stops telling an address."""
    actor = _any_admin(request)
    row = notify.Webhook.objects.get(pk=pk)
    if not _may_hook(actor, row.org_path):
        raise LookupError(pk)
    notify.stop_webhook(pk, at=base.now(), actor=actor.ref)
    return Status(204, None)


@router.get("/tokens", response={200: TokenList, **ERRORS}, operation_id="list_tokens")
def list_tokens(request: HttpRequest) -> dict[str, Any]:
    """All tokens, newest first; never their secrets."""
    base.admin(request)
    return {
        "items": [
            {
                "id": t.pk,
                "person": shapes.ref(t.person),
                "name": t.name,
                "scopes": t.scopes,
                "expires": t.expires,
                "revoked": t.revoked,
            }
            for t in access.tokens()
        ]
    }


@router.post("/tokens/{pk}/revoke", response={204: None, **ERRORS}, operation_id="revoke_token")
def revoke_token(request: HttpRequest, pk: Id) -> Status[Any]:
    """Ends a token at once."""
    actor = base.admin(request)
    access.revoke_token(pk, at=base.now(), actor=actor.ref)
    return Status(204, None)

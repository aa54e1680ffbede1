"""Organisations, people and one's own inbox."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from bihuan.api import base, shapes, words
from bihuan.api.base import ERRORS, Id, Size, Strict
from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify import said
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.profiles import api as profiles

READ = "matters:read"
router = Router(tags=["directory"])


class OrgQuery(Schema):
    q: str = Field("", max_length=120)
    within: Id | None = None
    limit: Size = 20


class OrgList(Schema):
    items: list[shapes.OrgOut]


class PersonQuery(Schema):
    """`org` gives the people with a post there or below; `q` is part of a name."""

    q: str = Field("", max_length=60)
    org: Id | None = None
    limit: Size = 20


class PersonList(Schema):
    items: list[shapes.PersonOut]


class InboxNotice(Schema):
    """A notice: `said` is what it says in the caller's language, `text` the key of these words and
    `values` what fills them, `ref` what it is about."""

    id: int
    said: str
    text: str
    values: dict[str, Any]
    ref: str
    at: datetime
    read: bool


class InboxOut(Schema):
    unread: int
    items: list[InboxNotice]


class ReadIn(Strict):
    """Which notice was read; without an id, all."""

    id: Id | None = None


def _staff(request: HttpRequest) -> Actor:
    actor = base.who(request, READ)
    if not actor.held:
        # An account without any grant has no business with names of colleagues.
        raise DeniedError("directory")
    return actor


@router.get("/orgs", response={200: OrgList, **ERRORS}, operation_id="find_orgs")
def find_orgs(request: HttpRequest, wanted: Query[OrgQuery]) -> dict[str, Any]:
    """Active organisations by name, short name or code."""
    base.who(request, READ)
    within = base.org_at(wanted.within, "within").path if wanted.within else ""
    found = orgs.find_orgs(wanted.q, within=within, limit=wanted.limit)
    return {"items": [shapes.org(o, words.locale(request)) for o in found]}


@router.get("/orgs/{pk}", response={200: shapes.OrgProfile, **ERRORS}, operation_id="get_org")
def get_org(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """One organisation, and what of it the caller may see."""
    actor = base.who(request, READ)
    found = orgs.org(pk)
    return {
        **shapes.org(found, words.locale(request)),
        "parts": profiles.org_parts(found, actor, base.now()),
    }


@router.get("/people", response={200: PersonList, **ERRORS}, operation_id="find_people")
def find_people(request: HttpRequest, wanted: Query[PersonQuery]) -> dict[str, Any]:
    """People by part of their name, or those of an organisation."""
    _staff(request)
    if wanted.org is None:
        found = list(orgs.find_people(wanted.q, limit=wanted.limit))
    else:
        path = base.org_at(wanted.org, "org").path
        inside = orgs.people_of(path, base.today())
        found = list(inside.filter(name__icontains=wanted.q)[: wanted.limit])
    return {"items": [shapes.person(p) for p in found]}


@router.get(
    "/people/{pk}", response={200: shapes.PersonProfile, **ERRORS}, operation_id="get_person"
)
def get_person(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """One person, and what of them the caller may see: they themselves, whoever has a role over a place
    where they belong, and whoever may see some part. To all others there is nobody of that id."""
    known = profiles.person(pk, base.who(request, READ), base.now())
    return {
        "id": known.person.pk,
        "name": known.person.name,
        "active": known.person.is_active,
        "places": [{"org": shapes.ref(one.org), "title": one.title} for one in known.places],
        "parts": known.parts,
    }


@router.get("/inbox", response={200: InboxOut, **ERRORS}, operation_id="get_inbox")
def get_inbox(request: HttpRequest) -> dict[str, Any]:
    """The caller's own notices, newest first."""
    me = base.who(request, READ).person_id or 0
    locale = words.locale(request)
    return {
        "unread": notify.unread(me),
        "items": [
            {
                "id": n.pk,
                "said": said.said(n, locale),
                "text": n.text,
                "values": n.values,
                "ref": n.ref,
                "at": n.at,
                "read": n.read_at is not None,
            }
            for n in notify.inbox(me)
        ],
    }


@router.post("/inbox/read", response={204: None, **ERRORS}, operation_id="mark_read")
def mark_read(request: HttpRequest, given: ReadIn) -> Status[Any]:
    """Marks one of the caller's notices, or all, as read."""
    me = base.who(request, "matters:write").person_id or 0
    notify.mark_read(me, base.now(), given.id)
    return Status(204, None)

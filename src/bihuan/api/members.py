"""Who belongs to which organisation: the list of members, what is recorded in it, whom a roster means."""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from bihuan.api import base, shapes
from bihuan.api.base import ERRORS, Day, Id, Strict
from bihuan.kernel.people import api as people
from bihuan.kernel.people.api import Exemption, Free, Membership, Wanted

router = Router(tags=["orgs"])

Full = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,39}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class MemberQuery(Schema):
    """`membership` is `programme.membership`; `org` an organisation, with all below it; `q` part of a
    name; `exempt` only those who are exempt today. 50 on a page."""

    membership: Full | None = None
    status: Code | None = None
    org: Id | None = None
    q: Annotated[str, Field(max_length=60)] = ""
    exempt: bool = False
    page: Annotated[int, Field(ge=1, le=100_000)] = 1


class ExemptionOut(Schema):
    """`reason` is one of the membership's; `note` is told to whoever keeps the list; without `end` it has
    none yet."""

    id: int
    reason: str
    note: str
    start: date
    end: date | None


class MemberOut(Schema):
    """`since` is the day since when they belong at all, where it is known."""

    id: int
    person: shapes.Ref
    org: shapes.Ref
    membership: str
    status: str
    since: date | None
    start: date
    end: date | None
    exemption: ExemptionOut | None = None


class MemberList(Schema):
    """`count` is how many there are in all."""

    items: list[MemberOut]
    count: int


class MemberIn(Strict):
    """Somebody begins to belong to an organisation, or their status there changes; without `start`
    from today on."""

    person: Id
    org: Id
    membership: Full
    status: Code
    start: Day | None = None
    since: Day | None = None
    end: Day | None = None


class LastIn(Strict):
    """The last day on which it holds, today at the latest; today when it is not said."""

    last: Day | None = None


class ExemptionIn(Strict):
    """Why somebody need not do what the others have to, from a day (today) to a day."""

    reason: Code
    start: Day | None = None
    end: Day | None = None
    note: Annotated[str, Field(max_length=200)] = ""


def _exemption(row: Exemption | Free | None) -> dict[str, Any] | None:
    if row is None:
        return None
    named = {"reason": row.reason, "note": row.note}
    return {"id": row.pk, **named, "start": row.start, "end": row.end}


def _out(row: Membership, free: Free | None = None) -> dict[str, Any]:
    return {
        "id": row.pk,
        "person": {"id": row.person_id, "name": row.person.name},
        "org": {"id": row.org_id, "name": row.org.name},
        "membership": row.kind,
        "status": row.status,
        "since": row.since,
        "start": row.start,
        "end": row.end,
        "exemption": _exemption(free),
    }


@router.get("/memberships", response={200: MemberList, **ERRORS}, operation_id="list_members")
def list_members(request: HttpRequest, asked: Query[MemberQuery]) -> dict[str, Any]:
    """Members today of the organisations whose lists one keeps or reads."""
    actor = base.who(request, "matters:read")
    wanted = Wanted(
        full=asked.membership or "",
        status=asked.status or "",
        org=base.org_at(asked.org, "org").path if asked.org else "",
        text=asked.q.strip(),
        exempt=asked.exempt,
    )
    skip = (asked.page - 1) * people.PAGE
    found = people.listed(actor, wanted, base.today(), skip=skip)
    return {"items": [_out(row, free) for row, free in found.rows], "count": found.count}


@router.post("/memberships", response={201: MemberOut, **ERRORS}, operation_id="begin_membership")
def begin_membership(request: HttpRequest, given: MemberIn) -> Status[dict[str, Any]]:
    """By whoever keeps the list there. In the status they have already, nothing changes."""
    actor = base.who(request, "matters:read", "matters:write")
    row = people.begin(
        base.person_at(given.person, "person").pk,
        base.org_at(given.org, "org"),
        given.membership,
        given.status,
        start=given.start or base.today(),
        since=given.since,
        end=given.end,
        at=base.now(),
        actor=actor,
    )
    return Status(201, _out(people.member(actor, row.pk)))


@router.post(
    "/memberships/{pk}/leave", response={200: MemberOut, **ERRORS}, operation_id="end_membership"
)
def end_membership(request: HttpRequest, pk: Id, given: LastIn) -> dict[str, Any]:
    """They no longer belong after a last day."""
    actor = base.who(request, "matters:read", "matters:write")
    people.leave(pk, last=given.last or base.today(), at=base.now(), actor=actor)
    return _out(people.member(actor, pk))


@router.post(
    "/memberships/{pk}/exemptions",
    response={201: ExemptionOut, **ERRORS},
    operation_id="exempt_member",
)
def exempt_member(
    request: HttpRequest, pk: Id, given: ExemptionIn
) -> Status[dict[str, Any] | None]:
    """They need not do what the others have to, wherever they belong by this membership."""
    actor = base.who(request, "matters:read", "matters:write")
    row = people.exempt(
        pk,
        given.reason,
        start=given.start or base.today(),
        end=given.end,
        note=given.note,
        at=base.now(),
        actor=actor,
    )
    return Status(201, _exemption(row))


@router.post(
    "/exemptions/{pk}/end", response={200: ExemptionOut, **ERRORS}, operation_id="end_exemption"
)
def end_exemption(request: HttpRequest, pk: Id, given: LastIn) -> dict[str, Any] | None:
    """The exemption is over after a last day."""
    actor = base.who(request, "matters:read", "matters:write")
    last = given.last or base.today()
    return _exemption(people.end_exemption(pk, last=last, at=base.now(), actor=actor))

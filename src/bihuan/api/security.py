"""Security events, for security and audit administrators."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from bihuan.api import base, shapes
from bihuan.api.base import ERRORS, Day, Id, Size
from bihuan.foundation.access import overseeing
from bihuan.foundation.orgs.api import Person

router = Router(tags=["admin"])


class Asked(Schema):
    """`kind` is a type (`login.failed`) or its part before the dot; days are local, both included;
    `before` is the id of the last event of the page before."""

    kind: Annotated[str, Field(max_length=60)] = ""
    person: Id | None = None
    since: Day | None = None
    until: Day | None = None
    before: Id | None = None
    limit: Size = 50


class SecurityEventOut(Schema):
    """`about` whom it is, `doer` who did it, `on_behalf` in whose name where that is another; where
    that is no person, `by` says `system`, `nobody` or `sender`. `said` is what else it tells."""

    id: int
    kind: str
    at: datetime
    about: shapes.Ref | None
    doer: shapes.Ref | None
    by: str
    on_behalf: shapes.Ref | None
    said: dict[str, Any]


class SecurityEventList(Schema):
    items: list[SecurityEventOut]
    more: bool


def _ref(who: Person | str | None) -> dict[str, Any] | None:
    return shapes.ref(who) if isinstance(who, Person) else None


@router.get(
    "/security-events",
    response={200: SecurityEventList, **ERRORS},
    operation_id="list_security_events",
)
def list_security_events(request: HttpRequest, wanted: Query[Asked]) -> dict[str, Any]:
    """Log-ins, grants, passwords, tokens, exports and the like of the people one is over, newest
    first."""
    actor = base.officer(request)
    asked = overseeing.Asked(
        kind=wanted.kind,
        person=wanted.person,
        since=wanted.since,
        until=wanted.until,
        before=wanted.before,
    )
    found, more = overseeing.events(actor, asked, at=base.now(), limit=wanted.limit)
    items = [
        {
            "id": one.id,
            "kind": one.kind,
            "at": one.at,
            "about": _ref(one.about),
            "doer": _ref(one.doer),
            "by": one.doer if isinstance(one.doer, str) else "person",
            "on_behalf": _ref(one.on_behalf),
            "said": one.said,
        }
        for one in found
    ]
    return {"items": items, "more": more}

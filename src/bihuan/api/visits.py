"""Outings of the mobile unit: read by everybody; what was entered there is handed in by its clerk."""

from datetime import date, timedelta
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from bihuan.api import base, errors, shapes, words
from bihuan.api.base import ERRORS, Id, Instant, Strict
from bihuan.api.matter_shapes import ContactIn
from bihuan.foundation.access.api import DeniedError
from bihuan.kernel.halls import api as halls
from bihuan.kernel.matters import api as matters

router = Router(tags=["matters"])
public = Router(tags=["public"])


class VisitOut(Schema):
    """An outing; `cancelled` is the reason it was called off, or ''. Times are local."""

    id: int
    org: shapes.Ref
    place: str
    day: date
    opens: str
    closes: str
    services: list[int]
    note: str
    cancelled: str


class VisitList(Schema):
    items: list[VisitOut]


class Ahead(Schema):
    days: int = Field(60, ge=0, le=366, description="How many days ahead")


class EntryIn(Strict):
    """One matter as it was entered. `key` was made where it was entered and stands for it for good;
    `taken` is when. `step` is what was done at once."""

    key: str = Field(min_length=1, max_length=100)
    taken: Instant
    step: Literal["accept", "settle_now", "answer"]
    service: Id | None = None
    contact: ContactIn = ContactIn()
    remark: str = Field("", max_length=20_000)


class EntriesIn(Strict):
    entries: list[EntryIn] = Field(max_length=50)


class FateOut(Schema):
    """A number, or why this one did not come in."""

    key: str
    number: str
    problem: base.ErrorBody | None


class FateList(Schema):
    items: list[FateOut]


@public.get("/visits", response={200: VisitList, **ERRORS}, auth=None, operation_id="list_visits")
def list_visits(request: HttpRequest, wanted: Query[Ahead]) -> dict[str, Any]:
    """Where the mobile unit comes, soonest first."""
    base.throttled(request, "read")
    today = base.today()
    names = [name for name in VisitOut.model_fields if name != "org"]
    return {
        "items": [
            {**{name: getattr(row, name) for name in names}, "org": shapes.ref(row.org)}
            for row in halls.visits(today, today + timedelta(days=wanted.days))
        ]
    }


@router.post(
    "/visits/{pk}/entries", response={200: FateList, **ERRORS}, operation_id="hand_in_entries"
)
def hand_in_entries(request: HttpRequest, pk: Id, given: EntriesIn) -> dict[str, Any]:
    """Takes in what was entered without a network, however late and however often it is sent: each
    key once, each entry for itself."""
    actor = base.who(request, "matters:write")
    visit = halls.visit(pk)
    if not actor.has("desk", visit.org.path):
        raise DeniedError("desk")
    locale = words.locale(request)
    fates = matters.take_in(
        visit,
        [
            matters.Entered(
                key=one.key,
                taken=one.taken,
                step=one.step,
                service=one.service,
                contact=one.contact.person(),
                remark=one.remark,
            )
            for one in given.entries
        ],
        actor=actor,
        at=base.now(),
    )
    return {
        "items": [
            {
                "key": one.key,
                "number": one.number,
                "problem": one.problem and errors.tell(one.problem).body(locale)["error"],
            }
            for one in fates
        ]
    }

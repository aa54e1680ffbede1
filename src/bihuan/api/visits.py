"""Outings of the mobile unit: read by everybody; what was entered there is handed in by its clerk."""

from datetime import date, time, timedelta
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from bihuan.api import base, errors, shapes, words
from bihuan.api.base import ERRORS, Day, Id, Instant, Reason, Strict, WallClock
from bihuan.api.matter_shapes import ContactIn
from bihuan.kernel.afield import api as afield
from bihuan.kernel.halls import api as halls

PART = "apply"
Step = Literal["accept", "settle_now", "answer"]
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


class VisitsAhead(Schema):
    days: int = Field(60, ge=0, le=366, description="How many days ahead")


class OutingIn(Strict):
    """An outing of a hall's mobile unit; local times as 09:00."""

    org: Id
    place: str = Field(max_length=1000)
    day: Day
    opens: WallClock
    closes: WallClock
    services: list[Id] = Field(max_length=200)
    note: str = Field("", max_length=1000)


class EntryIn(Strict):
    """One matter as it was entered. `key` was made where it was entered and stands for it for good;
    `taken` is when. `step` is what was done at once."""

    key: str = Field(pattern=r"^[!-~]{1,100}$")
    taken: Instant
    step: Step
    service: Id | None = None
    contact: ContactIn = ContactIn()
    remark: str = Field("", max_length=20_000)


class EntriesIn(Strict):
    entries: list[EntryIn] = Field(max_length=50)


class FateOut(Schema):
    """A number; or why this one is refused, and will be until somebody corrects it or what stands
    against it; or `later`: send it again as it is."""

    key: str
    outcome: Literal["taken", "refused", "later"]
    number: str
    problem: base.ErrorBody | None


class FateList(Schema):
    items: list[FateOut]


@public.get("/visits", response={200: VisitList, **ERRORS}, auth=None, operation_id="list_visits")
def list_visits(request: HttpRequest, wanted: Query[VisitsAhead]) -> dict[str, Any]:
    """Where the mobile unit comes, soonest first."""
    base.throttled(request, "read")
    today = base.today()
    return {
        "items": [_out(row) for row in halls.visits(today, today + timedelta(days=wanted.days))]
    }


def _out(row: halls.Visit) -> dict[str, Any]:
    names = [name for name in VisitOut.model_fields if name != "org"]
    return {**{name: getattr(row, name) for name in names}, "org": shapes.ref(row.org)}


@router.post("/visits", response={201: VisitOut, **ERRORS}, operation_id="plan_visit")
def plan_visit(request: HttpRequest, given: OutingIn) -> Status[Any]:
    """Announces an outing to everybody."""
    org = base.org_at(given.org, "org")
    actor = base.clerk(request, org, PART)
    told = halls.Outing(
        place=given.place,
        day=given.day,
        opens=time.fromisoformat(given.opens),
        closes=time.fromisoformat(given.closes),
        services=given.services,
        note=given.note,
    )
    return Status(201, _out(halls.plan(org, told, at=base.now(), actor=actor.ref)))


@router.post("/visits/{pk}/cancel", response={200: VisitOut, **ERRORS}, operation_id="cancel_visit")
def cancel_visit(request: HttpRequest, pk: Id, given: Reason) -> dict[str, Any]:
    """Calls it off; the reason stands where it was announced."""
    actor = base.clerk(request, halls.visit(pk).org, PART)
    return _out(halls.cancel(pk, given.reason, at=base.now(), actor=actor.ref))


@router.post(
    "/visits/{pk}/entries", response={200: FateList, **ERRORS}, operation_id="hand_in_entries"
)
def hand_in_entries(request: HttpRequest, pk: Id, given: EntriesIn) -> dict[str, Any]:
    """Takes in what was entered without a network, however late and however often it is sent: each
    key once, each entry for itself."""
    visit = halls.visit(pk)
    actor = base.clerk(request, visit.org, PART)
    locale = words.locale(request)
    fates = afield.take_in(
        [
            afield.Entered(
                key=one.key,
                visit=visit.pk,
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
                "outcome": one.outcome,
                "number": one.number,
                "problem": one.problem and errors.tell(one.problem).body(locale)["error"],
            }
            for one in fates
        ]
    }

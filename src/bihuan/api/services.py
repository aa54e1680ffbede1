"""The catalogue of services: read by everybody, changed by administrators."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from bihuan.api import base, shapes
from bihuan.api.base import ERRORS, Day, Flag, Id, Name, Strict
from bihuan.kernel.halls import api as halls
from bihuan.kernel.services import api as services

router = Router(tags=["admin"])
public = Router(tags=["public"])


class ServiceIn(Strict):
    """A promise; with the code of a present one, it takes its place from `start` on."""

    org: Id
    code: str = Field(min_length=1, max_length=40)
    name: Name
    statutory: int = Field(ge=1, le=3650, description="Working days the law allows")
    promised: int = Field(ge=1, le=3650, description="Working days promised, never more")
    clause: str = Field(min_length=1, max_length=300)
    materials: list[str] = Field(default_factory=list, max_length=50)
    immediate: Flag = False
    fee: str = Field("", max_length=120)
    applicants: str = Field("", max_length=200)
    place: str = Field("", max_length=200, description="Its own hall, where it is done")
    hours: str = Field("", max_length=200)
    phone: str = Field("", max_length=60)
    forms: list[str] = Field(
        default_factory=list,
        max_length=20,
        description="To be fetched: a name, a web address behind a blank",
    )
    result: str = Field("", max_length=200, description="What one has in the end")
    start: Day


class ServiceEnd(Strict):
    on: Day


class ServiceOut(Schema):
    """A service as it is promised."""

    id: int
    org: shapes.Ref
    code: str
    name: str
    statutory: int
    promised: int
    clause: str
    materials: list[str]
    immediate: bool
    fee: str
    applicants: str
    place: str
    hours: str
    phone: str
    forms: list[str]
    result: str
    start: date
    end: date | None


class ServiceList(Schema):
    items: list[ServiceOut]


class Wanted(Schema):
    """`q` is part of a name or department, or a code."""

    q: str = Field("", max_length=60)
    limit: base.Size = 50


def _out(one: services.Service) -> dict[str, Any]:
    names = [name for name in ServiceOut.model_fields if name != "org"]
    return {**{n: getattr(one, n) for n in names}, "org": {"id": one.org_id, "name": one.org.name}}


@public.get(
    "/services", response={200: ServiceList, **ERRORS}, auth=None, operation_id="list_services"
)
def list_services(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    """What is promised today."""
    base.throttled(request, "read")
    rows = services.find(base.today(), wanted.q, limit=wanted.limit)
    return {"items": [_out(one) for one in rows]}


class SlotOut(Schema):
    """A half hour one may book: `slot` is what an appointment is opened with, local time."""

    slot: str
    places: int
    left: int
    after_hours: bool


class SlotList(Schema):
    items: list[SlotOut]


class Ahead(Schema):
    days: int = Field(14, ge=0, le=60, description="How many days ahead")


@public.get(
    "/halls/{pk}/slots", response={200: SlotList, **ERRORS}, auth=None, operation_id="list_slots"
)
def list_slots(request: HttpRequest, pk: Id, wanted: Query[Ahead]) -> dict[str, Any]:
    """The half hours of a hall that have not begun, full ones too. Book by opening a matter of the
    kind `appointment` with `slot`; move and cancel it by its code."""
    base.throttled(request, "read")
    rows = halls.free(base.org_at(pk, "hall"), base.now(), days=wanted.days)
    items = [
        {
            "slot": one.written,
            "places": one.places,
            "left": one.left,
            "after_hours": one.after_hours,
        }
        for one in rows
    ]
    return {"items": items}


@router.post("/services", response={201: ServiceOut, **ERRORS}, operation_id="offer_service")
def offer_service(request: HttpRequest, body: ServiceIn) -> Status[dict[str, Any]]:
    """Promises a service from a day on; the same promise again changes nothing."""
    org = base.org_at(body.org, "org")
    actor = base.officer(request)
    given = body.model_dump(exclude={"org", "start", "materials", "forms"})
    materials, forms = tuple(body.materials), tuple(body.forms)
    offer = services.Offer(**given, materials=materials, forms=forms)
    row, _ = services.offer(org, offer, start=body.start, at=base.now(), actor=actor)
    return Status(201, _out(row))


@router.post("/services/{pk}/end", response={200: ServiceOut, **ERRORS}, operation_id="end_service")
def end_service(request: HttpRequest, pk: Id, body: ServiceEnd) -> dict[str, Any]:
    """Offers a service no longer; applications under way go on."""
    actor = base.officer(request)
    return _out(services.end(pk, on=body.on, at=base.now(), actor=actor))

"""How many come to a hall by appointment: read, set and ended by those at its desk."""

from datetime import date, time
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from bihuan.api import base, shapes
from bihuan.api.base import ERRORS, Day, Flag, Id, Strict, WallClock
from bihuan.kernel.halls import api as halls
from bihuan.kernel.halls.api import Timetable
from bihuan.rules.slots import Plan

PART = "appointment"
router = Router(tags=["matters"])


class HoursIn(Strict):
    """Local times; whole half hours of them are offered."""

    opens: WallClock
    closes: WallClock


class TimetableIn(Strict):
    """Places for each half hour, instead of what the window offered before. Weekdays count from
    Monday, which is 0; `window` is empty where all windows are one."""

    window: str = Field("", max_length=20)
    weekdays: list[int] = Field(max_length=7)
    hours: list[HoursIn] = Field(max_length=20)
    places: int = Field(ge=0, le=10_000)
    after_hours: Flag = False
    start: Day


class HoursOut(Schema):
    opens: str
    closes: str


class TimetableOut(Schema):
    """What a hall offers from a day on, until `end` where there is one."""

    id: int
    org: shapes.Ref
    window: str
    weekdays: list[int]
    hours: list[HoursOut]
    places: int
    after_hours: bool
    start: date
    end: date | None


class TimetableList(Schema):
    items: list[TimetableOut]


def _out(row: Timetable) -> dict[str, Any]:
    same = ("window", "weekdays", "places", "after_hours", "start", "end")
    hours = [{"opens": first, "closes": last} for first, last in row.spans]
    found = {name: getattr(row, name) for name in same}
    return {**found, "id": row.pk, "org": shapes.ref(row.org), "hours": hours}


@router.get(
    "/halls/{pk}/timetables",
    response={200: TimetableList, **ERRORS},
    operation_id="list_timetables",
)
def list_timetables(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """What holds today or later."""
    hall = base.org_at(pk, "hall")
    base.clerk(request, hall, PART, scope="matters:read")
    return {"items": [_out(row) for row in halls.timetables(hall, base.today())]}


@router.post(
    "/halls/{pk}/timetables", response={201: TimetableOut, **ERRORS}, operation_id="set_timetable"
)
def set_timetable(request: HttpRequest, pk: Id, given: TimetableIn) -> Status[Any]:
    """Offers places from a day on; the same again changes nothing, who has booked keeps the place."""
    hall = base.org_at(pk, "hall")
    actor = base.clerk(request, hall, PART)
    hours = [(time.fromisoformat(one.opens), time.fromisoformat(one.closes)) for one in given.hours]
    plan = Plan(
        given.window,
        tuple(given.weekdays),
        tuple(hours),
        given.places,
        after_hours=given.after_hours,
    )
    row, _ = halls.set_timetable(hall, plan, start=given.start, at=base.now(), actor=actor.ref)
    return Status(201, _out(row))


@router.post(
    "/timetables/{pk}/end", response={200: TimetableOut, **ERRORS}, operation_id="end_timetable"
)
def end_timetable(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """Offers no places from today on; who has booked keeps the place."""
    actor = base.clerk(request, halls.timetable(pk).org, PART)
    return _out(halls.end_timetable(pk, on=base.today(), at=base.now(), actor=actor.ref))

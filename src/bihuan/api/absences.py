"""Who is away and who stands in."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from bihuan.api import base, shapes
from bihuan.api.base import ERRORS, Day, Id, Strict
from bihuan.kernel.absences import api as absences

router = Router(tags=["matters"])


class AbsenceIn(Strict):
    """From a day to a day, both included; without `person` oneself."""

    person: Id | None = None
    stand_in: Id
    start: Day
    end: Day


class AbsenceOut(Schema):
    """An absence; `over` is the day on which it was said that they are back, or null."""

    id: int
    person: shapes.Ref
    stand_in: shapes.Ref
    start: date
    end: date
    over: date | None


class AbsenceList(Schema):
    items: list[AbsenceOut]


def _out(one: absences.Absence) -> dict[str, Any]:
    return {
        "id": one.pk,
        "person": {"id": one.person_id, "name": one.person.name},
        "stand_in": {"id": one.stand_in_id, "name": one.stand_in.name},
        "start": one.start,
        "end": one.end,
        "over": one.over,
    }


@router.get("/absences", response={200: AbsenceList, **ERRORS}, operation_id="list_absences")
def list_absences(request: HttpRequest) -> dict[str, Any]:
    """Absences that are not over: one's own, those one stands in for, those one may speak for."""
    actor = base.who(request, "matters:read")
    today = base.today()
    return {
        "items": [
            _out(one)
            for one in absences.absences()
            if one.stand_in_id == actor.person_id or absences.may_say(actor, one.person_id, today)
        ]
    }


@router.post("/absences", response={201: AbsenceOut, **ERRORS}, operation_id="say_away")
def say_away(request: HttpRequest, given: AbsenceIn) -> Status[dict[str, Any]]:
    """Open matters and those given in that time go to who stands in, each with an event."""
    actor = base.who(request, "matters:write")
    person = base.person_at(given.person or actor.person_id or 0, "person")
    stand_in = base.person_at(given.stand_in, "stand_in")
    row = absences.say_away(
        person.pk, stand_in.pk, given.start, given.end, actor=actor, at=base.now()
    )
    return Status(201, _out(row))


@router.post("/absences/{pk}/back", response={200: AbsenceOut, **ERRORS}, operation_id="say_back")
def say_back(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """They are back: what is still open with who stood in goes back to them."""
    actor = base.who(request, "matters:write")
    return _out(absences.say_back(pk, actor=actor, at=base.now()))

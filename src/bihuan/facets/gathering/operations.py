"""The interface of gatherings: attendance over a period, and what the chair's screen shows."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from bihuan.api import base
from bihuan.api.base import ERRORS, Id
from bihuan.facets.gathering import board, code, pages, screens, shown
from bihuan.facets.gathering.board import Tally
from bihuan.foundation.orgs import api as orgs
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError
from bihuan.rules.periods import PeriodError, parse

router = Router(tags=["gatherings"])


class AttendanceLine(Schema):
    """Somebody, or an organisation, over a period: at how many gatherings they should have been, in which
    state how often, the minutes that were attended; of an organisation how often there was a quorum."""

    name: str
    org: str
    gatherings: int
    should: int
    states: dict[str, int]
    percent: int | None
    minutes: int
    quorate: int


class AttendanceTold(Schema):
    """Attendance by organisation and by person; `unnamed` are those whose names the caller does not read,
    `more` says that only the newest gatherings are counted."""

    period: str
    gatherings: int
    orgs: list[AttendanceLine]
    people: list[AttendanceLine]
    unnamed: int
    more: bool


class ScreenTold(Schema):
    """What the chair's screen shows: how far it is, counts, the quorum (live until it was held), the code of
    this minute ('' where one does not sign in by code now) and for how many seconds it is shown."""

    progress: str
    counts: dict[str, int]
    quorum: dict[str, Any] | None
    code: str
    seconds: int
    at: datetime


def _line(one: Tally) -> dict[str, Any]:
    names = ("name", "org", "gatherings", "should", "percent", "minutes", "quorate")
    return {**{name: getattr(one, name) for name in names}, "states": dict(one.states)}


@router.get("/attendance", response={200: AttendanceTold, **ERRORS}, operation_id="get_attendance")
def get_attendance(
    request: HttpRequest,
    period: Annotated[str, Query(max_length=32)],
    org: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> dict[str, Any]:
    """Who came over a period (2026, 2026-Q1, 2026-03, 2026-W10), at an organisation and below it or
    everywhere: of the gatherings that the caller sees, as far as they read names."""
    actor = base.who(request, "matters:read")
    try:
        asked = parse(period)
    except PeriodError:
        raise InputError({"period": ("input.not_a_period", {"examples": "2026-Q1"})}) from None
    path = orgs.org(org).path if org is not None else ""
    found = board.board(actor, path, asked.start, asked.last)
    return {
        "period": asked.text,
        "gatherings": found.gatherings,
        "orgs": [_line(one) for one in found.orgs],
        "people": [_line(one) for one in found.people],
        "unnamed": found.unnamed,
        "more": found.more,
    }


@router.get("/{pk}/screen", response={200: ScreenTold, **ERRORS}, operation_id="get_screen")
def get_screen(request: HttpRequest, pk: Id) -> dict[str, Any]:
    """What the chair's screen shows at this instant. Absent for who may not hold the gathering."""
    actor, at = base.who(request, "matters:read"), now()
    found, row = pages.live(pk, actor)
    if not shown.chairs(found, actor):
        raise LookupError(pk)
    told = shown.counted(found, row, actor, at)
    counts, quorum = told["counts"], told["quorum"]
    said = screens.code_now(found, row, at)
    return {
        "progress": shown.progress(row),
        "counts": counts,
        "quorum": quorum,
        "code": said,
        "seconds": code.left(at),
        "at": at,
    }

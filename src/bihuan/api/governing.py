"""For administrators: the calendar, local settings, releases and where they are in force."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import BaseModel, Field, StrictBool, StrictInt, StringConstraints

from bihuan.api import base, shapes, words
from bihuan.api.admin import EndIn, Made, Short, Slug
from bihuan.api.base import ERRORS, Day, Id, Strict
from bihuan.api.programmes import InForceOut, in_force
from bihuan.foundation.access import governing, officers
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import coming
from bihuan.spec.overlay import ChoiceChange, FieldChange

router = Router(tags=["admin"])


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
    """A local change and the document that orders it.

    A `setting` has its name and value; a `choice` the name `<kind>.<field>.<choice>` and either
    `words` or `retired`; a `field` the name `<kind>.<field>` or `<kind>.<action>.<input>` and
    `required`, `hidden` or `help`.
    """

    programme: Slug
    part: Literal["setting", "choice", "field"] = "setting"
    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,169}$")]
    value: (
        StrictBool | StrictInt | Annotated[str, Field(max_length=40)] | ChoiceChange | FieldChange
    )
    org: Id
    start: Day
    clause: str = Field(max_length=300)
    end: Day | None = None
    category: Short = ""
    channel: Short = ""


class OverrideOut(Schema):
    id: int
    programme: str
    part: str
    name: str
    value: bool | int | str | dict[str, Any]
    scope: dict[str, str]
    clause: str
    org: shapes.Ref
    start: date
    end: date | None


class OverrideList(Schema):
    items: list[OverrideOut]


class ProgrammeOnly(Schema):
    programme: Slug


class PlaceQuery(ProgrammeOnly):
    """Where and on which day; today when it is not said."""

    org: Id
    on: Day | None = None


class DifferenceOut(Schema):
    """One fact: its key path, as shipped and as it is here; null where a side has none."""

    path: str
    shipped: str | None
    here: str | None


class DifferenceList(Schema):
    items: list[DifferenceOut]


class ReleaseOut(Schema):
    id: int
    programme: str
    version: str
    digest: str


class ReleaseList(Schema):
    items: list[ReleaseOut]


class InForceIn(Strict):
    """`replacing` says that what began the same day is replaced though something was opened by it;
    `needs` that whatever it needs and is not in force there begins with it, in the newest release."""

    release: Id
    org: Id
    start: Day
    end: Day | None = None
    replacing: bool = False
    needs: bool = False


@router.put(
    "/calendar/years/{year}", response={200: YearOut, **ERRORS}, operation_id="set_calendar_year"
)
def set_calendar_year(
    request: HttpRequest, year: Annotated[int, Field(ge=2000, le=2199)], given: YearIn
) -> dict[str, Any]:
    """Sets a year of the country's calendar and works out anew the dates that rested on it."""
    actor = base.officer(request)
    calendar = orgs.calendars.default()
    raw = {
        "year": year,
        "status": given.status,
        "source": given.source,
        "off": [[day.isoformat(), name] for day, name in given.off],
        "work": [[day.isoformat(), name] for day, name in given.work],
    }
    at = base.now()
    governing.set_year(calendar, raw, at=at, actor=actor)
    return {"year": year, "changed": matters.recalculate(calendar.pk, at)}


def _override(one: programmes.Override) -> dict[str, Any]:
    plain = ("programme", "part", "name", "value", "scope", "clause", "start", "end")
    return {"id": one.pk, "org": shapes.ref(one.org), **{n: getattr(one, n) for n in plain}}


@router.get("/overrides", response={200: OverrideList, **ERRORS}, operation_id="list_overrides")
def list_overrides(request: HttpRequest, wanted: Query[ProgrammeOnly]) -> dict[str, Any]:
    """Local changes where the caller administers, newest first."""
    actor = base.officer(request)
    return {
        "items": [
            _override(one)
            for one in programmes.overrides(wanted.programme)
            if officers.is_over(actor, officers.SYSTEM, one.org.path)
        ]
    }


@router.post("/overrides", response={201: Made, **ERRORS}, operation_id="set_override")
def set_override(request: HttpRequest, given: OverrideIn) -> Status[Any]:
    """A local change from a day on."""
    actor = base.officer(request)
    org = base.org_at(given.org, "org")
    force = programmes.in_force(given.programme, org.path, max(given.start, base.today()))
    scope = {k: v for k in ("category", "channel") if (v := getattr(given, k))}
    value = given.value
    made = programmes.override(
        programmes.spec_of(force.release_id),
        given.name,
        value.model_dump(exclude_defaults=True) if isinstance(value, BaseModel) else value,
        org=org,
        start=given.start,
        clause=given.clause,
        at=base.now(),
        actor=actor,
        part=given.part,
        scope=scope,
        end=given.end,
    )
    return Status(201, {"id": made.pk})


@router.post("/overrides/{pk}/end", response={204: None, **ERRORS}, operation_id="end_override")
def end_override(request: HttpRequest, pk: Id, given: EndIn) -> Status[Any]:
    """Ends a local change on a day; what it decided before stays decided."""
    actor = base.officer(request)
    programmes.end_override(pk, on=given.on, at=base.now(), actor=actor)
    return Status(204, None)


@router.get(
    "/overrides/difference",
    response={200: DifferenceList, **ERRORS},
    operation_id="get_difference",
)
def get_difference(request: HttpRequest, wanted: Query[PlaceQuery]) -> dict[str, Any]:
    """How choices and fields differ from the release in force, at an organisation on a day."""
    actor = base.officer(request)
    org = base.org_at(wanted.org, "org")
    officers.require_any(actor, org)
    held = programmes.held(wanted.programme, org.path, wanted.on or base.today())
    return {
        "items": [
            {"path": path, "shipped": shipped, "here": here}
            for path, shipped, here in programmes.difference(held)
        ]
    }


@router.get("/releases", response={200: ReleaseList, **ERRORS}, operation_id="list_releases")
def list_releases(request: HttpRequest) -> dict[str, Any]:
    """Installed releases by programme, newest first."""
    base.officer(request)
    return {
        "items": [
            {"id": r.pk, "programme": r.programme, "version": r.tag, "digest": r.digest}
            for r in programmes.releases()
        ]
    }


@router.post("/in-force", response={201: InForceOut, **ERRORS}, operation_id="put_in_force")
def put_in_force(request: HttpRequest, given: InForceIn) -> Status[Any]:
    """Puts a release in force; one without an end that holds for the same organisation ends that
    day when this has none either. What meets another period is refused and changes nothing."""
    actor = base.officer(request)
    org = base.org_at(given.org, "org")
    programmes.release_row(given.release)
    how: dict[str, Any] = {
        "start": given.start,
        "at": base.now(),
        "actor": actor,
        "end": given.end,
        "replacing": given.replacing,
    }
    if given.needs:
        made = coming.put_in_force(given.release, org, **how)[-1]
    else:
        made = programmes.put_in_force(given.release, org, **how)
    return Status(201, in_force(made, words.locale(request)))


@router.post("/in-force/{pk}/end", response={204: None, **ERRORS}, operation_id="end_in_force")
def end_in_force(request: HttpRequest, pk: Id, given: EndIn) -> Status[Any]:
    """Ends a programme somewhere. Matters under way go on by the release they opened under."""
    actor = base.officer(request)
    programmes.end_in_force(pk, on=given.on, at=base.now(), actor=actor)
    return Status(204, None)

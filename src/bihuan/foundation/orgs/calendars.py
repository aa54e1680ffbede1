"""Working calendars: from the State Council's notice to the pure calendar of `rules.worktime`."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Literal

import tomli
from django.db import transaction
from django.db.models import Q

from bihuan.foundation.audit.api import Happening, change, create, standing
from bihuan.foundation.orgs import tree
from bihuan.foundation.orgs.models import CalendarYear, Org, WorkCalendar
from bihuan.lib.problems import ProblemError
from bihuan.rules.worktime import Calendar, Special

DEFAULT_CODE = "cn"
SHIPPED = Path(__file__).parent / "holidays"


class CalendarError(ProblemError):
    """A year's days that cannot be right; `key` names the message, `values` fill it."""


def default() -> WorkCalendar:
    """The country's calendar. Raises WorkCalendar.DoesNotExist before `install`."""
    return WorkCalendar.objects.get(code=DEFAULT_CODE)


@transaction.atomic
def install(*, at: datetime, actor: str) -> WorkCalendar:
    """Creates the default calendar and loads the years that ship with the product."""
    found = WorkCalendar.objects.filter(code=DEFAULT_CODE).first()
    if found is None:
        found = create(
            WorkCalendar(
                code=DEFAULT_CODE,
                name="中国法定工作日",
                hours=[["09:00", "12:00"], ["13:30", "17:30"]],
            ),
            Happening("calendar.created", at, actor),
        )
    for path in sorted(SHIPPED.glob("*.toml")):
        raw = tomli.loads(path.read_text(encoding="utf-8"))
        if not CalendarYear.objects.filter(calendar=found, year=raw["year"]).exists():
            set_year(found, raw, at=at, actor=actor)
    return found


def _day(text: str, year: int) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise CalendarError("calendar.bad_date", text=text) from error
    if day.year != year:
        raise CalendarError("calendar.wrong_year", text=text, year=year)
    return day


@transaction.atomic
def set_year(
    calendar: WorkCalendar, raw: dict[str, Any], *, at: datetime, actor: str
) -> CalendarYear:
    """Sets one year of a calendar from {year, status, source, off = [[date, name]…], work = […]}.

    Raises CalendarError when a date is malformed, outside the year or both off and worked.
    """
    year = int(raw["year"])
    if raw.get("status") not in ("announced", "provisional"):
        raise CalendarError("calendar.bad_status", text=str(raw.get("status")))
    days: dict[str, list[Any]] = {}
    for working, part in ((False, "off"), (True, "work")):
        for text, name in raw.get(part, []):
            day = _day(str(text), year).isoformat()
            if day in days:
                raise CalendarError("calendar.twice", text=day)
            days[day] = [working, str(name)]
    values = {"status": raw["status"], "source": str(raw.get("source", "")), "days": days}
    found = CalendarYear.objects.filter(calendar=calendar, year=year).first()
    happening = Happening("calendar.year_set", at, actor, set=values)
    if found is not None:
        return change(found, happening)
    return create(CalendarYear(calendar=calendar, year=year, **values), happening)


@standing.kept
def of(org_path: str) -> WorkCalendar:
    """The calendar nearest above an organisation, or the country's."""
    own = Org.objects.filter(path__in=tree.ancestors(org_path), calendar__isnull=False)
    candidates = WorkCalendar.objects.filter(
        Q(code=DEFAULT_CODE) | Q(pk__in=own.values("calendar_id"))
    )
    only = list(candidates[:2])
    if len(only) == 1:
        return only[0]
    nearest = own.order_by("-depth").select_related("calendar").first()
    return nearest.calendar if nearest and nearest.calendar else default()


def _build(row: WorkCalendar, years: list[CalendarYear]) -> Calendar:
    specials: dict[date, Special] = {}
    sure: dict[int, Literal["announced", "provisional"]] = {}
    for one in years:
        sure[one.year] = "announced" if one.status == "announced" else "provisional"
        for text, (working, name) in one.days.items():
            specials[date.fromisoformat(text)] = Special(working, name)
    spans = tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in row.hours)
    if not spans:
        return Calendar(specials, sure, zone=row.zone)
    return Calendar(specials, sure, spans, row.zone)


_KEPT: dict[int, tuple[list[str], Calendar]] = {}


@standing.kept
def load(calendar_id: int) -> Calendar:
    """The pure calendar. One small query tells whether the one in memory still holds."""
    query = CalendarYear.objects.filter(calendar_id=calendar_id).order_by("year")
    heads = list(query.values_list("head", flat=True))
    kept = _KEPT.get(calendar_id)
    if kept is None or kept[0] != heads:
        kept = (heads, _build(WorkCalendar.objects.get(pk=calendar_id), list(query)))
        _KEPT[calendar_id] = kept
    return kept[1]


def years(calendar_id: int) -> list[CalendarYear]:
    """The years a calendar knows, newest first."""
    return list(CalendarYear.objects.filter(calendar_id=calendar_id).order_by("-year"))

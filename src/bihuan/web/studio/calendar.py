"""The working calendar: a year to click, the announcement pasted in, what would change, then saved."""

import calendar as months
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access import governing, officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.calendars import CalendarError
from bihuan.kernel.matters import api as matters
from bihuan.language import announcement
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.rules.worktime import SATURDAY
from bihuan.web import days, errors, words
from bihuan.web.actor import actor_of
from bihuan.web.studio import whom
from bihuan.web.studio.door import show, system_administrator, today

FIRST, LAST = 2000, 2199
OFF, WORK = "off", "work"
STATUSES = ("announced", "provisional")


@dataclass
class Year:
    """A year as the page has it: days that are not what their weekday says, names of days off and
    of days worked, and how sure it is."""

    year: int
    status: str = STATUSES[0]
    source: str = ""
    special: set[date] = field(default_factory=set)
    called: dict[tuple[str, date], str] = field(default_factory=dict)

    def take(self, day: date, kind: str, name: str) -> None:
        """A day off or worked, by a name."""
        self.called[kind, day] = name
        if _weekend(day) == (kind == WORK):
            self.special.add(day)

    def works(self, day: date) -> bool:
        return _weekend(day) == (day in self.special)

    def name(self, day: date) -> str:
        return self.called.get((WORK if self.works(day) else OFF, day), "")

    def lines(self, kind: str) -> list[list[str]]:
        """The year's days of a kind with their names, as it is written down."""
        found = []
        for day in _days(self.year):
            mine = self.works(day) == (kind == WORK)
            if mine and (day in self.special or (kind, day) in self.called):
                if kind == WORK and day not in self.special:
                    continue
                name = self.name(day) or words.default_text(f"studio.day.{kind}")
                found.append([day.isoformat(), name])
        return found

    def seen(self) -> str:
        """What of it somebody has looked at."""
        days = " ".join(day.isoformat() for day in sorted(self.special))
        return f"{self.status}|{self.source}|{days}"


@dataclass(frozen=True)
class Cell:
    """One day of the grid: what ticking it means, and what it is called."""

    day: date
    weekend: bool
    special: bool
    name: str


def _weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY


def _days(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range(365 + months.isleap(year)))


def _held(year: int) -> Year:
    rows = orgs.calendars.years(orgs.calendars.default().pk)
    row = next((one for one in rows if one.year == year), None)
    found = Year(year)
    if row is not None:
        found.status, found.source = row.status, row.source
        for text, (working, name) in row.days.items():
            found.take(date.fromisoformat(text), WORK if working else OFF, name)
    return found


def _day(text: str, year: int) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise CalendarError("calendar.bad_date", text=text[:40]) from error
    if day.year != year:
        raise CalendarError("calendar.wrong_year", text=text[:40], year=year)
    return day


def _posted(request: HttpRequest, year: int) -> Year:
    status = request.POST.get("status", "")
    if status not in STATUSES:
        raise InputError({"status": ("input.not_a_choice", {})})
    found = Year(year, status, " ".join(request.POST.get("source", "")[:200].split()))
    found.special = {_day(one, year) for one in request.POST.getlist("special")}
    for line in request.POST.getlist("called"):
        kind, _, rest = line.partition(" ")
        text, _, name = rest.partition(" ")
        if kind in (OFF, WORK):
            found.called[kind, _day(text, year)] = name[:40]
    return found


def _announced(told: announcement.Announcement) -> Year:
    found = Year(told.year, STATUSES[0], told.source)
    for day, name in told.off:
        found.take(day, OFF, name)
    for day, name in told.work:
        found.take(day, WORK, words.default_text("studio.day.for", name=name))
    return found


def _grid(year: Year) -> list[tuple[str, int, list[Cell]]]:
    """Each month: its name, the blank places before its first day, its days."""
    found: list[tuple[str, int, list[Cell]]] = []
    for day in _days(year.year):
        if day.day == 1:
            found.append((words.text(f"studio.months.{day.month}"), day.weekday(), []))
        cell = Cell(day, _weekend(day), day in year.special, year.name(day))
        found[-1][2].append(cell)
    return found


def _changes(old: Year, new: Year) -> list[tuple[str, bool, str]]:
    return [
        (days.spoken(day, today(), relative=False), new.works(day), new.name(day))
        for day in _days(new.year)
        if old.works(day) != new.works(day)
    ]


def _doubt(one: announcement.Doubt) -> str:
    return words.text(f"studio.doubt.{one.kind}", text=one.text, found=one.found)


def _asked(given: Mapping[str, str]) -> int:
    text = given.get("year", "")
    good = text.isascii() and text.isdigit() and len(text) == len(str(LAST))
    return int(text) if good and FIRST <= int(text) <= LAST else today().year


@system_administrator
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The country's working days; a newly announced year re-dates open matters."""
    who = actor_of(request)
    year = _asked(request.POST if request.method == "POST" else request.GET)
    may = officers.is_over_house(who, officers.SYSTEM)
    context: dict[str, Any] = {"may": may, "set_by": "" if may else whom.sets_house()}
    drawn = old = _held(year)
    if request.method == "POST":
        try:
            if request.POST.get("do") == "read":
                drawn, told = _read(request, year)
                old = _held(drawn.year)
                context |= {
                    "told": (len(told.off), len(told.work)),
                    "doubts": [_doubt(one) for one in told.doubts],
                }
            else:
                drawn = _posted(request, year)
                if request.POST.get("do") == "save" and request.POST.get("seen") == drawn.seen():
                    return _save(request, drawn, who)
            context |= {"looked": True, "changes": _changes(old, drawn)}
        except ProblemError as error:
            messages.error(request, errors.message(error), extra_tags="bad")
            return show(request, "studio/calendar.html", _shown(drawn, old) | context)
    whole = {"section": "studio", "given": request.POST, **_shown(drawn, old), **context}
    return render(request, "studio/calendar.html", whole)


def _read(request: HttpRequest, year: int) -> tuple[Year, announcement.Announcement]:
    text = request.POST.get("text", "")
    told = announcement.read(text, announcement.year_of(text) or year)
    if not told.off and not told.work:
        raise CalendarError("calendar.nothing_read")
    if not FIRST <= told.year <= LAST:
        raise CalendarError("calendar.wrong_year", text=str(told.year), year=year)
    return _announced(told), told


def _save(request: HttpRequest, drawn: Year, who: Actor) -> HttpResponse:
    row, at = orgs.calendars.default(), now()
    raw = {"year": drawn.year, "status": drawn.status, "source": drawn.source}
    lines = {kind: drawn.lines(kind) for kind in (OFF, WORK)}
    with transaction.atomic():
        governing.set_year(row, {**raw, **lines}, at=at, actor=who)
    moved = matters.recalculate(row.pk, at)
    told = words.text("studio.year_saved", year=drawn.year, count=moved)
    messages.success(request, told, extra_tags="good")
    return redirect(f"{reverse('studio:calendar')}?year={drawn.year}")


def _shown(drawn: Year, old: Year) -> dict[str, Any]:
    rows = orgs.calendars.years(orgs.calendars.default().pk)
    known = {one.year: one.status for one in rows}
    this = today().year
    return {
        "page": "calendar",
        "drawn": drawn,
        "years": [(one, known.get(one, "")) for one in _around(known, this, drawn.year)],
        "grid": _grid(drawn),
        "called": [f"{kind} {day} {name}" for (kind, day), name in sorted(drawn.called.items())],
        "worked_days": sum(map(drawn.works, _days(drawn.year))),
        "worked_before": sum(map(old.works, _days(old.year))),
        "statuses": STATUSES,
        "weekdays": [f"weekday.{n}" for n in range(7)],
    }


def _around(known: Iterable[int], *more: int) -> list[int]:
    return sorted({*known, *more, *(one + 1 for one in more[:1])})

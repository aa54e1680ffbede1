"""Pages of gatherings: all of them, attendance over some days, the chair's screen, signing in by phone; dates for
other calendars."""

import secrets
from datetime import UTC, date

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from bihuan.facets.gathering import board, code, joining, screens, shown
from bihuan.facets.gathering.block import SIGN
from bihuan.facets.gathering.models import Sitting
from bihuan.facets.roll.block import effects
from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.exchange import api as exchange
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import membership
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.fieldtypes import Cell
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError
from bihuan.rules.periods import Grain, Period, PeriodError, parse
from bihuan.web import choosing, faces, fields, tables, words
from bihuan.web.actor import actor_of
from bihuan.web.navigation import Room
from bihuan.web.portal import ask, calendar

SECTION = "gatherings"
COLUMNS = ("name", "org", "should", "came", "excused", "absent", "made_up", "percent", "hours")


@standing.kept
def _programmes() -> tuple[frozenset[str], frozenset[str]]:
    """The programmes that have gatherings, and their roles."""
    ids = {programme for programme, _ in board.kinds()}
    known = [one for one in programmes.known() if one.id in ids]
    return frozenset(ids), frozenset(role.id for one in known for role in one.manifest.roles)


def may_look(who: Actor) -> bool:
    """Whether somebody finds a gathering: has a role in a programme with gatherings, or belongs where one is
    in force."""
    ids, roles = _programmes()
    if not roles.isdisjoint(who.roles()):
        return True
    on = timezone.localtime(now()).date()
    return bool(ids) and any(
        not ids.isdisjoint(programmes.in_force_at(path, on)) for path in membership.places(who)
    )


def _period(request: HttpRequest) -> Period:
    """The period that is asked for, else this year; what is none narrows nothing."""
    today = timezone.localtime(now()).date()
    try:
        found = parse(request.GET.get("period", "")[:32])
    except PeriodError:
        found = Period.of(Grain.YEAR, today)
    return found


def _unit(request: HttpRequest, who: Actor) -> tuple[str, str]:
    """The path of the unit that is asked for, and the unit as it was typed."""
    path, typed = "", request.GET.get("unit-text", "")[: choosing.LONGEST]
    try:
        found = choosing.taken(request.GET, "unit", "org", choosing.of_staff(who, _today()))
    except InputError:
        found = None
    if isinstance(found, int):
        path, typed = orgs.org(found).path, choosing.chosen([str(found)])[0].label
    return path, typed


def _today() -> date:
    return timezone.localtime(now()).date()


@login_required
@never_cache
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The gatherings that the reader sees, those to come first; where their own calendar takes them from."""
    who, at = actor_of(request), now()
    person = orgs.person(who.person_id or 0)
    own = reverse("gatherings:calendar", args=[calendar.secret(person)])
    context = {
        "section": SECTION,
        "coming": board.lines(who, at, to_come=True),
        "over": board.lines(who, at, to_come=False),
        "calendar": f"{settings.PUBLIC_URL}{own}",
    }
    return render(request, "gathering/index.html", context)


@login_required
@never_cache
@require_GET
def attendance(request: HttpRequest) -> HttpResponse:
    """Attendance by organisation and by person over a period."""
    who, period = actor_of(request), _period(request)
    path, typed = _unit(request, who)
    found = board.board(who, path, period.start, period.last)
    query = request.GET.copy()
    context = {
        "section": SECTION,
        "found": found,
        "period": period.text,
        "unit": typed,
        "query": query.urlencode(),
    }
    return render(request, "gathering/attendance.html", context)


@login_required
@require_GET
def choose(request: HttpRequest, kind: str) -> HttpResponse:
    """Organisations to narrow attendance to, as one types."""
    return choosing.answer(request, choosing.of_staff(actor_of(request), _today()), kind)


@login_required
@never_cache
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Attendance by person as a spreadsheet, logged by whom it was taken out."""
    who, period = actor_of(request), _period(request)
    path, _ = _unit(request, who)
    found = board.board(who, path, period.start, period.last)
    lines: list[list[Cell]] = [
        [
            one.name,
            one.org,
            one.should,
            *(one.states[name] for name in board.COUNTED),
            f"{one.percent}%" if one.percent is not None else "",
            one.hours,
        ]
        for one in found.people
    ]
    made = exchange.taken_out(
        who,
        [words.text(f"gathering.column.{name}") for name in COLUMNS],
        lines,
        name=words.text("gathering.attendance"),
        said={"list": "attendance", "period": period.text},
        at=now(),
        below=[[words.text("gathering.only_newest")]] if found.more else [],
    )
    return tables.sent(made, f"attendance-{period.text}.xlsx")


def live(pk: int, who: Actor) -> tuple[Matter, Sitting]:
    """A gathering that somebody sees. Raises LookupError of others."""
    found = matters.matter(who, pk)
    row = Sitting.objects.filter(matter_id=pk).first()
    if row is None:
        raise LookupError(pk)
    return found, row


@login_required
@never_cache
@require_GET
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    """The chair's screen: who is there, whether enough are, the code of the minute where that is switched on;
    asks for its own middle every few seconds."""
    who, at = actor_of(request), now()
    found, row = live(pk, who)
    if not shown.chairs(found, who):
        raise LookupError(pk)
    said = screens.code_now(found, row, at)
    there = f"{settings.PUBLIC_URL}{reverse('gathering:sign', args=[pk])}?code={said}"
    context = {
        "matter": found,
        "row": row,
        "progress": shown.progress(row),
        "told": shown.counted(found, row, who, at),
        "code": f"{said[:3]} {said[3:]}" if said else "",
        "left": code.left(at),
        "qr": ask.square(there) if said else "",
    }
    part = "#part" if request.headers.get("HX-Request") else ""
    return render(request, f"gathering/screen.html{part}", context)


@login_required
@never_cache
@require_GET
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Signing in by phone: one field for the code; the step it takes is the kind's own."""
    who, at = actor_of(request), now()
    found, _ = live(pk, who)
    offers = [
        (one, str(verb.args["code"]))
        for one in matters.offered(found, who, at)
        for verb in effects(one.action)
        if verb.do == SIGN
    ]
    if not offers:
        raise LookupError(pk)
    one, name = offers[0]
    refusal = one.refusal
    context = {
        "section": SECTION,
        "matter": found,
        "part": shown.shown(found, who, at),
        "action": one.id,
        "field": fields.posted_name(name),
        "code": "".join(c for c in request.GET.get("code", "")[:12] if c.isdecimal()),
        "key": secrets.token_urlsafe(16),
        "refusal": words.text(f"error.{refusal.key}", **refusal.values) if refusal else "",
    }
    return render(request, "gathering/sign.html", context)


@require_GET
def dates(request: HttpRequest, given: str) -> HttpResponse:
    """The gatherings on whose roll somebody is, at their hours: kind and number, no names, for calendars are
    elsewhere. A link that is wrong, ended or of somebody who left is not found."""
    del request
    person = calendar.person_of(given)
    at = now()
    who = access.actor(person, timezone.localtime(at).date())
    rows = joining.coming(who, at)
    seen = {one.pk: one for one in matters.by_ids(who, [row.matter_id for row in rows])}
    events = []
    for row in rows:
        found = seen.get(row.matter_id)
        if found is None:
            continue
        spec = programmes.spec_of(found.release_id)
        title = f"{words.of(spec, f'kinds.{found.kind}')} {found.number}"
        link = reverse("desk:matter", args=[found.pk])
        event = calendar.entry(found.stream.replace(":", "-"), title, link, found.changed_at)
        event.add("dtstart", row.begins.astimezone(UTC))
        event.add("dtend", row.ends.astimezone(UTC))
        event.add("status", "CANCELLED" if row.off else "CONFIRMED")
        events.append(event)
    return calendar.made(words.text("gathering.title"), events)


def register() -> None:
    """A room in the menu."""
    room = Room(SECTION, "gathering:index", "gathering.title", icon="calendar-event")
    faces.placed("activities", room, may_look)

"""The portfolio 项目台账: every matter with a plan that somebody sees; a plan as one document."""

import io
from collections.abc import Iterable
from datetime import date, datetime

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from bihuan.facets.plan import board
from bihuan.facets.plan.board import Portfolio, Row, Status, Wanted
from bihuan.facets.plan.book import composed
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.exchange import api as exchange
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.fieldtypes import Cell
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError
from bihuan.outcomes.press.blocks import MIMES
from bihuan.outcomes.publicity.bulletins.papers import press
from bihuan.web import choosing, faces, paging, tables, words
from bihuan.web.actor import actor_of
from bihuan.web.faces import Waiting
from bihuan.web.navigation import Room

COLUMNS = (
    *("number", "subject", "kind", "unit", "lead", "opened", "status", "lines", "overdue", "due"),
    *("owed", "written", "missed", "closed"),
)


def _today() -> date:
    return timezone.localtime(now()).date()


@standing.kept
def _roles() -> frozenset[str]:
    """The roles of programmes that have a kind with a plan."""
    with_plan = {programme for programme, _ in board.kinds()}
    return frozenset(
        role.id for one in programmes.known() if one.id in with_plan for role in one.manifest.roles
    )


def may_look(who: Actor) -> bool:
    """Whether somebody has a role in a programme with plans."""
    return not _roles().isdisjoint(who.roles())


def _wanted(request: HttpRequest, who: Actor) -> tuple[Wanted, str]:
    """What is asked for, and the unit as it was typed; what is none narrows nothing."""
    path, typed = "", request.GET.get("unit-text", "")[: choosing.LONGEST]
    try:
        found = choosing.taken(request.GET, "unit", "org", choosing.of_staff(who, _today()))
    except InputError:
        found = None
    if isinstance(found, int):
        path, typed = orgs.org(found).path, choosing.chosen([str(found)])[0].label
    year = request.GET.get("year", "")
    return (
        Wanted(
            unit=path,
            year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else 0,
            status=request.GET.get("status", "")[:122],
            mine=bool(request.GET.get("mine")),
        ),
        typed,
    )


def _query(request: HttpRequest, *but: str) -> str:
    kept = request.GET.copy()
    for name in but:
        kept.pop(name, None)
    return kept.urlencode()


def _named(one: Status) -> str:
    spec = next((spec for spec in programmes.known() if spec.id == one.programme), None)
    return words.of(spec, f"states.{one.kind}.{one.state}") if spec is not None else one.state


@login_required
@never_cache
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Matters with a plan by unit, year and status: how far, what is missing, what came of it."""
    who = actor_of(request)
    wanted, typed = _wanted(request, who)
    page = paging.number(request)
    found = board.portfolio(who, wanted, _today(), skip=(page - 1) * board.PAGE)
    last = max(1, -(-found.count // board.PAGE))
    context = {
        "section": "plan",
        "found": found,
        "statuses": [(one, _named(one)) for one in found.statuses],
        "all": sum(one.count for one in found.statuses),
        "phases": _phases(found),
        "wanted": wanted,
        "unit": typed,
        "narrowed": wanted != Wanted(),
        "page": page,
        "before": page - 1 if page > 1 else 0,
        "after": page + 1 if page < last else 0,
        "query": _query(request, "page"),
        "unstated": _query(request, "page", "status"),
    }
    return render(request, "plan/index.html", context)


def _phases(found: Portfolio) -> list[tuple[str, int]]:
    names = ("open", "waiting", "done")
    counts = {name: sum(s.count for s in found.statuses if s.phase == name) for name in names}
    return [(name, count) for name, count in counts.items() if count]


@login_required
@require_GET
def choose(request: HttpRequest, kind: str) -> HttpResponse:
    """Organisations to narrow the portfolio to, as one types."""
    return choosing.answer(request, choosing.of_staff(actor_of(request), _today()), kind)


@login_required
@never_cache
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The portfolio as a spreadsheet, logged by whom it was taken out."""
    who, at = actor_of(request), now()
    wanted, _ = _wanted(request, who)
    found = board.portfolio(who, wanted, _today(), most=board.MOST)
    titles = [words.text(f"plan.column.{name}") for name in COLUMNS]
    said = {"list": "plans", "year": str(wanted.year or ""), "status": wanted.status}
    made = exchange.taken_out(
        who, titles, map(_cells, found.rows), name=words.text("plan.title"), said=said, at=at
    )
    return tables.sent(made, "bihuan-plans.xlsx")


def _cells(row: Row) -> list[Cell]:
    one, journal = row.matter, row.journal
    spec = programmes.spec_of(one.release_id)
    return [
        one.number,
        one.subject,
        words.of(spec, f"kinds.{one.kind}"),
        one.unit.name,
        row.lead,
        _day(one.opened_at),
        words.of(spec, f"states.{one.kind}.{one.state}"),
        f"{row.done}/{row.lines}" if row.lines else "",
        row.late,
        row.due or "",
        journal.owed,
        journal.written,
        journal.missed,
        _day(one.closed_at),
    ]


def _day(at: datetime | None) -> Cell:
    return timezone.localtime(at).date() if at else ""


@login_required
@never_cache
@require_GET
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole plan of a matter, to be read as it is printed."""
    who = actor_of(request)
    found = matters.matter(who, pk)
    context = {"section": "plan", "matter": found, "paper": composed(found, who, now())}
    return render(request, "plan/book.html", context)


@login_required
@require_GET
def book(request: HttpRequest, pk: int, ending: str) -> FileResponse:
    """The whole plan of a matter as one document, Word or PDF."""
    if ending not in MIMES:
        raise LookupError(ending)
    who = actor_of(request)
    found = matters.matter(who, pk)
    paper = composed(found, who, now())
    content = press.word(paper) if ending == "docx" else press.pdf(paper)
    name = f"{paper.title}.{ending}"
    return FileResponse(
        io.BytesIO(content), as_attachment=True, filename=name, content_type=MIMES[ending]
    )


def _awaited(who: Actor, at: datetime) -> Iterable[Waiting]:
    """The journals that somebody owes, and their milestones past the day."""
    found = board.owing(who, timezone.localtime(at).date())
    address = f"{reverse('plan:index')}?mine=1"
    if len(found.matters) == 1:
        address = reverse("desk:matter", args=[*found.matters])
    yield Waiting("plan.waits.journals", found.journals, address)
    yield Waiting("plan.waits.lines", found.lines, address)


def register() -> None:
    """A room in the menu, and what is owed among what waits for somebody."""
    faces.placed("matters", Room("plan", "plan:index", "plan.title", icon="list-check"), may_look)
    faces.awaits(_awaited)

"""The matrix 规定动作台账: organisations × obligations in a period, one obligation through a year, a cell with what
met it and the form to do it, and who is free of it."""

import secrets
from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.exchange import api as exchange
from bihuan.kernel.matters.fieldtypes import Cell as TableCell
from bihuan.kernel.obligations import api as obligations
from bihuan.kernel.obligations.api import Line, Obligation, Row, Waiving
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError
from bihuan.rules import owing, periods
from bihuan.rules.owing import State
from bihuan.rules.periods import Grain, Period
from bihuan.web import choosing, paging, spans, tables, words
from bihuan.web import obligations as told
from bihuan.web.actor import actor_of
from bihuan.web.studio.door import carry_out, day_of, number_of

PAGE = 50
MOST = 5000
# How a state is marked on a page of its own.
TONES = {
    State.MET: "done",
    State.LATE: "urgent",
    State.MISSED: "late",
    State.SPARED: "paused",
}
STATES = (State.MET, State.LATE, State.DUE, State.MISSED, State.SPARED)


def _mine(who: Actor) -> list[Obligation]:
    found = obligations.seen(who)
    if not found:
        raise DeniedError("obligations")
    return found


def _one(who: Actor, full: str) -> Obligation:
    """An obligation of which the reader sees something. Raises LookupError."""
    found = next((one for one in obligations.known() if one.full == full), None)
    if found is None:
        raise LookupError(full)
    return found


def _within(request: HttpRequest, who: Actor, programme: str) -> tuple[str, str]:
    """The subtree asked for, of those the reader sees, as a path, and as it was typed; the first of them where
    none is. Raises LookupError where they see none."""
    roots = orgs.orgs_at(obligations.roots(who, programme))
    if not roots:
        raise LookupError(programme)
    try:
        found = choosing.taken(request.GET, "unit", "org", choosing.of_staff(who, spans.today()))
    except InputError:
        found = None
    if isinstance(found, int):
        place = orgs.org(found)
        if any(place.path.startswith(root.path) for root in roots):
            return place.path, choosing.chosen([str(found)])[0].label
    return roots[0].path, ""


def _period(request: HttpRequest) -> Period:
    """The period asked for, this month where none is or what is asked is none."""
    try:
        found = spans.read(request.GET.get("period", "")[:25])
    except periods.PeriodError:
        found = spans.read("")
    return found


def _day_in(period: Period, today: date) -> date:
    """The day of a period as of which each obligation's own period is meant."""
    return today if period.start <= today < period.after else period.last


def _years(today: date) -> list[int]:
    return list(range(today.year, today.year - 4, -1))


def _year(request: HttpRequest, today: date) -> int:
    given = request.GET.get("year", "")
    found = int(given) if given.isascii() and given.isdigit() and len(given) == 4 else today.year
    return found if periods.FIRST_YEAR < found < periods.LAST_YEAR else today.year


def _query(request: HttpRequest, *but: str) -> str:
    kept = request.GET.copy()
    for name in but:
        kept.pop(name, None)
    return kept.urlencode()


def _leaf(count: int, page: int) -> dict[str, int]:
    last = max(1, -(-count // PAGE))
    return {
        "page": page,
        "count": count,
        "before": page - 1 if page > 1 else 0,
        "after": page + 1 if page < last else 0,
    }


def _legend() -> list[tuple[str, str]]:
    return [
        (words.text(f"obligations.mark.{one}"), words.text(f"obligations.state.{one}"))
        for one in STATES
    ]


def _programme(request: HttpRequest, mine: list[Obligation]) -> str:
    given = request.GET.get("programme", "")
    ids = [one.programme.id for one in mine]
    return given if given in ids else ids[0]


@login_required
@never_cache
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every organisation and each obligation of a programme, in the period in which one looks."""
    who, today = actor_of(request), spans.today()
    mine = _mine(who)
    programme = _programme(request, mine)
    some = [one for one in mine if one.programme.id == programme]
    within, typed = _within(request, who, programme)
    period, page = _period(request), paging.number(request)
    rows, count = obligations.across(
        some, _day_in(period, today), within, today, skip=(page - 1) * PAGE, most=PAGE
    )
    boxes = [told.Boxes(one) for one in some if one.of_orgs]
    context = {
        "section": "obligations",
        "mine": mine,
        "programmes": list({one.programme.id: one.programme for one in mine}.values()),
        "programme": programme,
        "heads": [(one, told.name(one)) for one in some],
        "of_orgs": bool(boxes),
        "rows": [(row, _boxes(row, boxes)) for row in rows],
        "period": period,
        "given": period.text,
        "spans": spans.offered(),
        "unit": typed,
        "legend": _legend(),
        "query": _query(request, "page"),
        **_leaf(count, page),
    }
    return render(request, "desk/obligations.html", context)


def _boxes(row: Row, some: list[told.Boxes]) -> SafeString:
    cells = ((each, row.cells.get(each.one.name)) for each in some)
    return told.drawn(
        each.box(cell, row.org_id, named=True) if cell else each.none() for each, cell in cells
    )


@login_required
@never_cache
@require_GET
def one(request: HttpRequest, full: str) -> HttpResponse:
    """One obligation through a year: whoever owes it × its periods."""
    who, today = actor_of(request), spans.today()
    found = _one(who, full)
    year, page = _year(request, today), paging.number(request)
    run = owing.of_year(found.spec.grain, year)
    sees = bool(obligations.roots(who, found.programme.id))
    if sees:
        within, typed = _within(request, who, found.programme.id)
        lines, count = obligations.lines(
            found, run, within, today, skip=(page - 1) * PAGE, most=PAGE
        )
        lines = [obligations.veiled(who, found, line) for line in lines]
    else:
        # Whoever has no role there is told of what they owe themselves.
        typed, lines = "", [line for _, line in told.own(who, [(found, run)], today)]
        count = len(lines)
        if not lines:
            raise LookupError(full)
    boxes, units = told.Boxes(found), told.units(lines)
    context = {
        "section": "obligations",
        "found": found,
        "name": told.name(found),
        "rule": words.of(found.programme, f"owed.{found.name}"),
        "sees": sees,
        "heads": [told.period_name(each, short=True) for each in run],
        "lines": [
            (line, units.get(line.org_id, ""), told.drawn(_row(boxes, line))) for line in lines
        ],
        "many": len(run) > 1,
        "year": year,
        "years": _years(today),
        "unit": typed,
        "legend": _legend(),
        "query": _query(request, "page"),
        **_leaf(count, page),
    }
    return render(request, "desk/obligation.html", context)


def _row(boxes: told.Boxes, line: Line) -> list[told.Box]:
    return [boxes.box(cell, line.org_id, line.person_id) for cell in line.cells]


@login_required
@never_cache
@require_GET
def below(request: HttpRequest, full: str) -> HttpResponse:
    """One obligation through a year in numbers, by the units right below."""
    who, today = actor_of(request), spans.today()
    found = _one(who, full)
    within, typed = _within(request, who, found.programme.id)
    year = _year(request, today)
    run = owing.of_year(found.spec.grain, year)
    units = obligations.summed(found, run, within, today)
    everything: Counter[State] = Counter()
    for each in units:
        everything.update(each.states)
    context = {
        "section": "obligations",
        "found": found,
        "name": told.name(found),
        "rows": [
            (each, _told(each.states), urlencode({"unit": each.org_id, "year": year}))
            for each in units
        ],
        "all": _told(everything),
        "states": [words.text(f"obligations.state.{one}") for one in STATES],
        "year": year,
        "years": _years(today),
        "unit": typed,
        "query": _query(request),
    }
    return render(request, "desk/obligation_below.html", context)


def _told(states: Counter[State]) -> list[tuple[str, int]]:
    return [(words.text(f"obligations.state.{one}"), states[one]) for one in STATES]


def _sums(states: Counter[State]) -> list[int]:
    return [states[one] for one in STATES]


@login_required
@never_cache
@require_GET
def export(request: HttpRequest, full: str) -> HttpResponse:
    """One obligation through a year as a spreadsheet, logged by whom it was taken out."""
    who, at, today = actor_of(request), now(), spans.today()
    found = _one(who, full)
    within, _ = _within(request, who, found.programme.id)
    year = _year(request, today)
    run = owing.of_year(found.spec.grain, year)
    lines, count = obligations.lines(found, run, within, today, most=MOST)
    lines = [obligations.veiled(who, found, line) for line in lines]
    boxes, units = told.Boxes(found), told.units(lines)
    unit = [words.text("obligations.unit")] if units else []
    heads = [words.text("obligations.who"), *unit, *(told.period_name(each) for each in run)]
    sums = [words.text(f"obligations.state.{one}") for one in STATES]
    made = exchange.taken_out(
        who,
        [*heads, *sums, words.text("obligations.regularity")],
        [*(_cells(boxes, units, line) for line in lines), *_cut(count)],
        name=told.name(found)[:31],
        said={"list": "obligations", "obligation": found.full, "year": str(year)},
        at=at,
    )
    return tables.sent(made, "bihuan-obligations.xlsx")


def _cut(count: int) -> list[list[TableCell]]:
    """That the table does not hold all, where it does not."""
    if count <= MOST:
        return []
    return [[words.text("obligations.cut", most=MOST, count=count)]]


def _cells(boxes: told.Boxes, units: Mapping[int, str], line: Line) -> list[TableCell]:
    said = [each.said for each in _row(boxes, line)]
    states = obligations.tally([line])
    even = line.regularity
    unit = [units[line.org_id]] if units else []
    return [line.name, *unit, *said, *_sums(states), "" if even is None else Decimal(f"{even:.2f}")]


def _cell(
    request: HttpRequest, full: str, org: int, period: str, person: int | None
) -> tuple[Obligation, Org, Period]:
    """What a cell's address names, as far as the reader sees it. Raises LookupError."""
    who = actor_of(request)
    found, place = _one(who, full), orgs.org(org)
    if not obligations.sees(who, found, place.path, person):
        raise LookupError(org)
    try:
        span = periods.parse(period)
    except periods.PeriodError:
        raise LookupError(period) from None
    if span.grain is not found.spec.grain or span.grain is Grain.FREE:
        raise LookupError(period)
    return found, place, span


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def cell(
    request: HttpRequest, full: str, org: int, period: str, person: int | None = None
) -> HttpResponse:
    """A cell: what was owed, what met it, the form to do it, who is free of it; posted, a waiver."""
    who, today = actor_of(request), spans.today()
    found, place, span = _cell(request, full, org, period, person)
    status = 200
    if request.method == "POST":
        if request.POST.get("do") == "press":
            return _pressed(request, found, place)
        if carry_out(request, lambda: _do(request, found, place, person)):
            return redirect(request.path)
        status = 422
    line = obligations.line_of(found, [span], place, today, person)
    if line is None:
        raise LookupError(period)
    line = obligations.veiled(who, found, line)
    one = line.cells[0]
    context: dict[str, Any] = {
        "section": "obligations",
        "found": found,
        "name": told.name(found),
        "rule": words.of(found.programme, f"owed.{found.name}"),
        "line": line,
        "place": place,
        "cell": one,
        "period": told.period_name(span),
        "year": span.start.isocalendar().year if span.grain is Grain.WEEK else span.start.year,
        "said": told.Boxes(found).box(one, place.pk, person).said,
        "reason": told.reason(found, one),
        "things": told.shown(who, found, line, one),
        "also": words.listed(told.also(found)),
        "doors": told.doors(who, found, place.pk) if one.lacks else [],
        "press": told.pressed(who, found, place) if one.state is State.DUE else "",
        "waivers": _waivers(who, found, place, person),
        "may_waive": obligations.may_waive(who, found, place.path, person),
        "reasons": [
            (each, words.of(found.programme, f"exempted.{found.name}.{each}"))
            for each in found.spec.exempt
        ],
        "tone": TONES.get(one.state, "calm"),
        "key": secrets.token_urlsafe(16),
        "given": request.POST,
    }
    return render(request, "desk/obligation_cell.html", context, status=status)


def _pressed(request: HttpRequest, found: Obligation, place: Org) -> HttpResponse:
    """One press; back where it was pressed, which tells what became of it."""
    who, key = actor_of(request), request.POST.get("key") or None
    carry_out(request, lambda: obligations.press(found, place, actor=who, at=now(), key=key))
    back = request.POST.get("back")
    if back == "member:branch":
        return redirect(f"{reverse('member:branch')}?org={place.pk}")
    return redirect("member:today" if back == "member:today" else request.path)


def _waivers(who: Actor, found: Obligation, place: Org, person: int | None) -> list[dict[str, Any]]:
    if not obligations.reads_reason(who, found, place.path, person):
        return []
    rows = obligations.waivers(found.programme.id, found.name)
    return [
        {
            "row": row,
            "reason": words.of(found.programme, f"exempted.{found.name}.{row.reason}"),
            "by": obligations.said_by(row) or words.text("obligations.cell.house"),
            "mine": (row.end is None or row.end > spans.today())
            and obligations.may_waive(who, found, row.org.path, row.person_id),
        }
        for row in rows
        if row.person_id == person and (person is not None or row.org_id == place.pk)
    ]


def _do(request: HttpRequest, found: Obligation, place: Org, person: int | None) -> None:
    who, at = actor_of(request), now()
    if request.POST.get("do") == "end":
        pk = number_of(request.POST.get("waiver"))
        obligations.end_waiver(pk, on=spans.today(), actor=who, at=at)
        return
    wanted = Waiving(
        found,
        place,
        request.POST.get("reason", ""),
        day_of(request, "start") or spans.today(),
        day_of(request, "end"),
        person,
        request.POST.get("note", ""),
    )
    obligations.waive(wanted, actor=who, at=at, key=request.POST.get("key") or None)

"""The cockpit: each programme's figures for leaders, drawn, with the table beside and the definition
and the matters one tap away. What it shows comes from insight only."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from bihuan.foundation.access import logins
from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import duties
from bihuan.rules.periods import Grain, Period
from bihuan.spec.blocks import BLOCKS
from bihuan.spec.schema import Programme
from bihuan.web import errors, spans
from bihuan.web.actor import actor_of
from bihuan.web.desk import figures, movement

# How many organisations the choice offers.
PLACES = 60
WALL = "screen"
# How many groups a chart still shows apart; the table has them all.
DRAWN = 14
TOP = 6
# How many numbers stand first.
LEADING = 4
# How many numbers of a folded programme its line tells.
SUMMED = 2
SHAPES = {"period": "line", "flow": "flow"}


@login_required
@require_GET
def cockpit(request: HttpRequest) -> HttpResponse:
    """Four numbers first, then what presses, then all panels by programme: of one organisation and period."""
    who = actor_of(request)
    offered = places(who)
    if not offered:
        raise DeniedError("cockpit")
    asked = request.GET.get("org", "")
    org = next((one for one in offered if str(one.pk) == asked), offered[0])
    context: dict[str, Any] = {
        "section": "cockpit",
        "places": offered,
        "org": org,
        "spans": spans.offered(),
        "wall": wall(who, org),
    }
    try:
        period = figures.period_of(request)
        context |= {"month": period.text, "said": spans.told(period)}
        found = panels(who, org, period)
        with_late(who, org, found)
        pages = []
        for one, there in blocks(who, org, period):
            theirs = [panel for panel in found if panel["found"].programme.id == one.id]
            pages.append((one, theirs, there, leading([theirs])[:SUMMED]))
        context |= {"pages": pages, "leading": leading([theirs for _, theirs, _, _ in pages])}
    except insight.InsightError as error:
        problem = {"problem": errors.message(error)}
        return render(request, "desk/cockpit.html", context | problem, status=errors.status(error))
    return render(request, "desk/cockpit.html", context)


def leading(pages: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The numbers that stand first: the first panels of the programme that has most to tell, then of
    the next. One that may not be told, or that there is none of, leads nowhere."""
    told = [[one for one in page if one["result"].total.value is not None] for page in pages]
    told.sort(key=len, reverse=True)
    return [one for page in told for one in page][:LEADING]


def with_late(who: Actor, org: Org, found: list[dict[str, Any]]) -> None:
    """Says beside shares of kept promises what is late and unanswered."""
    late = insight.late_now(who, [one["found"] for one in found], org)
    for one in found:
        one["late"] = late.get((one["found"].programme.id, one["found"].id), 0)


def wall(who: Actor, org: Org) -> str:
    """What the link to an organisation's big screen ends with: whose right it is, and where. It
    ends when the person's password changes."""
    assert who.person_id is not None
    proof = logins.link_proof(orgs.standing_person(who.person_id))
    return signing.dumps([who.person_id, org.pk, proof], salt=WALL)


def places(who: Actor) -> list[Org]:
    """Where the reader leads or supervises, and what lies below."""
    roots = orgs.orgs_at(duties.paths(who, *duties.LEADING))
    below = (one for root in roots for one in orgs.find_orgs(within=root.path, limit=PLACES))
    return list({one.pk: one for one in (*roots, *below)}.values())


def panels(
    who: Actor, org: Org, month: Period, called: Callable[[Matter], str] = figures.titled
) -> list[dict[str, Any]]:
    """Every panel the reader may see, ready to be shown; `called` names matters among the groups.
    Raises InsightError without facts."""
    return [
        _panel(who, programme, spec, org, month, called=called)
        for programme in programmes.known()
        for spec in insight.COCKPIT.of(programme).values()
        if _known(programme, spec) and _may(who, programme, org)
    ]


def blocks(
    who: Actor, org: Org, month: Period
) -> list[tuple[Programme, list[tuple[str, str, Mapping[str, Any]]]]]:
    """Every programme that shows something here, with its blocks: the key of what it is called, the
    template, what is shown. One whose app was taken away is not there."""
    found = []
    for programme in programmes.known():
        if not (insight.COCKPIT.of(programme) or insight.BLOCKS_USED.of(programme)):
            continue
        there = []
        for name, one in (
            insight.BLOCKS_USED.of(programme).items() if _may(who, programme, org) else ()
        ):
            block = BLOCKS.get(one.block)
            args = block.args.model_validate(one.args) if block else None
            if block and (told := block.shown(who, org, month, programme, args)) is not None:
                there.append((f"blocks.{name}", block.template, told))
        found.append((programme, there))
    return found


def _known(programme: Programme, panel: "insight.PanelSpec") -> bool:
    """Whether its figure can be computed: the app of its measure may have been taken away."""
    found = programme.figures.get(panel.figure)
    return found is not None and found.is_known()


def _may(who: Actor, programme: Programme, org: Org) -> bool:
    try:
        insight.scope(who, programme, org)
    except DeniedError:
        return False
    return True


# The same facts give the same answer: asked once for each state of them, however many look.
@lru_cache(maxsize=1024)
def _figure(
    known: tuple[int, str, str],
    asked_of: tuple[str, str, int],
    period: Period,
    by: tuple[str, ...],
    *,
    compare: bool,
) -> "insight.Result":
    del known
    programme, figure, org = asked_of
    found = insight.definition(programme, figure)
    return insight.figure(found, period, orgs.org(org), by=by, compare=compare, so_far=compare)


def _panel(
    who: Actor,
    programme: Programme,
    spec: "insight.PanelSpec",
    org: Org,
    month: Period,
    *,
    called: Callable[[Matter], str],
) -> dict[str, Any]:
    period = spans.year_to(month) if spec.by == "period" else month
    state = insight.store().manifest()
    known = (state.batch, state.tail_hash, programme.manifest.version)
    asked_of = (programme.id, spec.figure, org.pk)
    # Of a line its own period alone is compared.
    compare = month.grain is not Grain.FREE
    by = spec.groupings()
    total = _figure(known, asked_of, month, by, compare=compare)
    groups = total if period == month else _figure(known, asked_of, period, by, compare=False)
    found = total.definition
    asked = {"period": period.text, "org": str(org.pk)}
    rows = figures.rows(who, groups, spec.by, asked, called)
    names = [row["name"] for row in rows[:DRAWN]]
    values = [row["value"].value for row in rows[:DRAWN]]
    if spec.by == "period" and rows:
        told_in = {row.key["period"]: row.value for row in groups.rows}
        names = figures.month_names(period)
        values = figures.every_month(found, period, told_in)
    return {
        "found": found,
        "data_id": f"data-{programme.id}-{found.id}",
        "by_name": figures.grouping_name(found, spec.by),
        "result": total,
        "shown": figures.shown(total.total, found.spec.measure),
        "unit": figures.unit(found),
        "compared": figures.compared(total),
        "moved": movement.moved(total),
        "rows": rows,
        "late": 0,
        "beside": _beside(known, total),
        "withholds": groups.withholds,
        # For whom a wall is read aloud: the last months, or the first of the others.
        "top": rows[-TOP:] if spec.by == "period" else rows[:TOP],
        "told_by": found.spec.org,
        # What may not be told leaves nothing to draw; the table says why.
        "draws": any(row["value"].value is not None for row in rows),
        "link": urlencode({"period": month.text, "org": str(org.pk)}),
        "drawn": {
            "shape": SHAPES.get(spec.by, "bar"),
            "share": found.spec.means.told == "share",
            "whole": found.spec.means.told == "whole",
            "names": names,
            "values": values,
            "ends": [row["ends"] for row in rows[:DRAWN]],
            "alarm": "late" in found.spec.among.levels,
        },
    }


def _beside(known: tuple[int, str, str], total: "insight.Result") -> dict[str, Any] | None:
    """What is told with a panel's number: of how many it speaks."""
    one = total.definition
    if one.spec.beside is None or total.scope is None:
        return None
    asked = (one.programme.id, one.spec.beside, total.scope)
    return figures.told_beside(_figure(known, asked, total.period, (), compare=False))

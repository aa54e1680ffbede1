"""The cockpit: each programme's figures for leaders, drawn, with the table beside and the definition
and the matters one tap away. What it shows comes from insight only."""

from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now
from bihuan.rules.periods import Grain, Period
from bihuan.spec.bulletins import ChartSpec
from bihuan.spec.schema import Programme
from bihuan.web import errors
from bihuan.web.actor import actor_of
from bihuan.web.desk import figures

ROLES = {"leader", "supervisor"}
# A line goes back so many months, this one included.
MONTHS = 12
# How many organisations the choice offers.
PLACES = 60
WALL = "screen"


@login_required
@require_GET
def cockpit(request: HttpRequest) -> HttpResponse:
    """All panels of this month for one organisation."""
    who = actor_of(request)
    offered = places(who)
    if not offered:
        raise DeniedError("cockpit")
    asked = request.GET.get("org", "")
    org = next((one for one in offered if str(one.pk) == asked), offered[0])
    month = Period.of(Grain.MONTH, timezone.localtime(now()).date())
    context: dict[str, Any] = {
        "section": "cockpit",
        "places": offered,
        "org": org,
        "month": month.text,
        "wall": wall(who, org),
    }
    try:
        context["panels"] = panels(who, org, month)
    except insight.InsightError as error:
        problem = {"problem": errors.message(error)}
        return render(request, "desk/cockpit.html", context | problem, status=errors.status(error))
    return render(request, "desk/cockpit.html", context)


def wall(who: Actor, org: Org) -> str:
    """What the link to an organisation's big screen ends with: whose right it is, and where."""
    return signing.dumps([who.person_id, org.pk], salt=WALL)


def places(who: Actor) -> list[Org]:
    """Where the reader leads or supervises, and what lies below."""
    held = {path for role in ROLES for path in who.paths(role)}
    roots = orgs.orgs_at(sorted(held))
    below = (one for root in roots for one in orgs.find_orgs(within=root.path, limit=PLACES))
    return list({one.pk: one for one in (*roots, *below)}.values())


def panels(who: Actor, org: Org, month: Period) -> list[dict[str, Any]]:
    """Every panel the reader may see, ready to be shown. Raises InsightError without facts."""
    return [
        _panel(programme, spec, org, month)
        for programme in programmes.known()
        for spec in programme.cockpit.values()
        if _may(who, programme, org)
    ]


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
    by: str | None,
) -> "insight.Result":
    del known
    programme, figure, org = asked_of
    found = insight.definition(programme, figure)
    groups = (by,) if by else ()
    return insight.figure(found, period, orgs.org(org), by=groups, compare=by is None)


def _panel(programme: Programme, spec: ChartSpec, org: Org, month: Period) -> dict[str, Any]:
    period = _year(month) if spec.by == "period" else month
    state = insight.store().manifest()
    known = (state.batch, state.tail_hash, programme.manifest.version)
    asked_of = (programme.id, spec.figure, org.pk)
    total = _figure(known, asked_of, month, None)
    groups = _figure(known, asked_of, period, spec.by)
    found = total.definition
    asked = {"period": period.text, "org": str(org.pk)}
    rows = figures.rows(groups, spec.by, asked)
    return {
        "found": found,
        "data_id": f"data-{programme.id}-{found.id}",
        "by": spec.by,
        "result": total,
        "shown": figures.shown(total.total, found.spec.measure),
        "compared": figures.compared(total),
        "rows": rows,
        # What may not be told leaves nothing to draw; the table says why.
        "draws": any(row["value"].value is not None for row in rows),
        "link": urlencode({"period": month.text, "org": str(org.pk)}),
        "drawn": {
            "line": spec.by == "period",
            "share": found.spec.measure == "share",
            "whole": found.spec.measure in ("count", "sum", "tally"),
            "names": [row["name"] for row in rows],
            "values": [row["value"].value for row in rows],
        },
    }


def _year(month: Period) -> Period:
    start = month
    for _ in range(MONTHS - 1):
        start = start.before()
    return Period(Grain.FREE, start.start, month.after)

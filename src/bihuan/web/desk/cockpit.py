"""The cockpit: each programme's figures for leaders, drawn, with the table beside and the definition
and the matters one tap away. What it shows comes from insight only."""

from typing import Any

from django.contrib.auth.decorators import login_required
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


@login_required
@require_GET
def cockpit(request: HttpRequest) -> HttpResponse:
    """All panels of this month for one organisation."""
    who = actor_of(request)
    if not who.roles() & ROLES:
        raise DeniedError("cockpit")
    places = _places(who)
    if not places:
        raise DeniedError("cockpit")
    asked = request.GET.get("org", "")
    org = next((one for one in places if str(one.pk) == asked), places[0])
    month = Period.of(Grain.MONTH, timezone.localtime(now()).date())
    context = {"section": "cockpit", "places": places, "org": org, "month": month.text}
    try:
        context["panels"] = panels(who, org, month)
    except insight.InsightError as error:
        problem = {"problem": errors.message(error)}
        return render(request, "desk/cockpit.html", context | problem, status=errors.status(error))
    return render(request, "desk/cockpit.html", context)


def _places(who: Actor) -> list[Org]:
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


def _panel(programme: Programme, spec: ChartSpec, org: Org, month: Period) -> dict[str, Any]:
    found = insight.definition(programme.id, spec.figure)
    total = insight.figure(found, month, org, compare=True)
    period = _year(month) if spec.by == "period" else month
    groups = insight.figure(found, period, org, by=(spec.by,))
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

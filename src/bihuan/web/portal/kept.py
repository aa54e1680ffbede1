"""Promised and kept: every limit with its clause, and how it was kept last month or quarter."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from bihuan.insight.api import InsightError
from bihuan.lib.clock import now
from bihuan.outcomes.publicity import api as publicity
from bihuan.rules.periods import Grain, Period

GRAINS = {"month": Grain.MONTH, "quarter": Grain.QUARTER}


@require_GET
def kept(request: HttpRequest) -> HttpResponse:
    """The last full month, or quarter, of one place; without facts it says so."""
    at = now()
    known = publicity.kept_places(at)
    wanted = request.GET.get("org", "")
    org = next((one for one in known if str(one.pk) == wanted), known[0] if known else None)
    grain = request.GET.get("of", "")
    grain = grain if grain in GRAINS else "month"
    context: dict[str, Any] = {"section": "kept", "places": known, "org": org, "of": grain}
    if org is not None:
        day = timezone.localtime(at).date()
        period = Period.of(GRAINS[grain], day).before()
        context["period"] = period
        try:
            context["report"] = publicity.kept(org, period, at=at)
        except InsightError:
            context["report"] = None
    return render(request, "portal/kept.html", context)

"""Promised and kept: every limit with its clause, and how it was kept last month or quarter."""

from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from bihuan.insight.api import InsightError
from bihuan.lib.clock import now
from bihuan.outcomes.publicity import api as publicity
from bihuan.rules.periods import Grain, Period
from bihuan.web.portal import ours

GRAINS = {"month": Grain.MONTH, "quarter": Grain.QUARTER}


def _asked(request: HttpRequest) -> dict[str, Any]:
    """The place and the period that are asked for, or the usual ones."""
    at = now()
    known = ours.first(publicity.kept_places(at), lambda one: one)
    wanted = request.GET.get("org", "")
    org = next((one for one in known if str(one.pk) == wanted), known[0] if known else None)
    grain = request.GET.get("of", "")
    grain = grain if grain in GRAINS else "month"
    period = Period.of(GRAINS[grain], timezone.localtime(at).date()).before()
    return {"places": known, "org": org, "of": grain, "period": period}


@require_GET
def kept(request: HttpRequest) -> HttpResponse:
    """The last full month, or quarter, of one place; without facts it says so."""
    context = _asked(request) | {"section": "kept", "report": None}
    if context["org"] is not None:
        with suppress(InsightError):
            context["report"] = publicity.kept(context["org"], context["period"], at=now())
    return render(request, "portal/kept.html", context)


@require_GET
def honours(request: HttpRequest) -> HttpResponse:
    """Who stands on the lists of honour, by which figures."""
    context = _asked(request) | {"section": "kept", "report": None}
    if context["org"] is not None:
        with suppress(InsightError):
            context["report"] = publicity.lists_of_honour(context["org"], context["period"])
    return render(request, "portal/honours.html", context)

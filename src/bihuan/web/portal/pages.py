"""The front page, what is promised, and what we do with personal data."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from bihuan.kernel.receivers.api import promises, receivers
from bihuan.lib.clock import now
from bihuan.outcomes.publicity import api as publicity


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What one can do here, and what was answered lately."""
    return render(request, "portal/home.html", {"latest": publicity.published(limit=6)})


@require_GET
def promise(request: HttpRequest) -> HttpResponse:
    """Every receiving organisation's limits, each with the clause it comes from."""
    at = now()
    known = receivers(timezone.localtime(at).date())
    rows = [(one, found) for one in known if (found := promises(one, at))]
    return render(request, "portal/promise.html", {"section": "promise", "rows": rows})


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, for how long, and who sees it."""
    return render(request, "portal/privacy.html", {"section": "privacy"})

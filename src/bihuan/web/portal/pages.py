"""The front page, what is promised, and what we do with personal data."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from bihuan.kernel.receivers.api import receivers
from bihuan.kernel.services import api as services
from bihuan.kernel.upkeep import first_run
from bihuan.lib.clock import now
from bihuan.outcomes.publicity import api as publicity
from bihuan.web.portal import ask, ours, promised

SERVICES, ANSWERS = 4, 5
# So many things to send have a door each on the front page; more are asked for on a page of their own.
DOORS = 3


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What one can do here, what is asked for at the windows, and what was answered lately."""
    day = timezone.localtime(now()).date()
    wanted = ask.wants(ask.open_now())
    if not wanted and first_run.is_open():
        return redirect("setup")
    offered = ours.first(services.offered("", day), lambda one: one.org)
    context = {
        "wants": wanted if 1 < len(wanted) <= DOORS else [],
        "latest": publicity.published(limit=ANSWERS),
        "services": offered[:SERVICES],
        "more_services": len(offered) > SERVICES,
    }
    return render(request, "portal/home.html", context)


@require_GET
def promise(request: HttpRequest) -> HttpResponse:
    """What holds for all who receive, told once; then who promises otherwise."""
    at = now()
    known = ours.first(receivers(timezone.localtime(at).date()), lambda one: one.org)
    context = {"section": "promise", "groups": list(promised.groups(known, at))}
    return render(request, "portal/promise.html", context)


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, for how long, and who sees it."""
    return render(request, "portal/privacy.html", {"section": "privacy"})

"""Where the mobile unit comes, when, and what can be done there."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from bihuan.kernel.halls import api as halls
from bihuan.kernel.services import api as services
from bihuan.lib.clock import now

AHEAD = timedelta(days=90)


def to_come(today: date) -> list[halls.Visit]:
    """The outings that are announced, soonest first."""
    return halls.visits(today, today + AHEAD)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The outings to come, soonest first; one that was called off says why."""
    today = timezone.localtime(now()).date()
    rows = [(row, [services.standing_service(pk) for pk in row.services]) for row in to_come(today)]
    return render(request, "portal/visits.html", {"section": "services", "rows": rows})

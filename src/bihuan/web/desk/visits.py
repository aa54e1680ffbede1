"""The mobile unit: its outings."""

from datetime import time, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_time
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access.api import DeniedError
from bihuan.kernel.afield import api as afield
from bihuan.kernel.halls import api as halls
from bihuan.kernel.halls.api import Hall
from bihuan.kernel.services import api as services
from bihuan.lib.clock import now
from bihuan.web.actor import actor_of
from bihuan.web.numbers import whole
from bihuan.web.studio.door import carry_out, day_of, number_of

BACK, AHEAD = timedelta(days=60), timedelta(days=60)


def _mine(request: HttpRequest) -> list[Hall]:
    found = halls.at_desk(actor_of(request), timezone.localtime(now()).date(), "apply")
    if not found:
        raise DeniedError("receive")
    return found


def _offered(hall: Hall) -> tuple[services.Service, ...]:
    return services.at_window(hall.org.path, timezone.localtime(now()).date())


@login_required
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The outings of one's halls, a form that plans one, a reason that calls one off."""
    mine = _mine(request)
    asked = request.POST.get("hall") or request.GET.get("hall", "")
    hall = next((one for one in mine if str(one.org.pk) == asked), mine[0])
    status = 200
    if request.method == "POST":
        if carry_out(request, lambda: _do(request, hall)):
            return redirect(f"{request.path}?hall={hall.org.pk}")
        status = 422
    today = timezone.localtime(now()).date()
    context: dict[str, Any] = {
        "section": "visits",
        "halls": mine,
        "hall": hall,
        "rows": halls.visits(today - BACK, today + AHEAD, [hall.org.pk]),
        "services": _offered(hall),
        "held": len(afield.held(actor_of(request))),
        "picked": _picked(request),
        "today": today,
        "given": request.POST,
    }
    return render(request, "desk/visits.html", context, status=status)


def _time(request: HttpRequest, name: str) -> time:
    try:
        found = parse_time(request.POST.get(name, ""))
    except ValueError:
        found = None
    if found is None:
        raise halls.HallError("halls.closes_before")
    return found


def _do(request: HttpRequest, hall: Hall) -> None:
    at, actor = now(), actor_of(request).ref
    if request.POST.get("do") == "cancel":
        row = halls.visit(number_of(request.POST.get("visit")))
        if row.org_id != hall.org.pk:
            raise LookupError(row.pk)
        halls.cancel(row.pk, request.POST.get("reason", ""), at=at, actor=actor)
        return
    chosen = _picked(request)
    given = halls.Outing(
        place=request.POST.get("place", ""),
        day=day_of(request, "day") or timezone.localtime(at).date(),
        opens=_time(request, "opens"),
        closes=_time(request, "closes"),
        services=chosen,
        note=request.POST.get("note", ""),
    )
    halls.plan(hall.org, given, at=at, actor=actor)


def _picked(request: HttpRequest) -> list[int]:
    return [pk for text in request.POST.getlist("service") if (pk := whole(text)) is not None]

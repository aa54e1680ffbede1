"""The catalogue of services: add, change, end, take in a table."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access.api import ADMIN, Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.services import api as services
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError
from bihuan.web.actor import actor_of
from bihuan.web.studio.door import (
    carry_out,
    chosen,
    day_of,
    number_of,
    show,
    system_administrator,
    today,
)

SHOWN_ROWS = 500


@system_administrator
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """What the departments one administers promise."""
    who = actor_of(request)
    if request.method == "POST" and carry_out(request, lambda: _do(request, who)):
        return redirect("studio:services")
    context: dict[str, Any] = {
        "page": "services",
        "rows": services.history_of(who.paths(ADMIN)),
        "today": today(),
    }
    return show(request, "studio/services.html", context)


def _do(request: HttpRequest, who: Actor) -> None:
    step = request.POST.get("do", "")
    if step == "end":
        pk = number_of(request.POST.get("service"))
        services.end(pk, on=today(), at=now(), actor=who)
    else:
        _offer(request, who)


def _days(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "").strip()
    if not text.isascii() or not text.isdigit() or len(text) > 5:
        raise InputError({name: ("input.not_a_number", {})})
    return int(text)


def _offer(request: HttpRequest, who: Actor) -> None:
    org = orgs.org(chosen(request, "org", "org"))
    given = services.Offer(
        code=request.POST.get("code", ""),
        name=request.POST.get("name", ""),
        statutory=_days(request, "statutory"),
        promised=_days(request, "promised"),
        clause=request.POST.get("clause", ""),
        materials=tuple(request.POST.get("materials", "").splitlines()),
        immediate=bool(request.POST.get("immediate")),
        fee=request.POST.get("fee", ""),
        applicants=request.POST.get("applicants", ""),
        place=request.POST.get("place", ""),
        hours=request.POST.get("hours", ""),
        phone=request.POST.get("phone", ""),
        forms=tuple(request.POST.get("forms", "").splitlines()),
        result=request.POST.get("result", ""),
    )
    start = day_of(request, "start") or today()
    services.offer(org, given, start=start, at=now(), actor=who)

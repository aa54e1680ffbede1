"""The mobile unit: its outings, and the page on a clerk's phone that works without a network."""

import json
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime, parse_time
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.foundation.access.api import DeniedError
from bihuan.foundation.audit.api import vault
from bihuan.kernel.halls import api as halls
from bihuan.kernel.halls.api import Hall
from bihuan.kernel.matters import api as matters
from bihuan.kernel.services import api as services
from bihuan.lib.clock import now
from bihuan.web import errors
from bihuan.web.actor import actor_of
from bihuan.web.studio.door import carry_out, day_of, number_of

WORKER = Path(__file__).parents[1] / "static" / "bihuan" / "mobile-worker.js"
# What a phone still knows of: entries may come in long after the outing.
BACK, AHEAD = timedelta(days=60), timedelta(days=60)
BATCH = 50
FIELDS = {"key": 100, "step": 20, "name": 300, "phone": 300, "remark": 20_000, "taken": 40}


def _mine(request: HttpRequest) -> list[Hall]:
    found = halls.at_desk(actor_of(request), timezone.localtime(now()).date(), "apply")
    if not found:
        raise DeniedError("desk")
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
        "picked": [int(pk) for pk in request.POST.getlist("service") if pk.isdigit()],
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
    chosen = [int(pk) for pk in request.POST.getlist("service") if pk.isdigit() and len(pk) < 18]
    given = halls.Outing(
        place=request.POST.get("place", ""),
        day=day_of(request, "day") or timezone.localtime(at).date(),
        opens=_time(request, "opens"),
        closes=_time(request, "closes"),
        services=chosen,
        note=request.POST.get("note", ""),
    )
    halls.plan(hall.org, given, at=at, actor=actor)


@login_required
@require_GET
def phone(request: HttpRequest) -> HttpResponse:
    """The page itself. It names nobody, for it stays on the phone."""
    _mine(request)
    return render(request, "desk/mobile.html", {})


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, from the folder it may answer for."""
    del request
    return HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")


@login_required
@require_GET
def outings(request: HttpRequest) -> HttpResponse:
    """What the phone must know before it loses the network, and a fresh token to write with."""
    mine = _mine(request)
    today = timezone.localtime(now()).date()
    rows = halls.visits(today - BACK, today + AHEAD, [one.org.pk for one in mine])
    known = {one.pk: one for hall in mine for one in _offered(hall)}
    found = [
        {
            "id": row.pk,
            "day": row.day.isoformat(),
            "place": row.place,
            "services": [
                {"id": pk, "name": known[pk].name, "immediate": known[pk].immediate}
                for pk in row.services
                if pk in known
            ],
        }
        for row in rows
        if not row.cancelled
    ]
    return JsonResponse({"token": get_token(request), "today": today.isoformat(), "visits": found})


def _text(raw: dict[str, Any], name: str) -> str:
    value = raw.get(name, "")
    return value[: FIELDS[name]] if isinstance(value, str) else ""


def _entered(raw: dict[str, Any]) -> matters.Entered:
    service = raw.get("service")
    return matters.Entered(
        key=_text(raw, "key"),
        taken=_instant(_text(raw, "taken")),
        step=_text(raw, "step"),
        service=service if isinstance(service, int) and 0 < service < 2**63 else None,
        contact=vault.Person(_text(raw, "name"), _text(raw, "phone"), ""),
        remark=_text(raw, "remark"),
    )


def _instant(text: str) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    return found if found is not None and timezone.is_aware(found) else now()


def _entries(request: HttpRequest, orgs: set[int]) -> tuple[halls.Visit, list[dict[str, Any]]]:
    """The outing, if it is of one of the organisations, and what was entered there.

    Raises LookupError, MatterError."""
    try:
        sent = json.loads(request.body)
        pk, rows = int(sent["visit"]), list(sent["entries"])
    except (ValueError, TypeError, KeyError):
        raise matters.MatterError("matters.unreadable") from None
    if len(rows) > BATCH or not all(isinstance(r, dict) and _text(r, "key") for r in rows):
        raise matters.MatterError("matters.unreadable")
    visit = halls.visit(pk)
    if visit.org_id not in orgs:
        raise LookupError(pk)
    return visit, rows


@login_required
@require_POST
def sync(request: HttpRequest) -> HttpResponse:
    """Takes in what the phone kept; answers each with its number, or with the reason it stays."""
    mine = {one.org.pk for one in _mine(request)}
    try:
        visit, rows = _entries(request, mine)
    except (LookupError, matters.MatterError) as error:
        return JsonResponse({"problem": errors.message(error)}, status=errors.status(error))
    fates = matters.take_in(
        visit,
        [_entered(row) for row in rows],
        actor=actor_of(request),
        at=now(),
    )
    told = [
        {
            "key": one.key,
            "number": one.number,
            "problem": errors.message(one.problem) if one.problem else "",
        }
        for one in fates
    ]
    return JsonResponse({"entries": told})

"""Booking a half hour at a hall for a service: the days, the places left, the receipt."""

import secrets
from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access import origin
from bihuan.foundation.access.api import SENDER
from bihuan.foundation.audit.api import vault
from bihuan.kernel.halls import api as halls
from bihuan.kernel.halls.api import Free, Hall
from bihuan.kernel.matters import api as matters
from bihuan.kernel.services.api import Service
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.web import errors, words
from bihuan.web.portal import apply, ask, proof

CHANNEL = "web"


def hall_of(service: Service) -> Hall | None:
    """Where one books for a service."""
    return halls.nearest(service.org.path, timezone.localtime(now()).date(), "appointment")


@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, pk: int) -> HttpResponse:
    """The days and half hours; posted, the receipt with the code that moves and cancels."""
    one = apply.offered(pk)
    hall = hall_of(one)
    if hall is None:
        raise LookupError(pk)
    if request.method == "GET":
        return _form(request, one, hall, {})
    address = origin.of(request.META)
    refused = proof.turned_away(request, address)
    if refused is not None:
        key, status = refused
        return _form(request, one, hall, {"": words.text(key)}, status)
    try:
        opened = _send(request, one, hall)
    except InputError as error:
        return _form(request, one, hall, errors.by_field(error), 422)
    except ProblemError as error:
        return _form(request, one, hall, {"": errors.message(error)}, 409)
    proof.count_sent(request, address)
    return ask.receipt(request, opened, what="book")


def _day(request: HttpRequest, days: list[date]) -> date | None:
    """The day that is looked at: the one asked for, or the first with a place."""
    wanted = request.POST.get("slot", "")[:10] or request.GET.get("day", "")
    try:
        asked = parse_date(wanted)
    except ValueError:
        asked = None
    return asked if asked in days else next(iter(days), None)


def _form(
    request: HttpRequest, one: Service, hall: Hall, problems: dict[str, str], status: int = 200
) -> HttpResponse:
    held: dict[date, list[Free]] = {
        day: list(rows)
        for day, rows in groupby(
            halls.bookable(hall.org, hall.programme, now()), key=lambda row: row.day
        )
    }
    days = [(day, sum(row.left for row in rows)) for day, rows in held.items()]
    day = _day(request, [day for day, left in days if left] or list(held))
    context: dict[str, Any] = {
        "section": "services",
        "one": one,
        "hall": hall,
        "days": days,
        "day": day,
        "slots": held.get(day, []) if day else [],
        "problems": problems,
        "given": request.POST,
        "key": request.POST.get("key") or secrets.token_urlsafe(16),
        "proof": proof.strings() if proof.wanted() else "",
    }
    return render(request, "portal/book.html", context, status=status)


def _send(request: HttpRequest, one: Service, hall: Hall) -> matters.Opened:
    contact = vault.Person(request.POST.get("name", ""), request.POST.get("phone", ""), "")
    missing = [name for name in ("name", "phone") if not request.POST.get(name, "").strip()]
    if missing:
        raise InputError({name: ("input.required", {}) for name in missing})
    opening = matters.Opening(
        programme=hall.programme.id,
        kind=hall.kinds["appointment"],
        home=hall.org,
        subject=one.name,
        body=words.default_text("book.body", name=one.name),
        fields={
            "service": one.pk,
            "channel": CHANNEL,
            "slot": request.POST.get("slot", ""),
        },
        contact=contact,
        own=("subject", "body", "channel"),
    )
    key = request.POST.get("key") or None
    return matters.open_matter(opening, actor=SENDER, at=now(), key=key)

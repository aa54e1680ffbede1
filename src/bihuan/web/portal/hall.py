"""Taking a number and the screen that calls it. Nothing is known of who took it."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.access import origin, throttle
from bihuan.foundation.access.api import SENDER
from bihuan.kernel.halls import api as halls
from bihuan.kernel.halls.api import Hall
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.lib.clock import now
from bihuan.lib.problems import ProblemError
from bihuan.web import counters, errors, words
from bihuan.web.portal import follow

TAKES, WINDOW = 60, 600
# How many calls are read from five metres.
CALLED = 5


def _call(ticket: Matter) -> tuple[str, str, str]:
    """A number that is called: to which window, and how that is said aloud."""
    number, window = counters.short(ticket), ticket.facts.get("window", "")
    return number, window, words.text("window.say", number=number, window=window)


@require_http_methods(["GET", "POST"])
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a ticket machine; posted, a number."""
    at = now()
    hall = halls.hall(pk, timezone.localtime(at).date())
    context: dict[str, Any] = {"section": "hall", "hall": hall, "ticket": "", "problem": ""}
    context["books"] = "appointment" in hall.kinds
    if request.method == "POST" and request.POST.get("code"):
        return _arrive(request, hall, context)
    if request.method == "POST":
        address = origin.of(request.META)
        if throttle.too_many("ticket", address, limit=TAKES):
            context["problem"] = words.text("window.too_many")
            return render(request, "portal/hall.html", context, status=429)
        throttle.count("ticket", address, seconds=WINDOW)
        opening = matters.Opening(
            programme=hall.programme.id,
            kind=hall.kinds["ticket"],
            home=hall.org,
            body=words.default_text("window.ticket"),
            fields={"channel": counters.TICKETS},
            anonymous=True,
        )
        opened = matters.open_matter(opening, actor=SENDER, at=at)
        context["ticket"] = counters.short(opened.matter)
    waiting = [t for t in counters.tickets(hall, at) if t.state == "waiting"]
    return render(request, "portal/hall.html", {**context, "waiting": len(waiting)})


def _number_for(request: HttpRequest, hall: Hall, at: datetime) -> str:
    found = follow.found_by_code(request)
    if found.home_id != hall.org.pk:
        raise LookupError(found.pk)
    if found.state == "booked":
        action = counters.action(found, "arrive")
        found = matters.act(0, action, actor=SENDER, at=at, code=request.POST.get("code", ""))
    return counters.short(matters.open_children(found)[0])


def _arrive(request: HttpRequest, hall: Hall, context: dict[str, Any]) -> HttpResponse:
    """The number of somebody who has booked, by their code."""
    at = now()
    locked = follow.locked_for(request)
    if locked:
        return render(request, "portal/hall.html", {**context, "problem": locked}, status=429)
    status = 200
    try:
        context["ticket"] = _number_for(request, hall, at)
    except ProblemError as error:
        context["problem"], status = errors.message(error), errors.status(error)
    except (LookupError, IndexError):
        context["problem"], status = words.text("portal.code_unknown"), 404
    waiting = [t for t in counters.tickets(hall, at) if t.state == "waiting"]
    context["waiting"] = len(waiting)
    return render(request, "portal/hall.html", context, status=status)


@require_GET
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is called to which window; asks for its own middle every few seconds."""
    at = now()
    hall = halls.hall(pk, timezone.localtime(at).date())
    queue = counters.tickets(hall, at)
    called = sorted(
        (t for t in queue if t.state == "called"), key=lambda t: t.changed_at, reverse=True
    )
    context = {
        "hall": hall,
        "called": [_call(t) for t in called[:CALLED]],
        # The browser says numbers aloud only where the link of the screen asks for it.
        "aloud": words.locale() if request.GET.get("aloud") == "1" else "",
        "next": [counters.short(t) for t in queue if t.state == "waiting"][:12],
        "at": timezone.localtime(at),
    }
    part = "#part" if request.headers.get("HX-Request") else ""
    response = render(request, f"portal/screen.html{part}", context)
    response.headers["Cache-Control"] = "no-store"
    return response

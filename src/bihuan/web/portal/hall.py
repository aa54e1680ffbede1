"""Taking a number and the screen that calls it. Nothing is known of who took it."""

import secrets
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
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now
from bihuan.lib.problems import ProblemError
from bihuan.web import counters, errors, words
from bihuan.web.portal import follow

TAKES, WINDOW = 60, 600
# How many calls are read from five metres, how many numbers that wait.
CALLED, WAIT = 7, 12


def _call(ticket: Matter) -> tuple[str, str, str]:
    """A number that is called: to which window, and how that is said aloud. A desk of another name is
    called by it alone."""
    number, window = counters.short(ticket), ticket.facts.get("window", "")
    if window[:1].isdigit():
        window = words.text("window.numbered", window=window)
    return number, window, words.text("window.say", number=number, window=window)


@require_http_methods(["GET", "POST"])
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a ticket machine; posted, a number for what was chosen, or for a code of who booked."""
    at = now()
    hall = halls.hall(pk, timezone.localtime(at).date())
    status = 200
    told: dict[str, Any] = {}
    if request.method == "POST":
        try:
            ticket = (
                _arrived(request, hall, at) if request.POST.get("code") else _taken(request, hall)
            )
            told = {"slip": _slip(hall, ticket, at)}
        except ProblemError as error:
            status, told = errors.status(error), {"problem": errors.message(error)}
        except _HeldOffError as error:
            status, told = error.status, {"problem": error.told}
    queue = halls.tickets(hall, at)
    context: dict[str, Any] = {
        "section": "hall",
        "hall": hall,
        "key": secrets.token_urlsafe(16),
        "books": "appointment" in hall.kinds,
        "ways": counters.ways(hall, queue),
        "waiting": sum(one.state == "waiting" for one in queue),
        **told,
    }
    return render(request, "portal/hall.html", context, status=status)


class _HeldOffError(Exception):
    """No number this time; what is said, and with which status."""

    def __init__(self, told: str, status: int) -> None:
        self.told, self.status = told, status
        super().__init__(told)


def _taken(request: HttpRequest, hall: Hall) -> matters.Matter:
    address = origin.of(request.META)
    if throttle.too_many("ticket", address, limit=TAKES):
        raise _HeldOffError(words.text("window.too_many"), 429)
    throttle.count("ticket", address, seconds=WINDOW)
    fields = {"channel": halls.MACHINE}
    lines = halls.lines(hall.programme, hall.kinds["ticket"])
    if lines and request.POST.get("line"):
        fields[lines[0].field] = request.POST["line"]
    opening = matters.Opening(
        programme=hall.programme.id,
        kind=hall.kinds["ticket"],
        home=hall.org,
        body=words.default_text("window.ticket"),
        fields=fields,
        anonymous=True,
        own=("body", "channel"),
    )
    key = request.POST.get("key") or None
    return matters.open_matter(opening, actor=SENDER, at=now(), key=key).matter


def _number_for(request: HttpRequest, hall: Hall, at: datetime) -> matters.Matter:
    found = follow.found_by_code(request)
    if found.home_id != hall.org.pk:
        raise LookupError(found.pk)
    if found.state == "booked":
        action = halls.action(programmes.spec_of(found.release_id), found.kind, "arrive")
        found = matters.act(0, action, actor=SENDER, at=at, code=request.POST.get("code", ""))
    return halls.ticket_of(found)


def _arrived(request: HttpRequest, hall: Hall, at: datetime) -> matters.Matter:
    """The number of somebody who has booked, by their code."""
    locked = follow.locked_for(request)
    if locked:
        raise _HeldOffError(locked, 429)
    try:
        return _number_for(request, hall, at)
    except LookupError as error:
        raise _HeldOffError(words.text("portal.code_unknown"), 404) from error


def _slip(hall: Hall, ticket: matters.Matter, at: datetime) -> dict[str, Any]:
    """What a visitor takes along: the number, what for, who is before them, when it was taken."""
    queue = [one for one in halls.tickets(hall, at) if one.state == "waiting"]
    before = next((n for n, one in enumerate(queue) if one.pk == ticket.pk), 0)
    lines = halls.lines(hall.programme, ticket.kind)
    chosen = str(ticket.facts.get(lines[0].field, "")) if lines else ""
    return {
        "number": counters.short(ticket),
        "name": words.choice_of(hall.programme, lines[0].field, chosen) if chosen else "",
        "before": before,
        "at": ticket.opened_at,
    }


@require_GET
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is called to which window; asks for its own middle every few seconds."""
    at = now()
    hall = halls.hall(pk, timezone.localtime(at).date())
    queue = halls.tickets(hall, at)
    waiting = [one for one in queue if one.state == "waiting"]
    called = sorted(
        (t for t in queue if t.state == "called"), key=lambda t: t.changed_at, reverse=True
    )
    context = {
        "hall": hall,
        "called": [_call(t) for t in called[:CALLED]],
        # The browser says numbers aloud only where the link of the screen asks for it.
        "aloud": words.locale() if request.GET.get("aloud") == "1" else "",
        "next": [counters.short(one) for one in waiting[:WAIT]],
        "waiting": len(waiting),
        "at": timezone.localtime(at),
    }
    part = "#part" if request.headers.get("HX-Request") else ""
    response = render(request, f"portal/screen.html{part}", context)
    response.headers["Cache-Control"] = "no-store"
    return response

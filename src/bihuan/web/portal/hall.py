"""Taking a number and the screen that calls it. Nothing is known of who took it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.access import throttle
from bihuan.foundation.access.api import SENDER
from bihuan.kernel.matters import api as matters
from bihuan.lib.clock import now
from bihuan.web import counters, words

TAKES, WINDOW = 60, 600


@require_http_methods(["GET", "POST"])
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a ticket machine; posted, a number."""
    at = now()
    hall = counters.hall(pk, timezone.localtime(at).date())
    context = {"section": "hall", "hall": hall, "ticket": "", "problem": ""}
    if request.method == "POST":
        address = request.META.get("REMOTE_ADDR", "")
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


@require_GET
def screen(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is called to which window; asks for its own middle every few seconds."""
    at = now()
    hall = counters.hall(pk, timezone.localtime(at).date())
    queue = counters.tickets(hall, at)
    called = sorted(
        (t for t in queue if t.state == "called"), key=lambda t: t.changed_at, reverse=True
    )
    context = {
        "hall": hall,
        "called": [(counters.short(t), t.facts.get("window", "")) for t in called[:8]],
        "next": [counters.short(t) for t in queue if t.state == "waiting"][:12],
        "at": timezone.localtime(at),
    }
    part = "#part" if request.headers.get("HX-Request") else ""
    response = render(request, f"portal/screen.html{part}", context)
    response.headers["Cache-Control"] = "no-store"
    return response

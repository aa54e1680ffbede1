"""The clerk's window: the next person in one key, the usual case in three interactions."""

import secrets
from typing import Any
from urllib.parse import quote, unquote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.audit.api import vault
from bihuan.kernel.afield import api as afield
from bihuan.kernel.halls import api as halls
from bihuan.kernel.halls.api import Hall
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.services import api as services
from bihuan.lib import codes
from bihuan.lib.clock import now
from bihuan.lib.problems import GoneError, InputError, ProblemError, RefusedError
from bihuan.web import counters, errors, faces, words
from bihuan.web.actor import actor_of
from bihuan.web.portal import ask
from bihuan.web.studio.door import number_of

LABEL = 20
# Which counter this is, kept by the browser that stands on it: whoever works there tomorrow has it too.
COUNTER, KEPT = "counter", 366 * 24 * 3600
FIELDS = ("service", "name", "phone", "body", "window")


def opens() -> None:
    """Registers the page as the one that opens what belongs to windows."""
    faces.opened_at(halls.AT_WINDOW, lambda one: reverse("desk:window"))


@login_required
@require_http_methods(["GET", "POST"])
def window(request: HttpRequest) -> HttpResponse:
    """Who is here, who waits, and one short form for what they came for."""
    who = actor_of(request)
    mine = halls.at_desk(who, timezone.localtime(now()).date(), "ticket")
    if not mine:
        raise DeniedError("receive")
    asked = request.POST.get("hall") or str(request.session.get("hall", ""))
    hall = next((one for one in mine if str(one.org.pk) == asked), mine[0])
    if request.method == "GET":
        return _page(request, mine, hall)
    request.session["hall"] = hall.org.pk
    if "label" in request.POST:
        request.session["window"] = request.POST["label"].strip()[:LABEL]
    try:
        opened = _do(request, hall, who)
    except (ProblemError, LookupError) as error:
        return _page(request, mine, hall, problem=_told(error), status=errors.status(error))
    # The code stands in the answer alone: nothing keeps it to show it again.
    answer = _page(request, mine, hall, opened=opened) if opened else redirect("desk:window")
    if "label" in request.POST:
        kept = quote(_counter(request))
        answer.set_cookie(COUNTER, kept, max_age=KEPT, samesite="Lax", httponly=True)
    return answer


def _counter(request: HttpRequest) -> str:
    """What this counter is called: as its clerk just said, or as it was called last time."""
    if "window" in request.session:
        return str(request.session["window"])
    return unquote(request.COOKIES.get(COUNTER, ""))[:LABEL]


def _told(error: Exception) -> str:
    """What is wrong, each field by the name it has on this page."""
    if not isinstance(error, InputError):
        return errors.message(error)
    named = {name: words.text(f"window.field.{name}") for name in FIELDS}
    lines = errors.by_field(error).items()
    colon = words.text("site.colon")
    return "\n".join(
        f"{named[name]}{colon}{told}" if name in named else told for name, told in lines
    )


def _page(
    request: HttpRequest,
    mine: list[Hall],
    hall: Hall,
    *,
    problem: str = "",
    opened: matters.Opened | None = None,
    status: int = 200,
) -> HttpResponse:
    at = now()
    who = actor_of(request)
    queue = halls.tickets(hall, at)
    here = next(iter(halls.called(hall, who, at)), None)
    context: dict[str, Any] = {
        "section": "window",
        "halls": mine,
        "hall": hall,
        "label": _counter(request) or (here.facts.get("window", "") if here else ""),
        "here": counters.short(here) if here else "",
        "booked": counters.appointments(hall, at) if "appointment" in hall.kinds else [],
        "came_for": _came_for(hall, here) if here else "",
        "waiting": [
            (counters.short(one), _came_for(hall, one)) for one in queue if one.state == "waiting"
        ],
        "services": _offered(hall),
        "given": {} if opened else request.POST,
        "slip": _slip(opened) if opened else None,
        "first": _first(here=bool(here), slip=bool(opened), waits=_waits(queue)),
        "key": secrets.token_urlsafe(16),
        "problem": problem,
    }
    return render(request, "desk/window.html", context, status=status)


def _waits(queue: list[Matter]) -> bool:
    return any(one.state == "waiting" for one in queue)


def _first(*, here: bool, slip: bool, waits: bool) -> str:
    """What one does next, which alone is offered as such: serve whoever is here or came without a
    number, call the next one, give out the slip where nobody waits."""
    if here:
        return "serve"
    if waits:
        return "next"
    return "print" if slip else "serve"


def _came_for(hall: Hall, ticket: Matter) -> str:
    """What somebody came for, as they chose it when they took the number."""
    lines = halls.lines(hall.programme, ticket.kind)
    line = next((one for one in lines if ticket.facts.get(one.field) == one.choice), None)
    return words.choice_of(hall.programme, line.field, line.choice) if line else ""


def _slip(opened: matters.Opened) -> dict[str, Any]:
    """What the visitor takes along: the number, the code, and its square to see and rate what came of it."""
    return {
        "matter": opened.matter,
        "spaced": codes.spaced(opened.code),
        "qr": ask.qr(opened.code),
    }


def _offered(hall: Hall) -> tuple[services.Service, ...]:
    return services.at_window(hall.org.path, timezone.localtime(now()).date())


def _do(request: HttpRequest, hall: Hall, who: Actor) -> matters.Opened | None:
    step = request.POST.get("do", "")
    if step == "arrive":
        found = matters.matter(who, number_of(request.POST.get("matter")))
        halls.step(found, "arrive", {}, who=who, at=now())
    elif step == "next":
        _next(request, hall, who)
    elif step == "call":
        _say(request, "called_again", _again(hall, who, "call", window=_label(request)))
    elif step == "miss":
        _say(request, "missed", _again(hall, who, "miss"))
    elif step in afield.AT_WINDOW:
        return _serve(request, hall, who, step)
    return None


def _label(request: HttpRequest) -> str:
    return _counter(request) or words.text("window.any")


def _next(request: HttpRequest, hall: Hall, who: Actor) -> None:
    """Who was here is done; the first who waits is called. A colleague may be quicker."""
    at = now()
    queue = halls.tickets(hall, at)
    _say(request, "served", _again(hall, who, "serve"))
    for ticket in queue:
        if ticket.state != "waiting":
            continue
        try:
            window = {"window": _label(request)}
            halls.step(ticket, "call", window, who=who, at=at, version=ticket.version)
        except (GoneError, RefusedError):
            continue
        _say(request, "called_now", [ticket])
        return
    messages.info(request, words.text("window.nobody"))


def _again(hall: Hall, who: Actor, step: halls.Step, **data: str) -> list[Matter]:
    """A step of whoever is at one's window; the numbers it was taken on."""
    at = now()
    found = list(halls.called(hall, who, at))
    for ticket in found:
        halls.step(ticket, step, data, who=who, at=at)
    return found


def _say(request: HttpRequest, what: str, tickets: list[Matter]) -> None:
    """What became of numbers: nothing of a person's turn changes in silence."""
    for ticket in tickets:
        told = words.text(f"window.told.{what}", number=counters.short(ticket))
        messages.success(request, told, extra_tags="good")


def _serve(request: HttpRequest, hall: Hall, who: Actor, step: str) -> matters.Opened:
    asked, part = afield.AT_WINDOW[step]
    kind = hall.kinds[part]
    contact = vault.Person(request.POST.get("name", ""), request.POST.get("phone", ""))
    fields = {"channel": "window"}
    text = request.POST.get("body", "").strip()
    own = ("channel",) if text else ("channel", "body")
    if "service" in hall.programme.kinds[kind].fields:
        fields["service"] = request.POST.get("service", "")
        names = {str(one.pk): one.name for one in _offered(hall)}
        text = text or names.get(fields["service"], "")
    opening = matters.Opening(
        programme=hall.programme.id,
        kind=kind,
        home=hall.org,
        body=text or words.default_text("window.asked"),
        fields=fields,
        contact=contact,
        own=own,
    )
    key = request.POST.get("key") or None
    return halls.serve(hall, opening, asked, actor=who, at=now(), key=key)

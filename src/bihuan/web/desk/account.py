"""Logging in and out, one's own settings."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from bihuan.foundation.access import (
    connecting,
    devices,
    factors,
    governing,
    logins,
    origin,
    passkeys,
    tries,
)
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.watches import api as watches
from bihuan.lib.clock import now
from bihuan.lib.legal import legal
from bihuan.web import browsers, errors, sessions, words
from bihuan.web.actor import actor_of
from bihuan.web.portal import calendar
from bihuan.web.providers import buttons

# What was asked of a device, until it answers; how long an answer may be.
ASKED, LONGEST_ANSWER = "asked", 20_000


@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Log-in; after some failures of a name from an origin each further one has to wait longer."""
    back = request.POST.get("next") or request.GET.get("next") or reverse("desk:home")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("desk:home")
    context: dict[str, Any] = {
        "next": back,
        "passkeys": passkeys.possible(),
        "led": back != reverse("desk:home"),
        "username": request.POST.get("username", "")[:60],
        "providers": buttons.buttons(),
    }
    if request.method == "GET":
        return _asked_for(request, context)
    if "answer" in request.POST:
        return _by_passkey(request, context, back)
    name = legal(request.POST.get("username", "")).strip()[:60]
    at, given = now(), request.POST.get("password", "")[:200]
    try:
        person = logins.check(name, given, origin.of(request.META), at, kept=_kept(request))
    except logins.TooSoonError as error:
        return waiting(request, "desk/login.html", context, error.seconds)
    if person is None:
        context["problem"] = words.text("desk.login_failed")
        return render(request, "desk/login.html", context, status=403)
    return log_in(request, person, at, back=back)


def _asked_for(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    if not request.user.is_authenticated and sessions.half(request, now()):
        return redirect("desk:second")
    if request.headers.get("HX-Request"):
        # The session ended: the page that asked is loaded again and comes here as a whole, also
        # where only a part of it asked. No log-in belongs into a box of suggestions.
        return HttpResponseClientRefresh()
    return render(request, "desk/login.html", context)


def _by_passkey(request: HttpRequest, context: dict[str, Any], back: str) -> HttpResponse:
    """Whoever's passkey answered is in: the device asked them for a finger or a number besides."""
    at, source = now(), origin.of(request.META)
    left = tries.claim("passkey", source, at)
    if left:
        return waiting(request, "desk/login.html", context, left)
    person = passkeys.prove(*taken(request), at)
    if person is None:
        context["problem"] = words.text("factors.passkey_failed")
        return render(request, "desk/login.html", context, status=403)
    tries.forgive("passkey", source, at)
    return log_in(request, person, at, back=back, proved=True)


def waiting(
    request: HttpRequest, template: str, context: dict[str, Any], seconds: int
) -> HttpResponse:
    """The page again, saying how long the next try has to wait."""
    told = words.text("desk.login_locked", minutes=-(-seconds // 60))
    response = render(request, template, {**context, "problem": told}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def taken(request: HttpRequest) -> tuple[Any, Any]:
    """What was asked of a device here and what it answered. Asked once, it is answered once."""
    asked = request.session.pop(ASKED, None)
    try:
        return asked, json.loads(request.POST.get("answer", "")[:LONGEST_ANSWER])
    except (ValueError, RecursionError):
        return None, None


def log_in(
    request: HttpRequest,
    person: orgs.Person,
    at: datetime,
    *,
    back: str = "",
    proved: bool = False,
) -> HttpResponse:
    """Begins a session of somebody who showed who they are and leads them to `back`; who has a second
    factor and did not prove it yet is led to that step first. The one door for every way to log in."""
    back = back or reverse("desk:home")
    if not proved and factors.has_any(person.pk):
        sessions.begin_half(request, person, at, back)
        return redirect("desk:second")
    backend = getattr(person, "backend", settings.AUTHENTICATION_BACKENDS[0])
    request.session.pop(sessions.HALF, None)
    start_session(request, person, backend=backend)
    browser = browsers.name(request.headers.get("User-Agent", ""))
    request.session[logins.BROWSER] = browser
    request.session[logins.PLACE] = origin.shortened(origin.of(request.META))
    request.session[sessions.FACTOR] = proved
    kept = _kept(request)
    strange = not devices.knows(kept, person) and devices.had_log_in(person)
    request.bihuan_known = devices.with_(kept, person)  # type: ignore[attr-defined]  # for the middleware
    logins.began(person, at, browser=browser, strange=strange)
    return redirect(back)


def _kept(request: HttpRequest) -> str:
    return request.COOKIES.get(sessions.KNOWN, "")[:1000]


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    if isinstance(request.user, orgs.Person):
        logins.ended(request.user, "logout", now())
    end_session(request)
    return redirect("portal:home")


@login_required
@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """One's own e-mail address, digest and password; where one is logged in, which links one gave."""
    who = actor_of(request)
    assert who.person_id is not None
    problem, status = "", 200
    if request.method == "POST":
        try:
            if not _ended(request, who):
                _change_me(request, who)
            messages.success(request, words.text("desk.saved"), extra_tags="good")
            return redirect("desk:me")
        except orgs.OrgError as error:
            problem, status = errors.message(error), 422
        except logins.TooSoonError as error:
            problem = words.text("desk.login_locked", minutes=-(-error.seconds // 60))
            status = 429
    person, at = orgs.person(who.person_id), now()
    context = {
        "section": "me",
        "person": person,
        "calendar": settings.PUBLIC_URL
        + reverse("portal:queue_calendar", args=[calendar.secret(person)]),
        "problem": problem,
        "typed": request.POST.get("email") if problem else None,
        "asks": sessions.asks(request, at),
        "sessions": logins.sessions(who, request.session.session_key, at),
        "factors": factors.of(who.person_id),
        "watches": watches.watches_of(who, at),
        "connections": buttons.connections(who.person_id),
    }
    return render(request, "desk/me.html", context, status=status)


def _ended(request: HttpRequest, who: Actor) -> bool:
    """Ends a session, a connection with a provider or the secret links where that was asked for."""
    handle, at = request.POST.get("end_session", ""), now()
    if provider := legal(request.POST.get("disconnect", "")):
        connecting.disconnect(provider, at=at, actor=who)
        return True
    if handle:
        logins.end_session(who, handle, at)
    elif request.POST.get("end_others"):
        logins.end_others(who, request.session.session_key, at)
    elif request.POST.get("end_links"):
        logins.end_links(who, at)
    else:
        return False
    return True


def _change_me(request: HttpRequest, who: Actor) -> None:
    new = request.POST.get("new_password", "")
    person = governing.change_own(
        at=now(),
        actor=who,
        old=request.POST.get("old_password", ""),
        new=new,
        email=request.POST.get("email", "").strip()[:120],
        digest=bool(request.POST.get("digest")),
        session=request.session.session_key,
        began=sessions.began(request),
        source=origin.of(request.META),
    )
    if new:
        update_session_auth_hash(request, person)

"""How long a log-in lasts, and what it may open before the password is one's own."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from bihuan.foundation.access import logins
from bihuan.foundation.access.logins import BEGAN, SEEN
from bihuan.foundation.orgs.api import Person
from bihuan.lib.clock import now
from bihuan.web import returning

# What knows nobody by a session: the interface looks at tokens only.
FREE = ("/api/", "/open311/", "/static/")
# How old the last sign of life may be before it is written anew: not a write for each page.
FRESH = 300


class SessionMiddleware:
    """Ends sessions that were idle or lasted too long; leads who must change their password to
    where they can: nothing else that knows them opens."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and _session_is_over(request):
            logout(request)
        if not request.path.startswith(FREE) and _must_change(request):
            return redirect("desk:me")
        return returning.by_log_in(request, self.get_response(request))


def _session_is_over(request: HttpRequest) -> bool:
    if not request.user.is_authenticated:
        return False
    session, at = request.session, int(now().timestamp())
    began, seen = session.get(BEGAN), session.get(SEEN)
    if began is None or seen is None:
        # Just logged in, or from before sessions knew when they began.
        session[BEGAN] = session[SEEN] = at
        return False
    why = "old" if at - began > settings.SESSION_COOKIE_AGE else "idle"
    if why == "old" or at - seen > settings.SESSION_IDLE:
        if isinstance(request.user, Person):
            logins.ended(request.user, why, now())
        return True
    if at - seen > FRESH and request.path != reverse("desk:bell"):
        session[SEEN] = at
    return False


def _must_change(request: HttpRequest) -> bool:
    user = request.user
    if not isinstance(user, Person) or not user.must_change:
        return False
    open_to_them = ("desk:me", "desk:logout", "desk:login", "desk:invited", "desk:forgotten")
    return request.path not in {reverse(name) for name in open_to_them}


def left(request: HttpRequest) -> int:
    """Seconds until a log-in ends at the latest, however much it is used."""
    began = request.session.get(BEGAN, int(now().timestamp()))
    return max(0, int(began) + settings.SESSION_COOKIE_AGE - int(now().timestamp()))

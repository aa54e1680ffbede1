"""How long a log-in lasts, the step between its two factors, and what it may open before the password
is one's own and a second factor that must be is there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from bihuan.foundation.access import factors, logins, origin
from bihuan.foundation.access.api import Actor
from bihuan.foundation.access.logins import BEGAN, SEEN
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Person
from bihuan.lib.clock import now
from bihuan.web import returning
from bihuan.web.actor import actor_of

# What knows nobody by a session: the interface looks at tokens only.
FREE = ("/api/", "/open311/", "/static/")
# What opens to whoever must change or set up something first, and where they set a factor up.
ALWAYS = (
    "desk:logout",
    "desk:login",
    "desk:forgotten",
    "desk:second",
    "desk:passkey",
    "desk:invited",
    "language",
    "look",
)
SETTING_UP = ("desk:factors", "desk:factor_app", "desk:factor_codes", "desk:factor_passkey")
# How old the last sign of life may be before it is written anew: not a write for each page.
FRESH = 300
# Who showed the first factor and not yet the second, and for how long that counts.
HALF = "half"
HALF_SECONDS = 600
# That this session was begun, or went on, with a second factor.
FACTOR = "factor"
# By which a browser knows who logged in there before (`foundation/access/devices`).
KNOWN = "known"
KNOWN_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True)
class Half:
    """Somebody who showed the first factor; `back` is where they go when they showed the second."""

    person: Person
    back: str


def begin_half(request: HttpRequest, person: Person, at: datetime, back: str) -> None:
    """Remembers in a session of nobody's that somebody showed the first factor."""
    request.session.cycle_key()
    request.session[HALF] = {
        "person": person.pk,
        "at": int(at.timestamp()),
        "proof": person.get_session_auth_hash(),
        "backend": getattr(person, "backend", settings.AUTHENTICATION_BACKENDS[0]),
        "back": back,
    }


def half(request: HttpRequest, at: datetime) -> Half | None:
    """Who showed the first factor here, lately and with the password of today."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    kept = request.session.get(HALF)
    if not kept or not 0 <= int(at.timestamp()) - kept["at"] <= HALF_SECONDS:
        return None
    try:
        person = orgs.person(kept["person"])
    except Person.DoesNotExist:
        return None
    if not person.is_active or person.get_session_auth_hash() != kept["proof"]:
        return None
    person.backend = kept["backend"]
    return Half(person, kept["back"])


class SessionMiddleware:
    """Ends sessions that were idle or lasted too long; leads who must change their password to
    where they can: nothing else that knows them opens."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and _session_is_over(request):
            logout(request)
        if not request.path.startswith(FREE):
            if _must_change(request):
                return redirect("desk:me")
            if _must_set_up(request):
                return redirect("desk:factors")
        answer = returning.by_log_in(request, self.get_response(request))
        kept = getattr(request, "bihuan_known", "")
        if kept:
            secure = settings.CSRF_COOKIE_SECURE
            answer.set_cookie(
                KNOWN, kept, KNOWN_SECONDS, samesite="Lax", httponly=True, secure=secure
            )
        return answer


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
    return request.path not in {reverse(name) for name in ("desk:me", *ALWAYS)}


def _must_set_up(request: HttpRequest) -> bool:
    user = request.user
    if not settings.ADMINS_NEED_FACTOR or not isinstance(user, Person) or user.must_change:
        return False
    if request.session.get(FACTOR) or not factors.must_have(actor_of(request)):
        return False
    return request.path not in {reverse(name) for name in (*SETTING_UP, *ALWAYS)}


def began(request: HttpRequest) -> datetime | None:
    """When somebody logged in, None where the session does not know."""
    found = request.session.get(BEGAN)
    return datetime.fromtimestamp(found, UTC) if isinstance(found, int) else None


def asks(request: HttpRequest, at: datetime) -> bool:
    """Whether the password has to be typed again for what `confirm` is asked about."""
    when = began(request)
    return when is None or at - when > factors.FRESH


def confirm(request: HttpRequest, who: Actor, at: datetime) -> None:
    """Whether it is still who logged in, by the form's `password` (see `factors.confirm`)."""
    given, source = request.POST.get("password", "")[:200], origin.of(request.META)
    factors.confirm(who, began=began(request), password=given, source=source, at=at)


def left(request: HttpRequest) -> int:
    """Seconds until a log-in ends at the latest, however much it is used."""
    began = request.session.get(BEGAN, int(now().timestamp()))
    return max(0, int(began) + settings.SESSION_COOKIE_AGE - int(now().timestamp()))

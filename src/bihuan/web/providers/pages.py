"""The way to a provider and back. allauth carries it; how it ends is told in `ends`."""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.access import origin, throttle
from bihuan.foundation.access.logins import TooSoonError
from bihuan.foundation.notify.asking import AskedError
from bihuan.lib.clock import now
from bihuan.lib.problems import ProblemError
from bihuan.web import errors, sessions, words
from bihuan.web.actor import actor_of
from bihuan.web.providers import ends
from bihuan.web.providers.adapter import declared
from bihuan.web.providers.buttons import called

# What can be wrong with an answer that is not as its provider's documents say.
UNEXPECTED = (OAuth2Error, AskedError, LookupError, TypeError, ValueError, AttributeError)
# How often an origin may begin in so many seconds; each asks the provider something.
OFTEN, SECONDS = 60, 600


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, key: str) -> HttpResponse:
    """Leads to a provider: to log in, or, sent by somebody who is logged in, to connect.

    Connecting is sent as a form, so that no other site begins it, and needs a log-in of lately or the
    password, as a second factor does. It is led on by the answer's own
    page: a form of ours may not lead elsewhere (`form-action` of the policy).
    """
    said, source = declared(key), origin.of(request.META)
    who, connects = actor_of(request), request.method == "POST"
    if connects and who.person_id is None:
        return redirect(reverse("desk:login"))
    if connects:
        try:
            sessions.confirm(request, who, now())
        except (TooSoonError, ProblemError) as error:
            return _refused(request, error)
    if throttle.count("provider", source, seconds=SECONDS) > OFTEN * settings.THROTTLE_FACTOR:
        return ends.failed(request, said, "often")
    data = {"person": who.person_id if connects else None, "back": _back(request)}
    provider: Any = get_adapter().get_provider(request, key)
    try:
        led = provider.redirect(request, "connect" if connects else "login", data=data)
    except UNEXPECTED as error:
        return ends.failed(request, said, "mute", error)
    if not connects or led.status_code != 302:
        assert isinstance(led, HttpResponse)
        return led
    away = {"name": called(said), "address": led.headers["Location"]}
    page = render(request, "desk/to_provider.html", away)
    page.headers["Refresh"] = f"0;url={away['address']}"
    return page


def _refused(request: HttpRequest, error: TooSoonError | ProblemError) -> HttpResponse:
    told = (
        words.text("desk.login_locked", minutes=-(-error.seconds // 60))
        if isinstance(error, TooSoonError)
        else errors.message(error)
    )
    messages.error(request, told, extra_tags="bad")
    return redirect("desk:me")


@require_GET
def back(request: HttpRequest, key: str) -> HttpResponse:
    """Takes who comes back from a provider."""
    said = declared(key)
    provider: Any = get_adapter().get_provider(request, key)
    try:
        view = OAuth2CallbackView.adapter_view(provider.get_oauth2_adapter(request))
        answer = view(request)
    except UNEXPECTED as error:
        return ends.failed(request, said, "mute", error)
    assert isinstance(answer, HttpResponse)
    return answer


def _back(request: HttpRequest) -> str:
    home, wanted = reverse("desk:home"), request.GET.get("next", "")
    return (
        wanted
        if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
        else home
    )

"""One's own second factors: an app, passkeys, recovery codes; each is added and taken off here."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from bihuan.foundation.access import factors, logins, passkeys
from bihuan.foundation.access.api import Actor
from bihuan.foundation.identity import api as identity
from bihuan.foundation.orgs import api as orgs
from bihuan.lib.clock import now
from bihuan.lib.problems import ProblemError
from bihuan.web import errors, numbers, sessions, words
from bihuan.web.actor import actor_of
from bihuan.web.desk.account import taken
from bihuan.web.portal.ask import square

PAGE = "desk/factors.html"
# The secret of an app goes to and fro with its form, readable by this person alone and for a while.
SALT, OPEN_SECONDS = "factors.app", 1800


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What one has, and what one may add."""
    return render(request, PAGE, _context(request))


def _context(
    request: HttpRequest, secret: str = "", codes: list[str] | None = None
) -> dict[str, Any]:
    who = actor_of(request)
    assert who.person_id is not None
    person = orgs.person(who.person_id)
    mine = factors.of(person.pk)
    secret = secret or factors.new_secret()
    name = identity.site().name or words.text("site.name")
    return {
        "section": "me",
        "factors": mine,
        "has": any(one.kind != factors.RECOVERY for one in mine),
        "app": any(one.kind == factors.APP for one in mine),
        "must": factors.must_have(who),
        "passkeys": passkeys.possible(),
        "address": settings.PUBLIC_URL,
        "asks": sessions.asks(request, now()),
        "unusable": any(not one.usable for one in mine),
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "sealed": signing.dumps([person.pk, secret], salt=SALT),
        "square": square(factors.address(person, secret, name)),
        "codes": codes,
        "longest": factors.LONGEST,
    }


def _done(request: HttpRequest, does: Callable[[Actor, datetime], Any], secret: str = "") -> Any:
    """Carries out what changes one's factors, once it is sure who asks; the page again where not."""
    who, at = actor_of(request), now()
    try:
        sessions.confirm(request, who, at)
        return does(who, at)
    except logins.TooSoonError as error:
        problem, status = words.text("desk.login_locked", minutes=-(-error.seconds // 60)), 429
    except ProblemError as error:
        problem, status = errors.message(error), 422
    context = {**_context(request, secret), "problem": problem}
    return render(request, PAGE, context, status=status)


def _led_on(request: HttpRequest, told: str) -> HttpResponse:
    """After a factor was added: to the recovery codes, where there are none yet."""
    request.session[sessions.FACTOR] = True
    messages.success(request, words.text(told), extra_tags="good")
    return redirect("desk:factors")


@login_required
@require_POST
def app(request: HttpRequest) -> HttpResponse:
    """Takes the first code of an app."""
    try:
        sealed = request.POST.get("sealed", "")[:400]
        person, secret = signing.loads(sealed, salt=SALT, max_age=OPEN_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        person, secret = 0, ""
    if person != actor_of(request).person_id:
        messages.error(request, words.text("factors.app_again"), extra_tags="bad")
        return redirect("desk:factors")

    def add(who: Actor, at: datetime) -> HttpResponse:
        factors.add_app(who, secret, request.POST.get("code", "")[:20], at)
        return _led_on(request, "factors.app_added")

    answer: HttpResponse = _done(request, add, secret)
    return answer


@login_required
@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """Takes what a device answered as a passkey."""
    asked = taken(request)

    def add(who: Actor, at: datetime) -> HttpResponse:
        passkeys.add(who, *asked, request.POST.get("name", ""), at)
        return _led_on(request, "factors.passkey_added")

    answer: HttpResponse = _done(request, add)
    return answer


@login_required
@require_POST
def codes(request: HttpRequest) -> HttpResponse:
    """Makes new recovery codes and shows them, this once."""

    def make(who: Actor, at: datetime) -> HttpResponse:
        made = factors.new_codes(who, at)
        return render(request, PAGE, _context(request, codes=made))

    answer: HttpResponse = _done(request, make)
    return answer


@login_required
@require_POST
def off(request: HttpRequest) -> HttpResponse:
    """Takes one off."""

    def take(who: Actor, at: datetime) -> HttpResponse:
        factors.take_off(who, numbers.whole(request.POST.get("factor", "")) or 0, at)
        assert who.person_id is not None
        request.session[sessions.FACTOR] = factors.has_any(who.person_id)
        messages.success(request, words.text("factors.off_done"), extra_tags="good")
        return redirect("desk:factors")

    answer: HttpResponse = _done(request, take)
    return answer

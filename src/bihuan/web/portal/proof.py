"""Proof of work on the public form: a browser computes for a second; nobody is asked to read a
picture, nobody else is asked, and nothing about the sender is kept."""

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import altcha
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from bihuan.foundation.access import throttle
from bihuan.lib.clock import now
from bihuan.web import words

FIELD = "altcha"
DIFFICULTY = 100_000
# Messages an hour from one address.
OPEN_LIMIT = 30
HOUR = 3600
MINUTES = 60
# Messages in ten minutes, from all addresses together, from which on the form is under load.
LOAD = 100
LOAD_SECONDS = 600
# Messages an hour from one address that bring no proof while one is asked for.
PLAIN_LIMIT = 5
_EVERYBODY = "everybody"


def _key() -> str:
    # A key of its own, so that a challenge can never stand for anything else the secret signs.
    secret = settings.SECRETS["blind"].encode()
    return hmac.new(secret, b"proof-of-work", hashlib.sha256).hexdigest()


def wanted() -> bool:
    """Whether the form asks for a proof now."""
    if settings.PROOF_OF_WORK == "load":
        return throttle.too_many("load", _EVERYBODY, limit=LOAD)
    return bool(settings.PROOF_OF_WORK == "always")


def turned_away(request: HttpRequest, address: str) -> tuple[str, int] | None:
    """(message key, status) when what a stranger sends may not come in: too much from one address,
    a program that fills in every field, or what `refusal` says."""
    if throttle.too_many("open", address, limit=OPEN_LIMIT):
        return "error.too_many_messages", 429
    # A field no person sees; programs that fill in everything fill it too.
    if request.POST.get("website"):
        return "error.unexpected", 400
    return refusal(request, address)


def count_sent(request: HttpRequest, address: str) -> None:
    """Counts a message that came in: to its address, towards the load, and one without proof."""
    throttle.count("open", address, seconds=HOUR)
    throttle.count("load", _EVERYBODY, seconds=LOAD_SECONDS)
    if wanted() and not request.POST.get(FIELD):
        throttle.count("plain", address, seconds=HOUR)


@require_GET
@never_cache
def challenge(request: HttpRequest) -> HttpResponse:
    """A fresh challenge; it names nobody and is not stored."""
    del request
    made = altcha.create_challenge(
        altcha.ChallengeOptions(
            hmac_key=_key(), max_number=DIFFICULTY, expires=now() + timedelta(minutes=MINUTES)
        )
    )
    return JsonResponse(vars(made))


def refusal(request: HttpRequest, address: str) -> tuple[str, int] | None:
    """(message key, status) when a message may not come in: a wrong, old or used proof, or too
    many without one. The same page sent again may bring the same proof."""
    if not wanted():
        return None
    payload = request.POST.get(FIELD, "")[:4000]
    if not payload:
        if throttle.too_many("plain", address, limit=PLAIN_LIMIT):
            return "portal.proof_missing", 429
        return None
    verified, _ = altcha.verify_solution(payload, _key(), check_expires=True)
    if not verified:
        return "portal.proof_wrong", 422
    used = f"proof:{hashlib.sha256(payload.encode()).hexdigest()}"
    mine = request.POST.get("key", "")
    if cache.get_or_set(used, mine, MINUTES * 60) != mine:
        return "portal.proof_wrong", 422
    return None


def strings() -> str:
    """The widget's words, as it wants them."""
    names = ("error", "expired", "label", "verified", "verifying", "waitAlert", "ariaLinkLabel")
    found: dict[str, Any] = {name: words.text(f"portal.proof.{name.lower()}") for name in names}
    return json.dumps(found, ensure_ascii=False)

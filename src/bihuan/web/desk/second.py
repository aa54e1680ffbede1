"""The second step of a log-in: a code of one's app or of the recovery list, or a passkey."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from bihuan.foundation.access import factors, logins, origin, passkeys
from bihuan.foundation.access.factors import APP, PASSKEY, RECOVERY
from bihuan.foundation.identity import api as identity
from bihuan.lib.clock import now
from bihuan.web import sessions, words
from bihuan.web.actor import actor_of
from bihuan.web.desk.account import ASKED, log_in, taken, waiting

PAGE = "desk/second.html"


@require_http_methods(["GET", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """Asks whoever showed the first factor for the second; without the first it is the log-in again."""
    at = now()
    found = sessions.half(request, at)
    if found is None:
        return redirect("desk:login")
    if request.POST.get("other"):
        request.session.flush()
        return redirect("desk:login")
    mine = factors.of(found.person.pk)
    kinds = {one.kind for one in mine if one.usable}
    context: dict[str, Any] = {
        "app": APP in kinds,
        "codes": RECOVERY in kinds,
        "passkeys": PASSKEY in kinds and passkeys.possible(),
        # Why there is less to choose from than they set up.
        "passkey_not_here": PASSKEY in kinds and not passkeys.possible(),
        "address": settings.PUBLIC_URL,
        "unusable": any(not one.usable for one in mine),
    }
    if request.method == "GET":
        return render(request, PAGE, context)
    try:
        kind = _proved(request, found)
    except logins.TooSoonError as error:
        return waiting(request, PAGE, context, error.seconds)
    if kind is None:
        context["problem"] = words.text(
            "factors.passkey_failed" if "answer" in request.POST else "factors.code_failed"
        )
        return render(request, PAGE, context, status=403)
    answer = log_in(request, found.person, at, back=found.back, proved=True)
    if kind == RECOVERY:
        left = sum(one.left for one in factors.of(found.person.pk))
        messages.warning(request, words.text("factors.codes_left", count=left))
    return answer


def _proved(request: HttpRequest, found: sessions.Half) -> str | None:
    at, person = now(), found.person
    if "answer" in request.POST:
        return PASSKEY if passkeys.prove(*taken(request), at, whose=person.pk) else None
    code = request.POST.get("code", "")[:20]
    return factors.prove(person, code, source=origin.of(request.META), at=at)


@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """What a browser asks a device for: to log in, to take the second step, or to be added by whoever
    is logged in."""
    if not passkeys.possible():
        return JsonResponse({}, status=409)
    who = actor_of(request)
    if who.person_id is not None:
        asked, state = passkeys.begin_adding(who, identity.site().name)
    else:
        found = sessions.half(request, now())
        asked, state = passkeys.begin(found.person.pk if found else None)
    request.session[ASKED] = dict(state)
    return JsonResponse(asked)

"""Public notices at the desk: those there are, and drawing one up. What is done with one is done on
its matter's page."""

import secrets
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import api as matters
from bihuan.kernel.receivers.api import Receiver
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, NotAllowedError, ProblemError
from bihuan.outcomes.publicity import api as publicity
from bihuan.web import choosing, errors, faces, fields, words
from bihuan.web.actor import actor_of


@login_required
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Notices the reader may see, and a form for a new one; a post draws it up."""
    who = actor_of(request)
    places = publicity.places(who, now())
    problems: dict[str, str] = {}
    status = 200
    if request.method == "POST":
        try:
            opened = _opened(request, who, places)
        except InputError as error:
            problems, status = errors.by_field(error), 422
        except ProblemError as error:
            problems, status = {"": errors.message(error)}, errors.status(error)
        else:
            messages.success(request, words.text("notices.drafted"), extra_tags="good")
            return redirect("desk:matter", pk=opened.matter.pk)
    context = {
        "section": "notices",
        "rows": publicity.notices_of(who, at=now()),
        "given": request.POST,
        "key": request.POST.get("key") or secrets.token_urlsafe(16),
        "problems": problems,
        **_form(request, places),
    }
    return render(request, "desk/notices.html", context, status=status)


def _form(request: HttpRequest, places: list[publicity.Place]) -> dict[str, Any]:
    """What a new one asks for: by its kind, of which there may be several."""
    asked = request.POST.get("place") or request.GET.get("place")
    chosen = next((one for one in places if _value(one) == asked), next(iter(places), None))
    if chosen is None:
        return {}
    sources = {kind: reverse("desk:open_choose", args=[kind]) for kind in choosing.KINDS}
    desk = fields.Desk(chosen.programme, chosen.org, now(), sources)
    inputs, _ = fields.asked(chosen.programme.kinds[chosen.kind], of_sender=False)
    return {
        "chosen": _value(chosen),
        "places": [(one, _value(one)) for one in places if _kind(one) == _kind(chosen)],
        "others": [
            (_value(one), words.of(one.programme, f"kinds.{one.kind}"))
            for one in {_kind(each): each for each in reversed(places)}.values()
            if _kind(one) != _kind(chosen)
        ],
        "fields": fields.views(inputs, desk, where=chosen.kind),
    }


def opens() -> None:
    """Registers the page as the one that opens notices."""

    def address(one: Receiver) -> str:
        place = f"{one.programme.id}.{one.kind_id}.{one.org.pk}"
        return f"{reverse('desk:notices')}?{urlencode({'place': place})}"

    faces.opened_at(publicity.NOTICE, address)


def _kind(place: publicity.Place) -> tuple[str, str]:
    return place.programme.id, place.kind


def _value(place: publicity.Place) -> str:
    return f"{place.programme.id}.{place.kind}.{place.org.pk}"


def _opened(request: HttpRequest, who: Actor, places: list[publicity.Place]) -> matters.Opened:
    given = request.POST
    place = next((one for one in places if _value(one) == given.get("place")), None)
    if place is None:
        raise NotAllowedError("matters.may_not_open")
    if not given.get("subject", "").strip():
        raise InputError({"subject": ("input.required", {})})
    inputs, _ = fields.asked(place.programme.kinds[place.kind], of_sender=False)
    stored, named = fields.sent(request, inputs)
    opening = matters.Opening(
        programme=place.programme.id,
        kind=place.kind,
        home=place.org,
        subject=given.get("subject", ""),
        body=given.get("body", ""),
        fields=fields.taken(inputs, given, choosing.of_home(place.org, now()), named),
        files=stored,
    )
    key = given.get("key") or None
    if not given.get("under", "").strip():
        return matters.open_matter(opening, actor=who, at=now(), key=key)
    above = matters.number_pk(given["under"]) or 0
    try:
        return matters.open_under(above, opening, actor=who, at=now(), key=key)
    except LookupError:
        raise InputError({"under": ("notices.no_such_matter", {})}) from None

"""Public notices at the desk: those there are, and drawing one up. What is done with one is done on
its matter's page."""

import secrets

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import api as matters
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, NotAllowedError, ProblemError
from bihuan.outcomes.publicity import api as publicity
from bihuan.web import errors, words
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
        "places": [(place, _value(place)) for place in places],
        "categories": [
            (c, words.of(places[0].programme, f"choices.category.{c}"))
            for c in places[0].programme.kinds[places[0].kind].fields["category"].choices
        ]
        if places
        else [],
        "given": request.POST,
        "key": request.POST.get("key") or secrets.token_urlsafe(16),
        "problems": problems,
    }
    return render(request, "desk/notices.html", context, status=status)


def _value(place: publicity.Place) -> str:
    return f"{place.programme.id}.{place.kind}.{place.org.pk}"


def _opened(request: HttpRequest, who: Actor, places: list[publicity.Place]) -> matters.Opened:
    given = request.POST
    place = next((one for one in places if _value(one) == given.get("place")), None)
    if place is None:
        raise NotAllowedError("matters.may_not_open")
    if not given.get("subject", "").strip():
        raise InputError({"subject": ("input.required", {})})
    opening = matters.Opening(
        programme=place.programme.id,
        kind=place.kind,
        home=place.org,
        subject=given.get("subject", ""),
        body=given.get("body", ""),
        fields={"category": given.get("category", "")},
    )
    key = given.get("key") or None
    if not given.get("under", "").strip():
        return matters.open_matter(opening, actor=who, at=now(), key=key)
    above = matters.number_pk(given["under"]) or 0
    try:
        return matters.open_under(above, opening, actor=who, at=now(), key=key)
    except LookupError:
        raise InputError({"under": ("notices.no_such_matter", {})}) from None

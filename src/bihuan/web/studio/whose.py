"""Whose site this is, as an administrator says it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access.api import Actor
from bihuan.foundation.identity import api as identity
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.web import errors, words
from bihuan.web.actor import actor_of
from bihuan.web.studio import whom
from bihuan.web.studio.door import administrator, show


@administrator
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Name, hotline, address, hours, filings, colour."""
    who, at = actor_of(request), now()
    problems: dict[str, str] = {}
    if request.method == "POST":
        if "emblem" in request.POST:
            return _emblem(request, who)
        given = {name: request.POST.get(name, "") for name in (*identity.FIELDS, "accent")}
        try:
            identity.put(given, at=at, actor=who)
            messages.success(request, words.text("desk.saved"), extra_tags="good")
            return redirect("studio:site")
        except InputError as error:
            problems = errors.by_field(error)
    held, may = identity.site(), identity.may_set(who)
    context = {
        "page": "site",
        "fields": [
            (name, request.POST.get(name, getattr(held, name)), most)
            for name, most in identity.FIELDS.items()
        ],
        "accents": identity.ACCENTS,
        "chosen": request.POST.get("accent", held.accent),
        "may": may,
        "set_by": "" if may else whom.sets_house(),
        "problems": problems,
    }
    return show(request, "studio/site.html", context)


def _emblem(request: HttpRequest, who: Actor) -> HttpResponse:
    given = request.FILES.get("picture") if request.POST["emblem"] == "put" else None
    try:
        if request.POST["emblem"] == "put" and given is None:
            raise InputError({"picture": ("input.required", {})})
        identity.put_emblem(given, at=now(), actor=who)
        messages.success(request, words.text("desk.saved"), extra_tags="good")
    except ProblemError as error:
        messages.error(request, errors.message(error), extra_tags="bad")
    return redirect("studio:site")

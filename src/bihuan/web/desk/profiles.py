"""The pages of a person and of an organisation: who they are, and what each room knows of them."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor
from bihuan.kernel.profiles import api as profiles
from bihuan.kernel.profiles.api import Part
from bihuan.lib.clock import now
from bihuan.web.actor import actor_of
from bihuan.web.studio import levels


def _drawn(parts: dict[str, Part]) -> list[tuple[str, Part]]:
    """The parts with their templates, `desk/profile/<name>.html`."""
    return [(f"desk/profile/{name}.html", part) for name, part in parts.items()]


@login_required
@require_GET
@cache_control(no_store=True)
def mine(request: HttpRequest) -> HttpResponse:
    """One's own page."""
    who = actor_of(request)
    return _person(request, who, who.person_id or 0)


@login_required
@require_GET
@cache_control(no_store=True)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """A person's page."""
    return _person(request, actor_of(request), pk)


def _person(request: HttpRequest, who: Actor, pk: int) -> HttpResponse:
    at = now()
    known = profiles.person(pk, who, at)
    own = pk == who.person_id
    on = timezone.localtime(at).date()
    over = any(officers.is_over_person(who, duty, pk, on) for duty in officers.OFFICERS)
    context = {
        "section": "mine" if own else "people",
        "sort": "person",
        "own": own,
        "person": known.person,
        "places": known.places,
        "parts": _drawn(known.parts),
        "administers": officers.is_officer(who) and over,
    }
    return render(request, "desk/person.html", context)


@login_required
@require_GET
@cache_control(no_store=True)
def org(request: HttpRequest, pk: int) -> HttpResponse:
    """An organisation's page."""
    who, at = actor_of(request), now()
    known = profiles.org(pk, who, at)
    over = any(officers.is_over(who, duty, known.org.path) for duty in officers.OFFICERS)
    context = {
        "section": "people",
        "sort": "org",
        "org": known.org,
        "level": levels.called(known.org.level),
        "above": known.above,
        "below": known.below,
        "parts": _drawn(known.parts),
        "administers": officers.is_officer(who) and over,
    }
    return render(request, "desk/org.html", context)

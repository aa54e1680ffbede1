"""One box over everything one may see: a number opens it; texts, organisations, people, rooms, callers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import numbers
from bihuan.kernel.merging import api as merging
from bihuan.kernel.profiles import api as profiles
from bihuan.kernel.senders import api as senders
from bihuan.language import letters
from bihuan.lib.clock import now
from bihuan.web import choosing, context, faces, navigation, words
from bihuan.web.actor import actor_of

LONGEST = 60
# Beside the box, and on the page.
FEW, MANY = 5, 30
_PHONE = re.compile(r"\+?[0-9][0-9 -]{6,16}\Z")


@dataclass(frozen=True)
class Hit:
    """One thing found: what it is called, what tells it from others, where it opens ('' nowhere)."""

    text: str
    more: str = ""
    address: str = ""


@dataclass(frozen=True)
class Found:
    """Hits of one sort; `label` is the key of its words, `all` the address that shows every one."""

    label: str
    hits: list[Hit] = field(default_factory=list)
    all: str = ""


def _matters(rows: Iterable[matters.Matter]) -> list[Hit]:
    return [
        Hit(one.subject, f"{one.number} · {one.unit}", reverse("desk:matter", args=[one.pk]))
        for one in rows
    ]


def _texts(who: Actor, query: str, limit: int, *, typing: bool) -> Found:
    page = matters.matters(who, matters.Filter(text=query), limit)
    if not page.rows and not typing:
        # A whole sentence rarely stands in a matter word for word; what is much like it does.
        return Found("find.alike", _matters([one for one, _ in merging.alike(who, query)]))
    more = f"{reverse('desk:queue')}?{_asked(query)}" if page.more else ""
    return Found("find.matters", _matters(page.rows), more)


def _asked(query: str) -> str:
    return urlencode({"tab": "all", "text": query})


def _rooms(who: Actor, query: str) -> Found:
    hits = []
    for place in navigation.shown(context.rights(who), faces.rooms(who)):
        for room in place.rooms:
            name = words.text(room.label)
            if query.lower() in name.lower() or letters.resembles(query, name):
                hits.append(Hit(name, words.text(place.label), reverse(room.address)))
    return Found("find.rooms", hits)


def _places(who: Actor, query: str, limit: int) -> list[Found]:
    """Organisations and people of one's own city; whoever may know of them opens their pages."""
    at = now()
    scope = choosing.of_staff(who, timezone.localtime(at).date())
    queue = reverse("desk:queue")

    def page(name: str, found: orgs.Org | orgs.Person, otherwise: str = "") -> str:
        known = profiles.may_know(who, found, at)
        return reverse(name, args=[found.pk]) if known else otherwise

    found_orgs = [
        Hit(
            one.label,
            address=page("desk:org", orgs.standing_org(one.pk), f"{queue}?tab=all&unit={one.pk}"),
        )
        for one in scope.find("org", query)[:limit]
    ]
    found_people = [
        Hit(one.name, one.where, page("desk:person", orgs.standing_person(one.pk)))
        for one in scope.find("person", query)[:limit]
    ]
    return [Found("find.orgs", found_orgs), Found("find.people", found_people)]


@login_required
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """What somebody typed into the box; while they type, the first few of each sort."""
    who, query = actor_of(request), request.GET.get("q", "").strip()[:LONGEST]
    typing = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-Boosted")
    limit = FEW if typing else MANY
    found: list[Found] = []
    if query:
        there = numbers.meant(who, query)
        if there and not typing:
            return redirect("desk:matter", there.pk)
        found = [
            _rooms(who, query),
            _texts(who, query, limit, typing=typing),
            *_places(who, query, limit),
        ]
        if there and not found[1].hits:
            found[1] = Found("find.matters", _matters([there]))
        # Whoever looks for a number on purpose is noted; not each digit they type.
        if _PHONE.match(query) and not typing:
            found.append(Found("find.callers", _matters(senders.sought(who, query, at=now()))))
    told = {
        "section": "find",
        "query": query,
        "found": [one for one in found if one.hits],
        # Nothing found while typing would be read as nobody having called.
        "unasked": typing and bool(_PHONE.match(query)),
    }
    return render(request, "desk/_found.html" if typing else "desk/find.html", told)

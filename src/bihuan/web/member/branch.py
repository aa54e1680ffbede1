"""支部: for whoever keeps its list of members: what is missing there and by whom, with one press to record it; what
waits for a step; the people."""

import secrets
from collections import Counter
from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.people import api as people
from bihuan.kernel.people.api import Wanted
from bihuan.lib.clock import now
from bihuan.web import faces
from bihuan.web.actor import actor_of
from bihuan.web.desk import openings
from bihuan.web.desk.members import told, ways
from bihuan.web.member import obligations
from bihuan.web.member.places import BRANCH
from bihuan.web.member.today import owed

WAITING = 20
PEOPLE = 60


def _chosen(request: HttpRequest, places: list[Org]) -> Org | None:
    asked = request.GET.get("org", "")
    return next((one for one in places if str(one.pk) == asked), places[0] if places else None)


def _waiting(who: Actor, place: Org) -> list[Matter]:
    """What is sent to the branch and nobody else has in hand: transfers to confirm, and the like."""
    mine = matters.matters(
        who,
        matters.Filter(scope="mine", phase="active", order="due", unit_path=place.path),
        WAITING,
    )
    return list(mine.rows)


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """One branch of those whose lists one keeps; who keeps none is told how one comes to."""
    who, at = actor_of(request), now()
    places = orgs.orgs_at(set(people.kept_at(who)))
    place = _chosen(request, places)
    context: dict[str, Any] = {
        "section": BRANCH.section,
        "places": places,
        "place": place,
        "now": at,
    }
    if place is not None:
        context |= _shown(who, place, at)
    return render(request, "member/branch.html", context)


def _shown(who: Actor, place: Org, at: datetime) -> dict[str, Any]:
    lacking = faces.lacking(who, place.path, at)
    today = timezone.localtime(at).date()
    people_there = _people(who, place, today)
    return {
        "lacking": lacking,
        "owed": obligations.row(who, place, today),
        "waiting": owed(who, _waiting(who, place), at),
        "doors": openings.doors_of(who, "member:open"),
        **people_there,
        "key": secrets.token_urlsafe(16),
    }


def _people(who: Actor, place: Org, on: date) -> dict[str, Any]:
    found = people.listed(who, Wanted(org=place.path), on, most=PEOPLE)
    by_kind = ways(who)
    rows = [(row, free, told(by_kind.get(row.kind), row.status, free)) for row, free in found.rows]
    counts = Counter(one["status"] for _, _, one in rows)
    return {
        "rows": rows,
        "count": found.count,
        "statuses": list(counts.items()) if found.count <= PEOPLE else [],
        "beyond": max(found.count - PEOPLE, 0),
    }

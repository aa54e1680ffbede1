"""The big screen: a leader's cockpit on a wall, opened by a link that holds its own right."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby, islice
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET

from bihuan.foundation.access import api as access
from bihuan.foundation.access import logins
from bihuan.foundation.orgs import api as orgs
from bihuan.insight import api as insight
from bihuan.lib.clock import now
from bihuan.rules.periods import Grain, Period
from bihuan.spec.schema import Programme
from bihuan.web import errors
from bihuan.web.desk import cockpit

# The link ends with its year, and at once when whoever made it loses the role.
LIFE = timedelta(days=366)
OLD = timedelta(days=1)
AT_ONCE = 4


def _telling(panels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The panels of programmes of which there is anything to tell: no page of noughts is turned to.
    All of them while there is nothing at all."""
    speak = {one["found"].programme.id for one in panels if one["rows"]}
    return [one for one in panels if one["found"].programme.id in speak] or panels


def _batched(panels: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """As evenly as they go: no page has one where another has four."""
    pages = -(-len(panels) // AT_ONCE)
    left = iter(panels)
    while some := list(islice(left, -(-len(panels) // pages))):
        yield some


def _slides(panels: list[dict[str, Any]]) -> list[tuple[Programme, list[dict[str, Any]]]]:
    """So many panels at a time as are read from five metres, of one programme, the one that has most to
    tell first; those that may not be told come last, and have no page of their own."""
    groups = [
        (programme, list(group))
        for programme, group in groupby(panels, key=lambda one: one["found"].programme)
    ]
    groups.sort(key=lambda one: sum(p["result"].total.value is None for p in one[1]) - len(one[1]))
    slides = [
        (programme, some)
        for programme, group in groups
        for some in _batched(sorted(group, key=lambda one: one["result"].total.value is None))
    ]
    telling = [one for one in slides if one[1][0]["result"].total.value is not None]
    return telling or slides


@require_GET
def screen(request: HttpRequest, given: str) -> HttpResponse:
    """All panels for 1920 × 1080; matters by their numbers alone, for who stands before it is not
    known. A link that is wrong, ended or without a right is not found."""
    try:
        person_id, org_id, proof = signing.loads(given, salt=cockpit.WALL, max_age=LIFE)
    except (signing.BadSignature, ValueError):
        # Links from before they ended with the password name two things only.
        raise LookupError(given) from None
    day = timezone.localtime(now()).date()
    person = orgs.person(person_id)
    if logins.link_proof(person) != proof:
        raise LookupError(given)
    who = access.actor(person, day)
    org = next((one for one in cockpit.places(who) if one.pk == org_id), None)
    if org is None:
        raise LookupError(given)
    month = Period.of(Grain.MONTH, day)
    context: dict[str, Any] = {"org": org, "month": month.text}
    try:
        found = cockpit.panels(who, org, month, str)
    except insight.InsightError as error:
        context["problem"] = errors.message(error)
    else:
        newest = parse_datetime(insight.store().manifest().newest)
        cockpit.with_late(who, org, found)
        context |= {"slides": _slides(_telling(found)), "newest": newest}
        context["old"] = newest is None or now() - newest > OLD
    return render(request, "web/screen.html", context)

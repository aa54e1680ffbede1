"""The big screen: a leader's cockpit on a wall, opened by a link that holds its own right."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
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
from bihuan.web import errors, spans
from bihuan.web.desk import cockpit

# The link ends with its year, and at once when whoever made it loses the role.
LIFE = timedelta(days=366)
OLD = timedelta(days=1)
AT_ONCE = 4
# How many bars a chart has that is read from there.
BARS = 6


@dataclass(frozen=True)
class Slide:
    """One page of the wall: panels that are drawn, and below them numbers that stand alone."""

    programme: Programme
    drawn: list[dict[str, Any]]
    alone: list[dict[str, Any]]


def _draws(panel: dict[str, Any]) -> bool:
    """Whether there is anything to compare in its chart: noughts alone, or a single bar, are said by
    the number."""
    told = sum(bool(value) for value in panel["drawn"]["values"])
    return told >= (1 if panel["drawn"]["shape"] != "bar" else 2)


def _shown(panel: dict[str, Any]) -> dict[str, Any]:
    """A panel as the wall has it: the largest groups where there are more than are read from afar,
    and the name of the only one there is."""
    rows, drawn = panel["rows"], panel["drawn"]
    if drawn["shape"] == "line":
        return {**panel, "more": 0, "only": ""}
    order = list(range(len(drawn["values"])))
    if len(order) > BARS:
        order = sorted(order, key=lambda n: -(drawn["values"][n] or 0))[:BARS]
    kept = {name: [drawn[name][n] for n in order] for name in ("names", "values", "ends")}
    only = rows[0]["name"] if len(rows) == 1 and not _draws(panel) else ""
    return {**panel, "drawn": {**drawn, **kept}, "more": len(rows) - len(order), "only": only}


def _height(panel: dict[str, Any]) -> int:
    """How much room its chart wants, to be compared."""
    drawn = panel["drawn"]
    return {"flow": 2 * AT_ONCE, "line": 1}.get(drawn["shape"], len(drawn["values"]))


def _batched(panels: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """As evenly as they go: no page has one where another has four. Of three the tallest comes first,
    which has the height of the page."""
    pages = -(-len(panels) // AT_ONCE)
    for n in range(pages):
        some = panels[n * len(panels) // pages : (n + 1) * len(panels) // pages]
        yield sorted(some, key=_height, reverse=True) if len(some) == AT_ONCE - 1 else some


def _of_programme(programme: Programme, panels: list[dict[str, Any]]) -> list[Slide]:
    telling = [_shown(one) for one in panels if one["result"].total.value is not None]
    alone = [one for one in telling if not _draws(one)]
    pages = list(_batched([one for one in telling if _draws(one)])) or [[]]
    # They stand where there is most room.
    roomy = min(range(len(pages)), key=lambda n: len(pages[n]))
    return [Slide(programme, page, alone if n == roomy else []) for n, page in enumerate(pages)]


def _slides(panels: list[dict[str, Any]]) -> list[Slide]:
    """So many panels at a time as are read from five metres, of one programme, the one that has most to
    tell first. One without a number is not there, and no programme of which there is nothing."""
    groups = [
        (programme, list(group))
        for programme, group in groupby(panels, key=lambda one: one["found"].programme)
    ]
    groups = [one for one in groups if any(panel["rows"] for panel in one[1])] or groups
    groups.sort(key=lambda one: sum(p["result"].total.value is None for p in one[1]) - len(one[1]))
    slides = [slide for programme, group in groups for slide in _of_programme(programme, group)]
    return [one for one in slides if one.drawn or one.alone]


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
    context: dict[str, Any] = {
        "org": org,
        "month": spans.month_told(day),
        "at": timezone.localtime(now()),
    }
    try:
        found = cockpit.panels(who, org, month, str)
    except insight.InsightError as error:
        context["problem"] = errors.message(error)
    else:
        newest = parse_datetime(insight.store().manifest().newest)
        cockpit.with_late(who, org, found)
        context |= {"slides": _slides(found), "newest": newest}
        context["old"] = newest is None or now() - newest > OLD
    return render(request, "web/screen.html", context)

"""What the work asks of people: how many fields their steps asked for in a period, and what methods say."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.insight import asking
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Programme
from bihuan.web import burden, errors, spans, words
from bihuan.web.actor import actor_of
from bihuan.web.desk.figures import period_of

OPEN = "open"


@dataclass(frozen=True)
class Line:
    """One action of a kind: what it is, as whom it was taken, how often, with how many fields each and in
    all."""

    what: str
    role: str
    steps: str
    each: str
    fields: str


@dataclass(frozen=True)
class Group:
    """A programme with what was asked there, of how many actions that is not told because they are `few`,
    and what it says of itself."""

    programme: Programme
    lines: list[Line]
    few: int
    declared: list[burden.Declared]


def _org(request: HttpRequest) -> Org | None:
    given = request.GET.get("org", "")
    return (
        orgs.org_if_any(int(given))
        if given.isascii() and given.isdigit() and len(given) < 19
        else None
    )


def _line(spec: Programme, one: asking.Asked) -> Line:
    kind = words.of(spec, f"kinds.{one.kind}")
    what = (
        words.text("burden.opened", kind=kind)
        if one.action == OPEN
        else words.text(
            "burden.acted", kind=kind, action=words.of(spec, f"actions.{one.kind}.{one.action}")
        )
    )
    each = f"{one.each:.1f}"
    return Line(what, burden.role(spec, one.role), f"{one.steps:,}", each, f"{one.fields:,}")


def _groups(found: list[asking.Asked]) -> list[Group]:
    groups = []
    for spec in programmes.known():
        mine = [
            one
            for one in found
            if one.programme == spec.id
            and one.kind in spec.kinds
            and (one.action == OPEN or one.action in spec.kinds[one.kind].actions)
        ]
        lines = [_line(spec, one) for one in mine if one.steps is not None]
        few = len(mine) - len(lines)
        said = burden.declared(spec)
        if mine or said:
            groups.append(Group(spec, lines, few, said))
    return sorted(groups, key=lambda one: not one.lines)


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What a period asked of people, and what each programme says that it asks in a month."""
    who = actor_of(request)
    here = asking.place(who, _org(request))
    context = {
        "section": "burden",
        "places": asking.places(who),
        "here": here,
        "given": request.GET.get("period", ""),
        "spans": spans.offered(),
        "fewest": asking.FEWEST,
    }
    status, found = 200, []
    try:
        period = period_of(request)
        context |= {"given": period.text, "period": period}
        found = asking.asked(period, here, spans.today())
    except insight.InsightError as error:
        status = 422 if error.key == "insight.bad_period" else 200
        context["problem"] = errors.message(error)
    context["groups"] = _groups(found)
    return render(request, "desk/burden.html", context, status=status)

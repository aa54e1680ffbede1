"""Figures: what is declared, one of them with its table, the matters behind it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from bihuan.foundation.access.api import DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.lib.clock import now
from bihuan.rules import periods
from bihuan.rules.periods import Grain, Period
from bihuan.web import errors, words
from bihuan.web.actor import actor_of

PAGE = 50
SIDES: "tuple[insight.Side, ...]" = ("among", "part", "excluded")


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Every figure the reader may ask for, with its definition."""
    who = actor_of(request)
    may = [one for one in insight.definitions() if insight.scopes(who, one.programme)]
    if not may:
        raise DeniedError("figures")
    return render(request, "desk/figures.html", {"section": "figures", "definitions": may})


def _period(request: HttpRequest) -> Period:
    given = request.GET.get("period", "").strip()
    if not given:
        return Period.of(Grain.MONTH, timezone.localtime(now()).date())
    try:
        return periods.parse(given)
    except periods.PeriodError:
        raise insight.InsightError("insight.bad_period", text=given[:25]) from None


def _org(request: HttpRequest, name: str) -> Org | None:
    given = request.GET.get(name, "")
    return orgs.org_if_any(int(given)) if given.isdecimal() and len(given) < 19 else None


def shown(value: "insight.Value", measure: str) -> str:
    """A value as people read it, or why there is none."""
    if value.value is None:
        return words.text(f"figures.reason.{value.reason}")
    if measure == "share":
        return f"{value.value:.1%}"
    if measure == "median_days":
        return words.text("figures.days", value=f"{value.value:.1f}")
    return f"{int(value.value):,}"


def _named(found: "insight.Definition", by: str, value: Any, names: dict[int, str]) -> str:
    if value is None:
        return words.text("figures.nobody")
    if by == "org":
        return names.get(value, f"#{value}")
    if by == "period":
        return f"{value:%Y-%m}"
    if by in ("category", "channel"):
        return words.of(found.programme, f"choices.{by}.{value}")
    return str(value)


def compared(result: "insight.Result") -> list[tuple[str, str]]:
    """The period before and the year before, as people read them."""
    return [
        (name, shown(value, result.definition.spec.measure))
        for name, value in (("last", result.last), ("year_ago", result.year_ago))
        if value is not None
    ]


def rows(result: "insight.Result", by: str, given: dict[str, str]) -> list[dict[str, Any]]:
    """The groups of an answer by name, each with its value and the way to its matters."""
    found = result.definition
    ids = [row.key["org"] for row in result.rows] if by == "org" else []
    names = {one.pk: one.name for one in orgs.orgs_of([i for i in ids if i is not None])}
    made = []
    for row in result.rows:
        value = row.key[by]
        link = urlencode({**given, "by": by, "key": "" if value is None else value})
        text = shown(row, found.spec.measure)
        made.append(
            {"name": _named(found, by, value, names), "value": row, "shown": text, "link": link}
        )
    return made


@login_required
@require_GET
def one(request: HttpRequest, programme: str, figure: str) -> HttpResponse:
    """One figure: number, definition, comparison, table."""
    who = actor_of(request)
    found = insight.definition(programme, figure)
    scope = insight.scope(who, found.programme, _org(request, "org"))
    by = request.GET.get("by", "")
    as_it_is = request.GET.get("tree") == "now"
    context: dict[str, Any] = {
        "section": "figures",
        "found": found,
        "scope": scope,
        "scopes": insight.scopes(who, found.programme),
        "by": by,
        "groupings": [name for name in found.spec.by if name != "person"],
        "as_it_is": as_it_is,
        "given": request.GET.get("period", ""),
    }
    status = 200
    try:
        period = _period(request)
        context["given"] = period.text
        groups = (by,) if by in context["groupings"] else ()
        result = insight.figure(found, period, scope, by=groups, as_it_is=as_it_is, compare=True)
    except insight.InsightError as error:
        context["problem"], status = errors.message(error), errors.status(error)
    else:
        asked = {"period": period.text, "org": str(scope.pk)} | (
            {"tree": "now"} if as_it_is else {}
        )
        context |= {
            "result": result,
            "shown": shown(result.total, found.spec.measure),
            "compared": compared(result),
            "rows": rows(result, by, asked) if groups else [],
            "link": urlencode(asked),
            "sides": [s for s in SIDES if s == "among" or found.spec.measure == "share"],
        }
    return render(request, "desk/figure.html", context, status=status)


def _key(request: HttpRequest) -> dict[str, Any]:
    by, given = request.GET.get("by", ""), request.GET.get("key")
    if by not in ("org", "period", "category", "channel") or given is None:
        return {}
    if not given:
        return {by: None}
    if by == "org":
        return {by: int(given) if given.isdecimal() and len(given) < 19 else 0}
    if by == "period":
        try:
            return {by: periods.parse(given).start}
        except periods.PeriodError:
            raise insight.InsightError("insight.bad_period", text=given[:25]) from None
    return {by: given}


@login_required
@require_GET
def behind(request: HttpRequest, programme: str, figure: str) -> HttpResponse:
    """The matters behind a figure, or behind one row of its table, that the reader may see."""
    who = actor_of(request)
    found = insight.definition(programme, figure)
    scope = insight.scope(who, found.programme, _org(request, "org"))
    period = _period(request)
    side: insight.Side = next((s for s in SIDES if s == request.GET.get("side")), "among")
    after = request.GET.get("after", "")
    ids = insight.matters_behind(
        found,
        period,
        scope,
        side=side,
        key=_key(request),
        as_it_is=request.GET.get("tree") == "now",
        after=int(after) if after.isdecimal() and len(after) < 19 else 0,
        limit=PAGE,
    )
    following = request.GET.copy()
    if ids:
        following["after"] = str(ids[-1])
    context = {
        "section": "figures",
        "found": found,
        "scope": scope,
        "period": period,
        "matters": matters.by_ids(who, ids),
        "following": following.urlencode() if len(ids) == PAGE else "",
    }
    return render(request, "desk/figure_matters.html", context)

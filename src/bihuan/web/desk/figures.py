"""Figures: what is declared, one of them with its table, the matters behind it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.lib.clock import now
from bihuan.rules import periods
from bihuan.rules.periods import Period
from bihuan.spec import grouping
from bihuan.spec.measures import MEASURES, digits
from bihuan.web import errors, spans, words
from bihuan.web.actor import actor_of
from bihuan.web.desk.attach import attachables
from bihuan.web.desk.movement import FEW, moved

PAGE = 50
LATE = 200
FLOW = "flow"
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


def period_of(request: HttpRequest) -> Period:
    """The period asked for, in words or as written; this month when none is. Raises InsightError."""
    given = request.GET.get("period", "")
    try:
        return spans.read(given)
    except periods.PeriodError:
        raise insight.InsightError("insight.bad_period", text=given[:25]) from None


def _org(request: HttpRequest, name: str) -> Org | None:
    given = request.GET.get(name, "")
    return orgs.org_if_any(int(given)) if given.isdecimal() and len(given) < 19 else None


def shown(value: "insight.Value", measure: str) -> str:
    """A value as people read it, or why there is none."""
    if value.value is None:
        return words.text(f"figures.reason.{value.reason}")
    told = MEASURES[measure].told
    if told == "share":
        return f"{value.value:.1%}"
    if told == "days":
        return words.text("figures.days", value=f"{value.value:.1f}")
    number = digits(value.value, told, thousands=True)
    return words.text("figures.money", value=number) if told == "money" else number


def unit(found: "insight.Definition") -> str:
    """What a whole number counts: matters, or how often something was done; '' of all else, which
    says so itself."""
    one = found.spec
    plain = one.means.told == "whole" and one.tally is None
    return words.text(f"figures.unit.{one.of}") if plain else ""


def told_beside(other: "insight.Result | None") -> dict[str, Any] | None:
    """What is told with a figure, of how many it speaks, as pages show it."""
    if other is None:
        return None
    told = shown(other.total, other.definition.spec.measure)
    name = words.of(other.definition.programme, other.definition.title_key)
    return {"found": other.definition, "name": name, "total": other.total, "shown": told}


def groupings(found: "insight.Definition") -> list[str]:
    """What the pages offer to group a figure by."""
    names: list[str] = [name for name in found.spec.by if name != "person"]
    return [*names, FLOW] if set(insight.FLOW) <= set(names) else names


def keys_of(by: str) -> tuple[str, ...]:
    """The groupings of insight that a grouping of the pages stands for."""
    return insight.FLOW if by == FLOW else (by,) if by else ()


def _place(request: HttpRequest, found: "insight.Definition") -> "insight.Place":
    other: insight.Place = "home" if found.spec.org == "unit" else "unit"
    turned = request.GET.get("place") == other and found.spec.either()
    return other if turned else found.spec.org


def _named(found: "insight.Definition", by: str, value: Any, names: dict[int, str]) -> str:
    if value is None:
        return words.text("figures.nobody")
    if by in ("org", "from", "into"):
        return names.get(value, f"#{value}")
    if by == "period":
        return f"{value:%Y-%m}"
    if by == "age":
        return _aged(found.spec.bands, value)
    field = by if by in ("category", "channel") else grouping.field_of(by)
    if field:
        return _filled(found, field, str(value), names)
    return str(value)


def _filled(found: "insight.Definition", field: str, value: str, names: dict[int, str]) -> str:
    """What a field holds, in its programme's words or as an organisation is called."""
    sort = _type_of(found, field)
    if sort == "org":
        return names.get(int(value), f"#{value}")
    if sort == "bool":
        return words.text(f"site.{'yes' if value == 'true' else 'no'}")
    return words.choice_of(found.programme, field, value)


def _type_of(found: "insight.Definition", field: str) -> str:
    return grouping.typed(found.programme, found.spec.among.kinds, field)


def grouping_name(found: "insight.Definition", by: str) -> str:
    """What a grouping is called: by the house, or, of a field, by the programme."""
    field = grouping.field_of(by)
    return (
        words.of(found.programme, f"fields.{field}")
        if field
        else words.text(f"figures.grouping.{by}")
    )


def compared(result: "insight.Result") -> list[tuple[str, str]]:
    """The period before and the year before, as people read them."""
    found = []
    for name, value in (("last", result.last), ("year_ago", result.year_ago)):
        if value is not None:
            text = shown(value, result.definition.spec.measure)
            few = value.value is not None and abs(value.value) < FEW
            change = (
                None
                if few and result.definition.spec.means.told == "whole"
                else result.change_from(value)
            )
            told = "" if change is None else words.text("figures.change", share=f"{change:+.1%}")
            called = "last_so_far" if result.so_far and name == "last" else name
            found.append((called, f"{text}{told}"))
    return found


def _aged(bands: tuple[int, ...], start: int) -> str:
    """A group of ages in words: up to three days, from three to seven, thirty and more."""
    after = next((edge for edge in bands if edge > start), None)
    if after is None:
        return words.text("figures.age.over", start=start)
    return words.text(
        "figures.age.within" if start else "figures.age.under", start=start, end=after
    )


def _placed(org: Org) -> str:
    """An organisation by its name; one that went into another says into which."""
    if org.merged_into_id is None:
        return org.name
    return words.text("figures.gone", name=org.name, now=orgs.successor(org).name)


def titled(matter: Matter) -> str:
    """A matter by its number and subject, for those who may see it."""
    return f"{matter.number} {matter.subject}"


def _names(
    who: Actor, result: "insight.Result", by: str, called: Callable[[Matter], str]
) -> dict[int, str]:
    ids = {row.key[by] for row in result.rows} - {None}
    if by in insight.FLOW:
        return {one.pk: _placed(one) for one in orgs.orgs_of(ids)}
    if _type_of(result.definition, grouping.field_of(by)) == "org":
        return {one.pk: _placed(one) for one in orgs.orgs_of({int(pk) for pk in ids})}
    if by == "into":
        # Whoever may not see a matter is told that there is one, and no word of it.
        hidden = words.text("figures.unseen")
        seen = {m.pk: called(m) for m in matters.by_ids(who, sorted(ids))}
        return dict.fromkeys(ids, hidden) | seen
    return {}


def rows(
    who: Actor,
    result: "insight.Result",
    by: str,
    given: dict[str, str],
    called: Callable[[Matter], str] = titled,
) -> list[dict[str, Any]]:
    """The groups of an answer by name, each with its value and the way to its matters. Common
    problems come with the largest first, all else in the order of its kind."""
    found = result.definition
    parts = keys_of(by)
    names = {part: _names(who, result, part, called) for part in parts}
    made: list[dict[str, Any]] = []
    for row in result.rows:
        ends = [_named(found, part, row.key[part], names[part]) for part in parts]
        key = "-".join("" if row.key[part] is None else str(row.key[part]) for part in parts)
        made.append(
            {
                "name": " → ".join(ends),
                "ends": ends,
                "value": row,
                "shown": shown(row, found.spec.measure),
                "link": urlencode({**given, "by": by, "key": key}),
            }
        )
    if by in ("into", FLOW):
        made.sort(key=lambda one: -one["value"].value)
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
    place = _place(request, found)
    context: dict[str, Any] = {
        "section": "figures",
        "found": found,
        "scope": scope,
        "scopes": insight.scopes(who, found.programme),
        "by": by,
        "by_name": grouping_name(found, by) if by else "",
        "groupings": [(name, grouping_name(found, name)) for name in groupings(found)],
        "as_it_is": as_it_is,
        "place": place,
        "places": ("unit", "home"),
        "given": request.GET.get("period", ""),
        "spans": spans.offered(),
    }
    status = 200
    try:
        period = period_of(request)
        context["given"] = period.text
        groups = keys_of(by) if by in dict(context["groupings"]) else ()
        result = insight.figure(
            found,
            period,
            scope,
            by=groups,
            as_it_is=as_it_is,
            place=place,
            compare=True,
            so_far=True,
        )
    except insight.InsightError as error:
        context["problem"], status = errors.message(error), errors.status(error)
    else:
        asked = {"period": period.text, "org": str(scope.pk)}
        asked |= {"tree": "now"} if as_it_is else {}
        asked |= {"place": place} if place != found.spec.org else {}
        drawn = _drawn(found, result.period, scope, place)
        context |= {
            "result": result,
            "shown": shown(result.total, found.spec.measure),
            "compared": compared(result),
            "moved": moved(result),
            "late": insight.late_now(who, [found], scope).get((programme, figure), 0),
            "beside": told_beside(insight.beside(result)),
            "drawn": drawn,
            "months": list(zip(drawn["names"], drawn["values"], strict=True))
            if drawn and found.spec.means.of_year
            else [],
            "rows": rows(who, result, by, asked) if groups else [],
            "link": urlencode(asked),
            # By the tree as it is they stand under their successors already.
            "merged": by == "org" and not as_it_is and _merged(result),
            "sides": [s for s in SIDES if s == "among" or found.spec.measure == "share"],
        }
    return render(request, "desk/figure.html", context, status=status)


def every_month(
    found: "insight.Definition", line: Period, told: Mapping[date, float | None]
) -> list[float | None]:
    """One value for every month of a line: of one without any, nought where things are counted, and
    nothing where a share or a median would stand."""
    silent = None if found.spec.rests_on_sample() else 0
    return [told.get(month, silent) for month in spans.months(line)]


def month_names(line: Period) -> list[str]:
    """The months of a line as its axis names them: the year where it begins and in each January."""
    return [
        words.text(
            "figures.month_first" if n == 0 or one.month == 1 else "figures.month",
            month=words.text(f"days.month.{one.month}"),
            year=one.year,
        )
        for n, one in enumerate(spans.months(line))
    ]


def _drawn(
    found: "insight.Definition", period: Period, scope: Org, place: "insight.Place"
) -> dict[str, Any] | None:
    """The months up to the end of a period beside those of the year before; None where it has no
    months or none of them may be told. Of a measure of a year how many there were in each of its months."""
    if found.spec.means.of_year:
        return _spread(found, period, scope, place)
    if "period" not in found.spec.by:
        return None
    line = spans.year_to(period)
    by_month: list[dict[date, float | None]] = []
    for span in (line, line.year_ago()):
        groups = insight.figure(found, span, scope, by=("period",), place=place).rows
        by_month.append({row.key["period"]: row.value for row in groups})
    this, last = by_month
    if all(value is None for value in this.values()):
        return None
    return {
        "shape": "line",
        "share": found.spec.means.told == "share",
        "whole": found.spec.means.told == "whole",
        "names": month_names(line),
        "values": every_month(found, line, this),
        "before": every_month(found, line.year_ago(), last),
        "titles": [words.text("figures.line.this"), words.text("figures.line.before")],
    }


def _spread(
    found: "insight.Definition", period: Period, scope: Org, place: "insight.Place"
) -> dict[str, Any] | None:
    counted = found.counted()
    groups = insight.figure(counted, period, scope, by=("period",), place=place).rows
    told = {row.key["period"]: row.value for row in groups}
    if not told:
        return None
    until = min(period.after, Period.of(periods.Grain.MONTH, spans.today()).after)
    line = Period(periods.Grain.FREE, period.start, max(until, *told))
    return {
        "shape": "bar",
        "share": False,
        "whole": True,
        "names": month_names(line),
        "values": every_month(counted, line, told),
    }


def _merged(result: "insight.Result") -> bool:
    ids = {row.key["org"] for row in result.rows} - {None}
    return any(one.merged_into_id for one in orgs.orgs_of(ids))


_NUMBERED = frozenset({"org", "from", "into", "age"})
_GROUPS = _NUMBERED | {"period", "category", "channel"}


def _key(request: HttpRequest) -> dict[str, Any]:
    by, given = request.GET.get("by", ""), request.GET.get("key")
    parts = keys_of(by)
    if not all(one in _GROUPS or grouping.field_of(one) for one in parts) or given is None:
        return {}
    # A number that is none names no group: there is nothing behind it.
    values = given.split("-", maxsplit=len(parts) - 1) if len(parts) > 1 else [given]
    values += [""] * (len(parts) - len(values))
    return {part: _cell(part, value) for part, value in zip(parts, values, strict=True)}


def _cell(by: str, given: str) -> Any:
    if not given:
        return None
    if by in _NUMBERED:
        return int(given) if given.isdecimal() and len(given) < 19 else -1
    if by == "period":
        try:
            return periods.parse(given).start
        except periods.PeriodError:
            raise insight.InsightError("insight.bad_period", text=given[:25]) from None
    return given


def _need(found: Matter, at: datetime) -> tuple[bool, datetime]:
    """Longest late first; all else stays as it came."""
    if found.due_at is None or found.phase != "open" or found.paused or found.due_at > at:
        return True, at
    return False, found.due_at


@login_required
@require_GET
def behind(request: HttpRequest, programme: str, figure: str) -> HttpResponse:
    """The matters behind a figure, or behind one row of its table, that the reader may see."""
    who = actor_of(request)
    found = insight.definition(programme, figure)
    scope = insight.scope(who, found.programme, _org(request, "org"))
    period = period_of(request)
    side: insight.Side = next((s for s in SIDES if s == request.GET.get("side")), "among")
    after = request.GET.get("after", "")
    ask = partial(
        insight.matters_behind,
        found,
        period,
        scope,
        side=side,
        key=_key(request),
        as_it_is=request.GET.get("tree") == "now",
        place=_place(request, found),
    )
    start = int(after) if after.isdecimal() and len(after) < 19 else 0
    late = "late" in request.GET
    if late:
        seen, going_on = insight.late_rows(who, found, scope, LATE), None
    else:
        seen, going_on = insight.seen_behind(who, ask, after=start, limit=PAGE)
    at = now()
    pressing = [one for one in seen if late or not _need(one, at)[0]]
    homes = {path for path in {one.home_path for one in pressing} if attachables(who, path)}
    following = request.GET.copy()
    following["after"] = str(going_on)
    context = {
        "section": "figures",
        "found": found,
        "scope": scope,
        "period": period,
        "late": late,
        "matters": sorted(seen, key=lambda one: _need(one, at)),
        "direct": {one.pk for one in pressing if one.home_path in homes},
        "now": at,
        "following": following.urlencode() if going_on else "",
    }
    return render(request, "desk/figure_matters.html", context)

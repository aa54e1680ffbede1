"""Figures: what is declared, what it amounts to, which matters are behind it."""

from datetime import date, datetime
from functools import partial
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from bihuan.api import base, words
from bihuan.api.base import ERRORS, Id, Size
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.rules import periods
from bihuan.rules.periods import Grain
from bihuan.spec import grouping

READ = "matters:read"
router = Router(tags=["figures"])
Figure = Annotated[
    str,
    Field(pattern=r"^(org|period|category|channel|person|from|into|age|field\.[a-z][a-z0-9_]*)$"),
]
Place = Literal["home", "unit"]
GrainName = Literal["day", "week", "month", "quarter", "half", "year"]


class DefinitionOut(Schema):
    """A figure: what is counted in words, how, and what may be asked about it."""

    id: str
    title: str
    definition: str
    version: int
    measure: str
    by: list[str]
    minimum: int
    clause: str


class DefinitionList(Schema):
    items: list[DefinitionOut]


class FigureQuery(Schema):
    """`org` is an organisation whose subtree is meant; `as_it_is` takes organisations by today's
    tree instead of that of the time; `place` tells it by the unit that received a matter (`home`)
    or by the one that handles it, instead of by the figure's own; `compare` adds the period before
    and a year before. Groups: `from` is the unit that had a matter before, `into` the common problem
    it was merged into, `age` the day at which a band of ages begins, `field.<name>` a field
    of the matters, where the figure declares it."""

    period: str = Field(max_length=25, description="2026, 2026-H1, 2026-Q3, 2026-03, 2026-W09, …")
    org: Id | None = None
    by: list[Figure] = Field(default_factory=list, max_length=8)
    grain: GrainName = "month"
    depth: int | None = Field(None, ge=1, le=64)
    as_it_is: bool = False
    place: Place | None = None
    compare: bool = False


class BehindQuery(Schema):
    """`side` is the denominator, the numerator or what is left out; `field` a group by a field, as
    `name=value`, nothing for those without; `after` the last id seen."""

    period: str = Field(max_length=25)
    org: Id | None = None
    side: Literal["among", "part", "excluded"] = "among"
    category: str | None = Field(None, max_length=40)
    channel: str | None = Field(None, max_length=40)
    age: int | None = Field(None, ge=0, le=3660)
    into: Id | None = None
    field: str | None = Field(None, pattern=r"^[a-z][a-z0-9_]{0,39}=[^,=]{0,40}$")
    as_it_is: bool = False
    place: Place | None = None
    after: int = Field(0, ge=0, le=2**63 - 1)
    limit: Size = 50


class ValueOut(Schema):
    """A number, or none and the `reason`: `nothing` to divide by, or withheld, because it rests on too
    `few` or another that does could be worked out from it."""

    key: dict[str, str | int | date | None]
    value: float | None
    numerator: int | None
    denominator: int | None
    excluded: int | None
    sample: int | None
    reason: str


class BesideOut(Schema):
    """What a figure must not be told without: of how many it speaks."""

    figure: DefinitionOut
    total: ValueOut


class FigureOut(Schema):
    """A figure computed from the facts up to event `horizon`. `late_now` are promises that ran out and
    have no answer: in no share of kept promises yet. `untold`: there are groups, but any of
    them would give another away, so none is told."""

    figure: DefinitionOut
    first: date
    last: date
    org: int | None
    place: Place
    total: ValueOut
    rows: list[ValueOut]
    untold: bool
    before: ValueOut | None
    year_ago: ValueOut | None
    beside: BesideOut | None
    late_now: int
    horizon: int
    newest: datetime | None


class BehindItem(Schema):
    id: int
    number: str


class BehindOut(Schema):
    """Matters behind a figure that the caller may see; `after` of the next page, if there is one."""

    items: list[BehindItem]
    next: int | None


def definition_out(one: "insight.Definition", locale: str) -> dict[str, Any]:
    """A definition as the interface tells it."""
    spec = one.spec
    return {
        "id": f"{one.programme.id}.{one.id}",
        "title": words.of(one.programme, one.title_key, locale),
        "definition": words.of(one.programme, one.text_key, locale),
        "version": spec.version,
        "measure": spec.measure,
        "by": list(spec.by),
        "minimum": spec.minimum,
        "clause": one.clause,
    }


def _named(figure: str) -> "insight.Definition":
    programme, _, name = figure.partition(".")
    return insight.definition(programme, name)


def _period(text: str) -> periods.Period:
    try:
        return periods.parse(text)
    except periods.PeriodError:
        raise insight.InsightError("insight.bad_period", text=text) from None


def _scope(actor: Actor, found: "insight.Definition", org: int | None) -> Org:
    named = base.org_at(org, "org") if org is not None else None
    return insight.scope(actor, found.programme, named)


@router.get("/figures", response={200: DefinitionList, **ERRORS}, operation_id="list_figures")
def list_figures(request: HttpRequest) -> dict[str, Any]:
    """The figures of the programmes in which the caller has a role."""
    actor = base.who(request, READ)
    locale = words.locale(request)
    may = [one for one in insight.definitions() if insight.scopes(actor, one.programme)]
    return {"items": [definition_out(one, locale) for one in may]}


def _honest(actor: Actor, result: "insight.Result", locale: str) -> dict[str, Any]:
    """What stands beside a share where silence would look like success."""
    found, other = result.definition, insight.beside(result)
    late = 0
    if result.scope is not None:
        there = insight.late_now(actor, [found], orgs.org(result.scope))
        late = there.get((found.programme.id, found.id), 0)
    told = other and {"figure": definition_out(other.definition, locale), "total": other.total}
    return {"beside": told, "late_now": late}


@router.get("/figures/{figure}", response={200: FigureOut, **ERRORS}, operation_id="get_figure")
def get_figure(request: HttpRequest, figure: str, asked: Query[FigureQuery]) -> dict[str, Any]:
    """One figure (`programme.figure`) for a period and a subtree."""
    actor = base.who(request, READ)
    found = _named(figure)
    result = insight.figure(
        found,
        _period(asked.period),
        _scope(actor, found, asked.org),
        by=tuple(asked.by),
        grain=Grain(asked.grain),
        depth=asked.depth,
        as_it_is=asked.as_it_is,
        place=asked.place,
        compare=asked.compare,
    )
    return {
        **_honest(actor, result, words.locale(request)),
        "figure": definition_out(found, words.locale(request)),
        "first": result.period.start,
        "last": result.period.last,
        "org": result.scope,
        "place": result.place,
        "total": result.total,
        "rows": result.rows,
        "untold": result.untold,
        "before": result.last,
        "year_ago": result.year_ago,
        "horizon": result.horizon,
        "newest": result.newest_at,
    }


@router.get(
    "/figures/{figure}/matters", response={200: BehindOut, **ERRORS}, operation_id="figure_matters"
)
def figure_matters(request: HttpRequest, figure: str, asked: Query[BehindQuery]) -> dict[str, Any]:
    """The matters behind a figure, those that the caller may see, oldest first."""
    actor = base.who(request, READ)
    found = _named(figure)
    given = {name: getattr(asked, name) for name in ("category", "channel", "age", "into")}
    key: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if asked.field is not None:
        name, _, value = asked.field.partition("=")
        key[grouping.PREFIX + name] = value or None
    ask = partial(
        insight.matters_behind,
        found,
        _period(asked.period),
        _scope(actor, found, asked.org),
        side=asked.side,
        key=key,
        as_it_is=asked.as_it_is,
        place=asked.place,
    )
    seen, following = insight.seen_behind(actor, ask, after=asked.after, limit=asked.limit)
    return {"items": [{"id": one.pk, "number": one.number} for one in seen], "next": following}

"""Asking: a figure of a programme, for a period and a scope, with what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Literal

from django.utils import timezone
from typing_extensions import override

from bihuan.foundation.orgs.api import Org
from bihuan.insight.facts.store import Manifest, Store, store
from bihuan.insight.figures import engines, wording
from bihuan.insight.figures.engines import Engine
from bihuan.insight.figures.question import DEEPEST, Behind, Question, check
from bihuan.insight.figures.telling import Telling
from bihuan.insight.problems import InsightError, UnknownFigureError
from bihuan.kernel.programmes import api as programmes
from bihuan.rules.periods import Grain, Period
from bihuan.spec.figures import FigureSpec
from bihuan.spec.schema import Programme

_COUNTED_IN = {"money": 100}
Side = Literal["among", "part", "excluded"]
Place = Literal["home", "unit"]


@dataclass(frozen=True)
class Definition:
    """A figure as declared: in which programme and release, under which name."""

    programme: Programme
    id: str

    @property
    def spec(self) -> FigureSpec:
        return self.programme.figures[self.id]

    @property
    def spec_json(self) -> str:
        """The definition as JSON, by which its words are kept."""
        return self.spec.model_dump_json(by_alias=True)

    def counted(self) -> "Definition":
        """The same as a plain count, by month too: what a measure of a year is made of."""
        return _Counted(self.programme, self.id)

    @property
    def clause(self) -> str:
        """Where the figure comes from, its source by full title."""
        name, _, rest = self.spec.clause.partition(" ")
        titles = {source.id: source.title for source in self.programme.manifest.sources}
        return f"{titles.get(name, name)} {rest}".strip()

    @property
    def title_key(self) -> str:
        """The programme's words for its name."""
        return f"figures.{self.id}"

    @property
    def text_key(self) -> str:
        """The programme's words for what it counts."""
        return f"definitions.{self.id}"


class _Counted(Definition):
    @property
    @override
    def spec(self) -> FigureSpec:
        own = self.programme.figures[self.id]
        return own.model_copy(update={"measure": "count", "by": ("period",)})


@dataclass(frozen=True)
class Value:
    """One number and what it rests on.

    `value` is None when there is none, and `reason` says why: `nothing` (the denominator is zero)
    or `few`: withheld with its parts, because the sample is below the minimum, or because one that is
    could be worked out from this and other answers. Which of the two is not told, nor whether it is
    empty: it would help to work it out.
    Of a share, `numerator / denominator` is the value; of a count, the denominator is None; of money,
    in yuan, and of numbers with places after the point both are.
    """

    key: Mapping[str, Any]
    value: float | None
    numerator: int | None
    denominator: int | None
    excluded: int | None
    sample: int | None
    reason: str = ""


@dataclass(frozen=True)
class Result:
    """An answer. `rows` are the groups, when a grouping was asked for; `last` and `year_ago` the
    same total one period and one year before, when comparison was. Computed from the facts up to
    event `horizon`, the newest of which happened at `newest`. `place` is by which unit it is told:
    the one that received a matter (`home`) or the one that handles it. `withholds`: some groups are
    withheld, named among the rows or, where it would tell which are empty, not. `so_far`: the period goes on,
    and is compared with as much of those before."""

    definition: Definition
    period: Period
    scope: int | None
    by: tuple[str, ...]
    total: Value
    rows: tuple[Value, ...]
    last: Value | None
    year_ago: Value | None
    horizon: int
    newest: str
    place: Place = "unit"
    withholds: bool = False
    so_far: bool = False

    @property
    def untold(self) -> bool:
        """Whether there are groups, and none of them is told or named."""
        return self.withholds and not self.rows

    @property
    def version(self) -> int:
        return self.definition.spec.version

    def change_from(self, before: Value | None) -> float | None:
        """By how much the total changed from that of another period, as a part of that one: -0.427
        is 42.7 per cent less. None of shares and medians, and where there is nothing to compare."""
        if self.definition.spec.rests_on_sample():
            return None
        if before is None or not before.value or self.total.value is None:
            return None
        return (self.total.value - before.value) / before.value

    @property
    def newest_at(self) -> datetime | None:
        """`newest` as an instant; None while nothing happened."""
        return datetime.fromisoformat(self.newest) if self.newest else None


def definitions() -> list[Definition]:
    """Every figure of the newest release of every programme that an installed app can compute."""
    return [
        Definition(p, name)
        for p in programmes.known()
        for name, spec in p.figures.items()
        if spec.is_known()
    ]


def definition(programme: str, figure: str) -> Definition:
    """One figure. Raises UnknownFigureError when there is none of the name."""
    for one in definitions():
        if (one.programme.id, one.id) == (programme, figure):
            return one
    wanted = ".".join(one for one in (programme, figure) if one)
    raise UnknownFigureError("insight.unknown_figure", figure=wanted)


def _value(
    spec: FigureSpec, row: Mapping[str, Any], by: tuple[str, ...], *, told: bool = True
) -> Value:
    key = {name: row[name] for name in by}
    if not told:
        return _few(key)
    sample, amount = int(row["sample"] or 0), row["amount"]
    excluded = int(row.get("excluded") or 0)
    if not spec.rests_on_sample():
        exact = Decimal(amount or 0) / _COUNTED_IN.get(spec.means.told, 1)
        whole = int(exact) if spec.means.told == "whole" else None
        return Value(key, float(exact) if whole is None else whole, whole, None, excluded, sample)
    if sample and sample < spec.minimum:
        return _few(key)
    if sample == 0 or amount is None:
        return Value(key, None, 0, 0, excluded, sample, "nothing")
    if spec.part is not None:
        part = int(row["part"] or 0)
        return Value(key, part / sample, part, sample, excluded, sample)
    return Value(key, float(amount), None, None, excluded, sample)


def _few(key: Mapping[str, Any]) -> Value:
    return Value(key, None, None, None, None, None, "few")


def _adds_up(spec: FigureSpec) -> bool:
    """Whether each thing counted is in one group only, so that the groups make the total."""
    adds = spec.means.adds
    return adds == "always" or (adds == "steps" and spec.of == "steps")


def _together(rows: list[dict[str, Any]]) -> dict[str, int]:
    cells = ("amount", "part", "excluded", "sample")
    return {name: sum(row.get(name) or 0 for row in rows) for name in cells}


@dataclass(frozen=True)
class _Asking:
    engine: Engine
    facts: Store
    manifest: Manifest
    found: Definition
    asked: Question

    def answer(self) -> "_Answer":
        """The total and the groups."""
        if not self.asked.by:
            return _Answer(self.total(), (), withholds=False)
        spec = self.found.spec
        rows = self._rows(self.asked)
        if not spec.rests_on_sample():
            groups, withholds = tuple(_value(spec, row, self.asked.by) for row in rows), False
        else:
            groups, withholds = self._groups(rows)
        total = self._total(_together(rows), self.asked) if _adds_up(spec) else self.total()
        return _Answer(total, tuple(sorted(groups, key=_order)), withholds=withholds)

    def total(self, period: Period | None = None) -> Value:
        """The number without groups, of another period when one is given. Where groups make the
        total they are added up: one query fewer to put into words."""
        asked = replace(self.asked, period=period or self.asked.period)
        if asked.by and _adds_up(self.found.spec):
            return self._total(_together(self._rows(asked)), asked)
        return self._total(self._rows(replace(asked, by=()))[0], asked)

    def _total(self, row: Mapping[str, Any], asked: Question) -> Value:
        spec = self.found.spec
        asked = replace(asked, by=())
        told = not spec.rests_on_sample() or self._telling(asked).tells(row, self._by_day(asked))
        return _value(spec, row, (), told=told)

    def _groups(self, rows: list[dict[str, Any]]) -> tuple[tuple[Value, ...], bool]:
        """The groups that are told, those withheld that may be named, and whether any is withheld."""
        spec, by = self.found.spec, self.asked.by
        telling, that_day = self._telling(self.asked), self._by_day(self.asked)
        told = [row for row in rows if telling.tells(row, that_day)]
        named = {tuple(row[name] for name in by) for row in told}
        kept_back = [key for key in telling.withheld(rows) if key not in named]
        values = [
            *(_value(spec, row, by) for row in told),
            *(_few(dict(zip(by, key, strict=True))) for key in kept_back),
        ]
        return tuple(values), bool(kept_back) or len(told) < len(rows)

    def _telling(self, asked: Question) -> Telling:
        return Telling(self.facts, self.manifest, self.found.spec_json, asked, self._rows)

    def _by_day(self, asked: Question) -> Mapping[tuple[Any, ...], int] | None:
        """The samples by the tree of the day, when the tree as it is was asked for: what a place
        would have got or lost since is the difference of the two."""
        if not asked.as_it_is:
            return None
        rows = self._rows(replace(asked, as_it_is=False))
        return {tuple(row[n] for n in asked.by): int(row["sample"] or 0) for row in rows}

    def _rows(self, asked: Question) -> list[dict[str, Any]]:
        self.hold(asked.period)
        asked = replace(asked, until=self.until(asked.period))
        return self.engine.rows(wording.figure(self.found.spec_json, asked, self.engine.dialect))

    def hold(self, period: Period) -> None:
        """Has the engine hold what a question about a period needs."""
        first, after = period.start, period.after
        if self.found.spec.means.from_first:
            first = date.min
        if any(where.ever or where.last for _, where in self.found.spec.conditions()):
            first, after = date.min, date.max
        engines.hold(self.engine, self.facts, self.manifest, first, after)

    def until(self, period: Period) -> datetime | None:
        """When what stands open is counted, and the months of a year that have begun, in the facts' own time:
        at the end of the period, or when the newest event happened while it has not ended."""
        if not (self.found.spec.means.stands or self.found.spec.means.of_year):
            return None
        end = timezone.make_aware(datetime.combine(period.after, time.min)).astimezone(UTC)
        if self.manifest.newest:
            end = min(end, datetime.fromisoformat(self.manifest.newest))
        return end.replace(tzinfo=None)


@dataclass(frozen=True)
class _Answer:
    total: Value
    rows: tuple[Value, ...]
    withholds: bool


def _order(value: Value) -> tuple[str, ...]:
    return tuple(
        "" if v is None else f"{v:020d}" if isinstance(v, int) else str(v)
        for v in value.key.values()
    )


def _whole(spec: FigureSpec, period: Period) -> Period:
    """The days that a measure looks at when it is asked about a period: of one of a year, those of the year
    up to the end of the period."""
    if not spec.means.of_year:
        return period
    first = min(period.start, date(period.last.year, 1, 1))
    return Period(Grain.FREE, first, period.after)


def _question(
    found: Definition,
    period: Period,
    scope: Org | None,
    *,
    by: tuple[str, ...],
    grain: Grain,
    depth: int | None,
    as_it_is: bool,
    place: Place | None,
) -> Question:
    check(found.spec, by)
    if place not in (None, found.spec.org) and not found.spec.either():
        raise InsightError("insight.one_place")
    period = _whole(found.spec, period)
    level = depth or ((scope.depth + 1) if scope is not None else 1)
    if not 1 <= level <= DEEPEST:
        raise InsightError("insight.bad_depth", deepest=DEEPEST)
    if "period" in by and grain is Grain.FREE:
        raise InsightError("insight.bad_grain")
    return Question(
        found.programme.id,
        period,
        scope.pk if scope is not None else None,
        tuple(dict.fromkeys(by)),
        grain,
        level,
        as_it_is,
        place or "",
    )


def figure(
    found: Definition,
    period: Period,
    scope: Org | None = None,
    *,
    by: tuple[str, ...] = (),
    grain: Grain = Grain.MONTH,
    depth: int | None = None,
    as_it_is: bool = False,
    place: Place | None = None,
    compare: bool = False,
    so_far: bool = False,
    facts: Store | None = None,
) -> Result:
    """A figure for the subtree of an organisation (None: everywhere), grouped by what its
    definition allows. Who may ask is the caller's business. `so_far`: a period that goes on by the newest fact is
    compared with the first days of those before, as many as have passed of it: three days of a month are
    no fall against a whole one. Shares and medians are not: they need no whole period, and by parts of one what is
    withheld could be worked out.

    Organisations are taken as they stood when each thing happened, or by the tree as it is now;
    `place` tells it by another unit than its definition does.
    Raises InsightError: a grouping that is not allowed, no facts, an engine that does not start.
    """
    asked = _question(
        found, period, scope, by=by, grain=grain, depth=depth, as_it_is=as_it_is, place=place
    )
    where = facts or store()
    manifest = where.manifest()
    if "person" in asked.by and not manifest.persons:
        raise InsightError("insight.no_persons")
    with engines.chosen() as engine:
        asking = _Asking(engine, where, manifest, found, asked)
        answer = asking.answer()
        counts = not found.spec.rests_on_sample()
        day = _day(manifest.newest) if so_far and compare and counts else None

        def earlier(one: Period) -> Value | None:
            cut = one if day is None else one.as_far(period, day)
            return asking.total(_whole(found.spec, cut)) if compare else None

        return Result(
            found,
            asked.period,
            asked.scope,
            asked.by,
            answer.total,
            answer.rows,
            earlier(period.before()),
            earlier(period.year_ago()),
            manifest.horizon,
            manifest.newest,
            place or found.spec.org,
            answer.withholds,
            so_far=day is not None and day < period.last,
        )


def _day(newest: str) -> date | None:
    """The local day of the newest fact; None while there is none."""
    return timezone.localtime(datetime.fromisoformat(newest)).date() if newest else None


def matters_behind(
    found: Definition,
    period: Period,
    scope: Org | None = None,
    *,
    side: Side = "among",
    key: Mapping[str, Any] | None = None,
    grain: Grain = Grain.MONTH,
    depth: int | None = None,
    as_it_is: bool = False,
    place: Place | None = None,
    after: int = 0,
    limit: int = 50,
    facts: Store | None = None,
) -> list[int]:
    """Ids of the matters behind a figure, or behind one group of it (`key`, as a row has it), ids
    upwards from `after`. Whether the reader may see each is for the caller to ask of the kernel."""
    key = key or {}
    by = tuple(key)
    asked = _question(
        found, period, scope, by=by, grain=grain, depth=depth, as_it_is=as_it_is, place=place
    )
    where = facts or store()
    with engines.chosen() as engine:
        asking = _Asking(engine, where, where.manifest(), found, asked)
        asking.hold(asked.period)
        asked = replace(asked, until=asking.until(asked.period))
        behind = Behind(side, tuple(key.items()), after, limit)
        rows = engine.rows(wording.matters(found.spec_json, asked, behind, engine.dialect))
    return [row["matter"] for row in rows]

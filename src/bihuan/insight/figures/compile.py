"""From a figure's definition to one Ibis expression, the same for every engine.

The answer's columns: the keys asked for, `amount`, and for shares `part` and `excluded`; `sample`
is how many matters, steps or readings the amount rests on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import and_, or_

import ibis
import pyarrow as pa
from ibis.expr import types as ir

from bihuan.insight.facts import streams
from bihuan.insight.facts.export import COUNTS
from bihuan.insight.facts.shape import STEPS
from bihuan.insight.facts.tree import PLACES
from bihuan.insight.problems import InsightError
from bihuan.rules.periods import Grain, Period
from bihuan.spec.figures import FigureSpec, Where

SECONDS_A_DAY = 86_400
# How deep the tree may be: a path has at most this many steps.
DEEPEST = 64
# The names under which an engine holds the facts.
STEPS_NAME, PLACES_NAME = "steps", "places"
NEVER = ibis.literal(value=False)


def counter(tally: str) -> str:
    """The name under which an engine holds a table of counters."""
    return f"tally_{tally}"


@dataclass(frozen=True)
class Tables:
    """The facts as an engine holds them."""

    steps: ir.Table
    places: ir.Table
    tallies: Mapping[str, ir.Table]


def _tables() -> Tables:
    def table(shape: pa.Schema, name: str) -> ir.Table:
        return ibis.table(ibis.Schema.from_pyarrow(shape), name=name)

    counters = {one.name: table(COUNTS, counter(one.name)) for one in streams.tallies()}
    return Tables(table(STEPS, STEPS_NAME), table(PLACES, PLACES_NAME), counters)


@dataclass(frozen=True)
class Question:
    """What is asked about a figure. `scope` is an organisation whose subtree is meant, None for all;
    `by` the groupings; `grain` and `depth` say how long the periods and how deep the organisations
    of a grouping are. `as_it_is` reads organisations by today's tree instead of that of the day."""

    programme: str
    period: Period
    scope: int | None = None
    by: tuple[str, ...] = ()
    grain: Grain = Grain.MONTH
    depth: int = 1
    as_it_is: bool = False


_LISTS = {
    "events": "type",
    "kinds": "kind",
    "actions": "action",
    "from_": "from_state",
    "to": "to_state",
    "phases": "phase",
    "categories": "category",
    "channels": "channel",
    "levels": "level",
    "boards": "board",
}


def _holds(steps: ir.Table, name: str) -> ir.BooleanValue:
    return steps.flags.fill_null("").contains(f",{name},")


def condition(steps: ir.Table, where: Where, everything: ir.Table) -> ir.BooleanValue:
    """Whether a step is meant; true or false, never unknown. `everything` are all steps there are,
    of whatever period."""
    parts: list[ir.BooleanValue] = [
        steps[column].isin(getattr(where, key))
        for key, column in _LISTS.items()
        if getattr(where, key)
    ]
    parts += [_holds(steps, name) for name in where.flags]
    parts += [~_holds(steps, name) for name in where.without]
    parts += [steps.said.get(name).isin(values) for name, values in where.said.items()]
    if where.ever:
        taken = everything.filter(everything.action.isin(where.ever))
        parts.append(steps.matter.isin(taken.matter))
    if where.promise == "ended":
        parts.append(steps.late.notnull())
    elif where.promise is not None:
        parts.append(steps.late == (where.promise == "broken"))
    return reduce(and_, parts).fill_null(NEVER)


def _any(conditions: list[ir.BooleanValue]) -> ir.BooleanValue:
    return reduce(or_, conditions) if conditions else NEVER


def _of_period(table: ir.Table, period: Period) -> ir.Table:
    return table.filter(table.day >= period.start, table.day < period.after)


def _places(tables: Tables, asked: Question) -> ir.Table:
    places = tables.places
    if asked.as_it_is:
        places = places.filter(places.now)
    if asked.scope is not None:
        places = places.filter(places.above.contains(asked.scope))
    length = places.above.length()
    # Who stands higher than the depth asked for is a group of its own.
    level = ibis.least(length, ibis.literal(asked.depth, "int64")) - 1
    return places.select(place=places.org, place_path=places.path, org=places.above[level])


def _placed(steps: ir.Table, tables: Tables, spec: FigureSpec, asked: Question) -> ir.Table:
    """The steps within the scope, each with the organisation it is grouped under."""
    if asked.scope is None and "org" not in asked.by:
        return steps
    places = _places(tables, asked)
    same = [steps[spec.org] == places.place]
    if not asked.as_it_is:
        same.append(steps[f"{spec.org}_path"] == places.place_path)
    return steps.inner_join(places, same)


def _bucket(day: ir.DateValue, grain: Grain) -> ir.DateValue:
    units = {Grain.WEEK: "W", Grain.MONTH: "M", Grain.QUARTER: "Q", Grain.YEAR: "Y"}
    if grain in units:
        # Spark cuts a day down to an instant: said in instants, both engines end with a day.
        return day.cast("timestamp").truncate(units[grain]).cast("date")
    if grain is Grain.HALF:
        first = ibis.ifelse(day.month() <= 6, 1, 7)
        return ibis.date(day.year(), first, 1)
    return day


def _keys(steps: ir.Table, asked: Question) -> dict[str, ir.Value]:
    found: dict[str, ir.Value] = {}
    for name in asked.by:
        found[name] = _bucket(steps.day, asked.grain) if name == "period" else steps[name]
    return found


def _steps(spec: FigureSpec, tables: Tables, asked: Question) -> ir.Table:
    """The steps the figure speaks of, within period and scope, told apart by three marks."""
    everything = tables.steps.filter(tables.steps.programme == asked.programme)
    steps = everything
    if spec.measure == "tally":
        steps = _read(spec, steps, tables)
    steps = _of_period(steps, asked.period)
    steps = steps.mutate(
        is_among=condition(steps, spec.among, everything),
        is_part=condition(steps, spec.part, everything) if spec.part else NEVER,
        is_out=_any([condition(steps, one, everything) for one in spec.excluded]),
    )
    steps = steps.filter(steps.is_among | steps.is_part | steps.is_out)
    return _placed(steps, tables, spec, asked)


def _read(spec: FigureSpec, steps: ir.Table, tables: Tables) -> ir.Table:
    """Counters beside the first step of what they count, on the days of the counters."""
    counted = tables.tallies[str(spec.tally)].rename(counted_day="day", counted_row="row")
    first = steps.filter(steps.seq == 1, steps.source != "matter").drop("day")
    return first.inner_join(counted, first["row"] == counted.counted_row).rename(day="counted_day")


def check(spec: FigureSpec, by: tuple[str, ...]) -> None:
    """Raises InsightError for a grouping that the figure does not allow."""
    refused = sorted(set(by) - set(spec.by))
    if refused:
        raise InsightError("insight.not_by", by=", ".join(refused), allowed=", ".join(spec.by))


@lru_cache(maxsize=512)
def sql(spec: str, asked: Question, dialect: str) -> str:
    """The figure (its definition as JSON) in an engine's own words. Remembered: putting an
    expression into words takes longer than many a figure."""
    found = FigureSpec.model_validate_json(spec)
    return str(ibis.to_sql(expression(found, asked), dialect=dialect))


def expression(spec: FigureSpec, asked: Question) -> ir.Table:
    """The figure as one expression."""
    steps = _steps(spec, _tables(), asked)
    keys = _keys(steps, asked)
    return _MEASURES[spec.measure](spec, steps, keys)


def _apart(spec: FigureSpec, steps: ir.Table, keys: dict[str, ir.Value]) -> ir.Table:
    """What is counted, one row each: a step, or a matter with what its steps were together."""
    marks = ("is_among", "is_part", "is_out")
    if spec.of == "steps":
        return steps.select(**keys, **{name: steps[name] for name in marks})
    # Most matters have one step that is meant: telling them apart must not cost a sort.
    return steps.group_by([keys[n].name(n) for n in keys] + [steps.matter]).aggregate(
        **{name: steps[name].any() for name in marks}
    )


def _counted(spec: FigureSpec, steps: ir.Table, keys: dict[str, ir.Value]) -> ir.Table:
    if spec.of == "matters" and not spec.excluded and spec.part is None:
        amount = steps.matter.nunique()
        return _grouped(steps, keys, {"amount": amount, "sample": amount})
    apart = _apart(spec, steps, keys)
    inside = apart.is_among & ~apart.is_out
    total = inside.sum()
    cells = {
        "amount": total,
        "part": (inside & apart.is_part).sum(),
        "excluded": (apart.is_among & apart.is_out).sum(),
        "sample": total,
    }
    return _grouped(apart, {name: apart[name] for name in keys}, cells)


def _summed(spec: FigureSpec, steps: ir.Table, keys: dict[str, ir.Value]) -> ir.Table:
    number = steps.said.get(str(spec.input)).cast("int64")
    return _grouped(steps, keys, {"amount": number.sum(), "sample": number.count()})


def _tallied(spec: FigureSpec, steps: ir.Table, keys: dict[str, ir.Value]) -> ir.Table:
    del spec
    return _grouped(steps, keys, {"amount": steps["count"].sum(), "sample": steps["count"].count()})


def _median(spec: FigureSpec, steps: ir.Table, keys: dict[str, ir.Value]) -> ir.Table:
    del spec
    days = steps.age.cast("float64") / SECONDS_A_DAY
    return _grouped(steps, keys, {"amount": days.median(), "sample": steps.age.count()})


_MEASURES: Mapping[str, Callable[[FigureSpec, ir.Table, dict[str, ir.Value]], ir.Table]] = {
    "count": _counted,
    "share": _counted,
    "sum": _summed,
    "tally": _tallied,
    "median_days": _median,
}


def _grouped(rows: ir.Table, keys: dict[str, ir.Value], cells: dict[str, ir.Value]) -> ir.Table:
    if not keys:
        return rows.aggregate(**cells)
    return rows.group_by([value.name(name) for name, value in keys.items()]).aggregate(**cells)


def matters(
    spec: FigureSpec,
    asked: Question,
    *,
    side: str,
    key: Mapping[str, object],
    after: int,
    limit: int,
) -> ir.Table:
    """The matters behind one side of a figure (`among`, `part` or `excluded`), ids upwards; `key`
    names one group of a grouping."""
    steps = _steps(spec, _tables(), asked)
    for name, value in _keys(steps, asked).items():
        wanted = key.get(name)
        steps = steps.filter(value.isnull() if wanted is None else value == wanted)
    of = "matters" if spec.of == "matters" else "steps"
    apart = (
        steps.group_by("matter").aggregate(
            is_among=steps.is_among.any(), is_part=steps.is_part.any(), is_out=steps.is_out.any()
        )
        if of == "matters"
        else steps.select("matter", "is_among", "is_part", "is_out")
    )
    chosen = {
        "among": apart.is_among & ~apart.is_out,
        "part": apart.is_among & apart.is_part & ~apart.is_out,
        "excluded": apart.is_among & apart.is_out,
    }
    found = apart.filter(chosen[side]).select("matter").distinct()
    return found.filter(found.matter > after).order_by("matter").limit(limit)

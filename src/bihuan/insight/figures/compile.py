"""From a figure's definition to one Ibis expression, the same for every engine.

The answer's columns: the keys asked for, `amount`, and for shares `part` and `excluded`; `sample`
is how many matters, steps or readings the amount rests on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, reduce
from importlib import import_module
from operator import and_, or_

import ibis
import pyarrow as pa
from ibis.expr import types as ir

from bihuan.insight.facts import streams
from bihuan.insight.facts.export import COUNTS
from bihuan.insight.facts.shape import STEPS
from bihuan.insight.facts.tree import PLACES
from bihuan.insight.figures.measuring import NEVER, SECONDS_A_DAY
from bihuan.insight.figures.question import (
    AFTER,
    BEYOND,
    FIRST,
    PLACES_NAME,
    SCOPE,
    STEPS_NAME,
    UNTIL,
    Behind,
    Question,
    StandIn,
    counter,
)
from bihuan.rules.periods import Grain
from bihuan.spec import grouping
from bihuan.spec.figures import FigureSpec, Where

Computing = Callable[[FigureSpec, ir.Table, dict[str, ir.Value]], ir.Table]


@dataclass(frozen=True)
class Tables:
    """The facts as an engine holds them."""

    steps: ir.Table
    places: ir.Table
    tallies: Mapping[str, ir.Table]


def _tables() -> Tables:
    return _named(tuple(one.name for one in streams.tallies()))


@cache
def _named(counted: tuple[str, ...]) -> Tables:
    def table(shape: pa.Schema, name: str) -> ir.Table:
        return ibis.table(ibis.Schema.from_pyarrow(shape), name=name)

    counters = {name: table(COUNTS, counter(name)) for name in counted}
    return Tables(table(STEPS, STEPS_NAME), table(PLACES, PLACES_NAME), counters)


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
    """Whether a step is meant; unknown where the step says nothing of it. `everything` are all
    steps there are, of whatever period."""
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
    parts += [
        steps.part.isin(_standing_parts(everything, name, values).part)
        for name, values in where.last.items()
    ]
    if where.promise == "ended":
        parts.append(steps.late.notnull())
    elif where.promise is not None:
        parts.append(steps.late == (where.promise == "broken"))
    if where.handed:
        parts.append(steps.unit != steps.from_unit)
    return reduce(and_, parts)


def _standing_parts(everything: ir.Table, name: str, values: Sequence[str]) -> ir.Table:
    """The facts of parts that say one of some values by now, under a name that one sort of parts has."""
    told = everything.filter(everything.part.notnull(), everything.said.get(name).notnull())
    newest = told.group_by("part").aggregate(last_event=told.event.max())
    newest = newest.rename(of_part="part")
    last = told.semi_join(newest, [told.part == newest.of_part, told.event == newest.last_event])
    return last.filter(last.said.get(name).isin(values), ~last.type.endswith(".withdrawn"))


def _any(steps: ir.Table, wheres: Sequence[Where], everything: ir.Table) -> ir.BooleanValue:
    return reduce(or_, [condition(steps, one, everything) for one in wheres])


def _mark(steps: ir.Table, wheres: Sequence[Where], everything: ir.Table) -> ir.BooleanValue:
    """Whether a step is meant by one of them; true or false, never unknown."""
    return _any(steps, wheres, everything).fill_null(NEVER) if wheres else NEVER


def _parts(spec: FigureSpec) -> list[Where]:
    return [spec.part] if spec.part else []


def _day(stand_in: str) -> ir.DateValue:
    return ibis.literal(stand_in).cast("date")


def _of_period(table: ir.Table) -> ir.Table:
    return table.filter(table.day >= _day(FIRST), table.day < _day(AFTER))


def _places(tables: Tables, asked: Question) -> ir.Table:
    places = tables.places
    if asked.as_it_is:
        places = places.filter(places.now)
    if asked.scope is not None:
        places = places.filter(places.above.contains(ibis.literal(SCOPE).cast("int64")))
    length = places.above.length()
    # Who stands higher than the depth asked for is a group of its own.
    level = ibis.least(length, ibis.literal(asked.depth, "int64")) - 1
    return places.select(place=places.org, place_path=places.path, org=places.above[level])


def _placed(steps: ir.Table, tables: Tables, spec: FigureSpec, asked: Question) -> ir.Table:
    """The steps within the scope, each with the organisation it is grouped under."""
    if "from" in asked.by:
        before = _places(tables, replace(asked, scope=None)).rename(came_from="org")
        before = before.rename(before_place="place", before_path="place_path")
        same = [steps.from_unit == before.before_place]
        if not asked.as_it_is:
            same.append(steps.from_unit_path == before.before_path)
        steps = steps.left_join(before, same)
    if asked.scope is None and "org" not in asked.by:
        return steps
    column = asked.place or spec.org
    places = _places(tables, asked)
    same = [steps[column] == places.place]
    if not asked.as_it_is:
        same.append(steps[f"{column}_path"] == places.place_path)
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


def _keys(spec: FigureSpec, steps: ir.Table, asked: Question) -> dict[str, ir.Value]:
    found: dict[str, ir.Value] = {}
    for name in asked.by:
        if name == "period":
            found[name] = _bucket(steps.day, asked.grain)
        elif name == "age":
            found[name] = _band(spec, steps)
        elif field := grouping.field_of(name):
            # As facts hold it: `,one=value,two=value,`.
            found[name] = steps.held.re_extract(f",{field}=([^,]*),", 1).nullif("")
        else:
            found[name] = steps["came_from" if name == "from" else name]
    return found


def _band(spec: FigureSpec, steps: ir.Table) -> ir.IntegerValue:
    """The day at which the group of ages begins that a matter is in when it is counted."""
    until = ibis.literal(UNTIL).cast("timestamp").epoch_seconds()
    # `age` is how old it was at its last step; since then it has only grown older.
    seconds = steps.age + until - steps["at"].epoch_seconds()
    found = ibis.literal(0, "int64")
    for edge in spec.bands:
        found = ibis.ifelse(seconds >= edge * SECONDS_A_DAY, ibis.literal(edge, "int64"), found)
    return found


def _standing(steps: ir.Table) -> ir.Table:
    """The last step of each matter before a period ends: how it stood then."""
    steps = steps.filter(steps.source == "matter", steps.day < _day(AFTER))
    last = steps.group_by("matter").aggregate(last_event=steps.event.max())
    return steps.semi_join(last, steps.event == last.last_event)


def _steps(spec: FigureSpec, tables: Tables, asked: Question) -> ir.Table:
    """The steps the figure speaks of, within period and scope, told apart by three marks."""
    everything = tables.steps.filter(tables.steps.programme == asked.programme)
    steps = everything
    if spec.tally is not None:
        steps = _read(spec, steps, tables)
    steps = _standing(steps) if spec.means.stands else _of_period(steps)
    # Of steps, only those it speaks of matter; a matter may be part, or out, by another step.
    others = [*_parts(spec), *spec.excluded] if spec.of == "matters" else []
    steps = steps.filter(_any(steps, [spec.among, *others], everything))
    steps = steps.select(
        *_needed(spec, asked),
        is_among=_mark(steps, [spec.among], everything),
        is_part=_mark(steps, _parts(spec), everything),
        is_out=_mark(steps, spec.excluded, everything),
    )
    return _placed(steps, tables, spec, asked)


# What a grouping reads of a step, besides the matter it is a step of and what its measure reads.
_OF_GROUPING = {
    "period": ["day"],
    "age": ["age", "at"],
    "from": ["from_unit", "from_unit_path"],
    "org": [],
}


def _needed(spec: FigureSpec, asked: Question) -> list[str]:
    """The columns of a step that what follows asks for. Carrying all thirty along costs an engine
    nothing, but putting them into words took most of the time."""
    found = ["matter", *spec.means.reads]
    for name in asked.by:
        found += ["held"] if grouping.field_of(name) else _OF_GROUPING.get(name, [name])
    if asked.scope is not None or "org" in asked.by:
        column = asked.place or spec.org
        found += [column, f"{column}_path"]
    return list(dict.fromkeys(found))


def _read(spec: FigureSpec, steps: ir.Table, tables: Tables) -> ir.Table:
    """Counters beside the first step of what they count, on the days of the counters."""
    counted = tables.tallies[str(spec.tally)].rename(counted_day="day", counted_row="row")
    stream = next(one.stream for one in streams.tallies() if one.name == spec.tally)
    first = steps.filter(steps.seq == 1, steps.source == stream).drop("day")
    return first.inner_join(counted, first["row"] == counted.counted_row).rename(day="counted_day")


def worded(spec: FigureSpec, asked: Question, behind: Behind | None, dialect: str) -> str:
    """A figure, or the matters behind it, in an engine's own words (`dialect` as Ibis calls it)."""
    found = _figure(spec, asked) if behind is None else _matters(spec, asked, behind)
    return str(ibis.to_sql(found, dialect=dialect))


def _figure(spec: FigureSpec, asked: Question) -> ir.Table:
    """One expression, in which stand-ins are left for the days and the scope."""
    steps = _steps(spec, _tables(), asked)
    keys = _keys(spec, steps, asked)
    return _computing(spec.means.made_by)(spec, steps, keys)


@cache
def _computing(made_by: str) -> Computing:
    module, _, name = made_by.partition(":")
    found: Computing = getattr(import_module(module), name)
    return found


def _matters(spec: FigureSpec, asked: Question, behind: Behind) -> ir.Table:
    """The matters behind one side of a figure (`among`, `part` or `excluded`) and one group of it,
    ids upwards, as one expression with the same stand-ins."""
    steps = _steps(spec, _tables(), asked)
    for name, value in _keys(spec, steps, asked).items():
        wanted = behind.wanted(name)
        if isinstance(wanted, StandIn):
            wanted = ibis.literal(wanted.name).cast(wanted.type)
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
    found = apart.filter(chosen[behind.side]).select("matter").distinct()
    beyond = ibis.literal(BEYOND).cast("int64")
    return found.filter(found.matter > beyond).order_by("matter").limit(behind.limit)

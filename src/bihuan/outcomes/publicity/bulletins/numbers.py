"""The numbers of a bulletin: each asked of insight, with its definition, all of one state."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.outcomes.publicity import words
from bihuan.outcomes.publicity.bulletins.problems import BulletinError
from bihuan.outcomes.publicity.declared.bulletins import BulletinSpec
from bihuan.rules.periods import Grain, Period
from bihuan.spec import grouping, tags
from bihuan.spec.measures import MEASURES, digits
from bihuan.spec.schema import Programme
from bihuan.spec.tags import Number

# A number as it is kept in a bulletin: plain data, frozen when the bulletin is issued.
Kept = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """What a bulletin's numbers are asked of."""

    programme: Programme
    spec: BulletinSpec
    org: Org
    period: Period
    locale: str


@dataclass(frozen=True)
class Gathered:
    """Numbers by tag, the chart, the state of the facts all of them come from, and blocks of apps."""

    numbers: dict[str, Kept]
    table: list[str]
    chart: dict[str, Any]
    horizon: int
    facts_hash: str
    blocks: dict[str, dict[str, Any]] = field(default_factory=dict)


def gather(source: Source, text: str) -> Gathered:
    """The number of every tag of the text and of every figure of the table.

    Raises BulletinError: a figure that no programme declares, a correction's tag elsewhere, facts
    renewed meanwhile; InsightError without facts. Nothing comes back unless all of it does.
    """
    wanted: dict[tuple[str, str], set[tags.Side]] = {}
    for number in (*tags.numbers(text), *_of_table(source.spec)):
        if number.side == "was":
            raise BulletinError("bulletins.unknown_tag", tag=number.text)
        owner = number.programme or source.programme.id
        sides: set[tags.Side] = {number.side} if number.side else {"", "last", "year_ago"}
        wanted.setdefault((owner, number.figure), set()).update(sides)
    state = insight.store().manifest()
    horizons = {state.horizon}
    found: dict[str, Kept] = {}
    for (owner, figure), sides in wanted.items():
        result = _asked(owner, figure, source)
        horizons.add(result.horizon)
        name = figure if owner == source.programme.id else f"{owner}.{figure}"
        found |= {f"{name}:{s}" if s else name: _kept(result, s, source) for s in sorted(sides)}
    chart, horizon = _chart(source)
    if len(horizons | {horizon or state.horizon}) > 1:
        raise BulletinError("bulletins.facts_moved")
    return Gathered(found, list(source.spec.table), chart, state.horizon, state.tail_hash)


def _of_table(spec: BulletinSpec) -> Iterable[Number]:
    for name in spec.table:
        owner, _, figure = name.rpartition(".")
        yield Number(name, owner, figure, "")


def _asked(owner: str, figure: str, source: Source) -> "insight.Result":
    try:
        found = insight.definition(owner, figure)
    except LookupError:
        raise BulletinError("bulletins.missing_figure", figure=f"{owner}.{figure}") from None
    return insight.figure(found, source.period, source.org, compare=True)


def _kept(result: "insight.Result", side: tags.Side, source: Source) -> Kept:
    values = {"": result.total, "last": result.last, "year_ago": result.year_ago}
    periods = {"last": source.period.before(), "year_ago": source.period.year_ago()}
    value = values[side]
    assert value is not None, "comparison was asked for"
    found = result.definition
    return {
        "figure": f"{found.programme.id}.{found.id}",
        "title": words.of(found.programme, found.title_key, source.locale),
        "definition": words.of(found.programme, found.text_key, source.locale),
        "version": result.version,
        "clause": found.spec.clause,
        "period": periods.get(side, source.period).text,
        "value": value.value,
        "numerator": value.numerator,
        "denominator": value.denominator,
        "excluded": value.excluded,
        "reason": value.reason,
        "shown": shown(value, found.spec.measure, source.locale),
    }


def shown(value: "insight.Value", measure: str, locale: str) -> str:
    """A value as it is printed; one that may not be told says why."""
    if value.value is None:
        reason = words.text(f"reason.{value.reason}", locale)
        return words.text("none", locale, reason=reason)
    told = MEASURES[measure].told
    if told == "share":
        return f"{value.value:.1%}"
    if told == "days":
        return words.text("days", locale, value=f"{value.value:.1f}")
    number = digits(value.value, told)
    return words.text("money", locale, value=number) if told == "money" else number


def _chart(source: Source) -> tuple[dict[str, Any], int | None]:
    spec = source.spec.chart
    if spec is None:
        return {}, None
    owner, _, figure = spec.figure.rpartition(".")
    try:
        found = insight.definition(owner or source.programme.id, figure)
    except LookupError:
        raise BulletinError("bulletins.missing_figure", figure=spec.figure) from None
    result = insight.figure(found, source.period, source.org, by=(spec.by,), grain=Grain.MONTH)
    names = _names(result, spec.by, source)
    rows = [
        [names[row.key[spec.by]], row.value, shown(row, found.spec.measure, source.locale)]
        for row in result.rows
    ]
    title = words.of(found.programme, found.title_key, source.locale)
    made = {"figure": f"{found.programme.id}.{found.id}", "title": title, "by": spec.by}
    return made | {"rows": rows}, result.horizon


def _names(result: "insight.Result", by: str, source: Source) -> Mapping[Any, str]:
    keys = [row.key[by] for row in result.rows]
    there = [key for key in keys if key is not None]
    nobody = {None: words.text("nobody", source.locale)}
    if by == "period":
        return nobody | {key: f"{key:%Y-%m}" for key in there}
    found = result.definition
    field = grouping.field_of(by) or by
    sort = grouping.typed(found.programme, found.spec.among.kinds, field)
    if by == "org" or sort == "org":
        names = {one.pk: one.name for one in orgs.orgs_of({int(key) for key in there})}
        return nobody | {key: names.get(int(key), f"#{key}") for key in there}
    if sort == "bool":
        said = {"true": "yes", "false": "no"}
        return nobody | {key: words.text(said[key], source.locale) for key in there}
    told = found.programme.strings[source.locale]
    return nobody | {key: told.get(f"choices.{field}.{key}", str(key)) for key in there}

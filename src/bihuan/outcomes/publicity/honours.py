"""Lists of honour 标杆窗口、十佳窗口: units that reached every figure a programme asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.kernel.programmes import api as programmes
from bihuan.outcomes.publicity.declared.honours import HONOURS, HonourSpec
from bihuan.outcomes.publicity.kept import answer
from bihuan.rules.periods import Period
from bihuan.spec.schema import Programme


@dataclass(frozen=True)
class Asked:
    """One condition: the figure and the per cent to be reached; what its programme wants told with it (of
    how many it speaks), for all units together."""

    definition: "insight.Definition"
    least: int
    beside: "insight.Definition | None" = None
    spoke: "insight.Value | None" = None


@dataclass(frozen=True)
class Honour:
    """A list of honour with who stands on it, in the order of the tree; `by` is the figure whose
    highest are chosen, where not all are."""

    programme: Programme
    id: str
    spec: HonourSpec
    asked: Sequence[Asked]
    by: "insight.Definition | None"
    units: Sequence[str]


@dataclass(frozen=True)
class Honours:
    """All lists of a place in a period; the facts reach up to `newest`."""

    org: Org
    period: Period
    lists: Sequence[Honour]
    newest: datetime | None


def lists_of_honour(org: Org, period: Period) -> Honours:
    """Who stands on the lists of honour within an organisation's subtree.

    Raises InsightError while there are no facts."""
    manifest = insight.store().manifest()
    found = [
        _list(programme, name, spec, org=org, period=period)
        for programme in programmes.known()
        for name, spec in HONOURS.of(programme).items()
    ]
    newest = datetime.fromisoformat(manifest.newest) if manifest.newest else None
    return Honours(org, period, found, newest)


def _shares(found: "insight.Definition", org: Org, period: Period) -> dict[int, Fraction]:
    """What share each unit has; none where it is not told. Exact: what is just enough, and who is
    level with whom, must not hang on a rounding."""
    _, groups = answer(found, org, period)
    return {
        group.key["org"]: Fraction(group.numerator, group.denominator)
        for group in groups
        if group.key["org"] is not None and group.numerator is not None and group.denominator
    }


def _condition(found: "insight.Definition", least: int, org: Org, period: Period) -> Asked:
    name = found.spec.beside
    if name is None:
        return Asked(found, least)
    other = insight.definition(found.programme.id, name)
    return Asked(found, least, other, answer(other, org, period)[0])


def best(shares: Mapping[int, Fraction], most: int) -> set[int]:
    """The units with the highest shares, and all that are level with the last of them."""
    if len(shares) <= most:
        return set(shares)
    last = sorted(shares.values(), reverse=True)[most - 1]
    return {unit for unit, share in shares.items() if share >= last}


def stands_on(programme_id: str, name: str, org: Org, period: Period) -> frozenset[int]:
    """The organisations on one list of honour within an organisation's subtree; none of a list that there
    is not.

    Raises InsightError while there are no facts."""
    insight.store().manifest()
    for programme in programmes.known():
        spec = HONOURS.of(programme).get(name) if programme.id == programme_id else None
        if spec is not None:
            return frozenset(_standing(programme, spec, org, period)[2])
    return frozenset()


def _list(programme: Programme, name: str, spec: HonourSpec, *, org: Org, period: Period) -> Honour:
    asked, by, standing = _standing(programme, spec, org, period)
    rows = orgs.orgs_of(standing)
    units = [unit.name for unit in sorted(rows, key=lambda unit: unit.path)]
    return Honour(programme, name, spec, asked, by, units)


def _standing(
    programme: Programme, spec: HonourSpec, org: Org, period: Period
) -> tuple[Sequence[Asked], "insight.Definition | None", set[int]]:
    asked = [
        _condition(insight.definition(programme.id, figure), least, org, period)
        for figure, least in spec.least.items()
    ]
    reached = [
        {
            unit
            for unit, share in _shares(one.definition, org, period).items()
            if share * 100 >= one.least
        }
        for one in asked
    ]
    standing = set.intersection(*reached)
    by = None
    if spec.best is not None:
        by = insight.definition(programme.id, spec.best.by)
        told = _shares(by, org, period)
        standing = best({unit: told[unit] for unit in standing & told.keys()}, spec.best.most)
    return asked, by, standing

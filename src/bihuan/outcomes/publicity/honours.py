"""Lists of honour 标杆窗口: units that reached every figure a programme asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.kernel.programmes import api as programmes
from bihuan.outcomes.publicity.kept import answer
from bihuan.rules.periods import Period
from bihuan.spec.honours import HonourSpec
from bihuan.spec.schema import Programme


@dataclass(frozen=True)
class Asked:
    """One condition: the figure and the per cent to be reached."""

    definition: "insight.Definition"
    least: int


@dataclass(frozen=True)
class Honour:
    """A list of honour with who stands on it, in the order of the tree."""

    programme: Programme
    id: str
    spec: HonourSpec
    asked: Sequence[Asked]
    units: Sequence[str]


@dataclass(frozen=True)
class Honours:
    """All lists of a place in a period; the facts reach up to `newest`."""

    org: Org
    period: Period
    lists: Sequence[Honour]
    newest: datetime | None


def honours(org: Org, period: Period) -> Honours:
    """Who stands on the lists of honour within an organisation's subtree.

    Raises InsightError while there are no facts."""
    manifest = insight.store().manifest()
    found = [
        _list(programme, name, spec, org=org, period=period)
        for programme in programmes.known()
        for name, spec in programme.honours.items()
    ]
    newest = datetime.fromisoformat(manifest.newest) if manifest.newest else None
    return Honours(org, period, found, newest)


def _list(programme: Programme, name: str, spec: HonourSpec, *, org: Org, period: Period) -> Honour:
    asked = [
        Asked(insight.definition(programme.id, figure), least)
        for figure, least in spec.least.items()
    ]
    standing: set[int] | None = None
    for one in asked:
        _, groups = answer(one.definition, org, period)
        reached = {
            group.key["org"]
            for group in groups
            # In whole numbers: what is exactly enough must not fall short by a rounding.
            if group.key["org"] is not None
            and group.numerator is not None
            and group.denominator
            and group.numerator * 100 >= one.least * group.denominator
        }
        standing = reached if standing is None else standing & reached
    rows = orgs.orgs_of(standing or ())
    units = [unit.name for unit in sorted(rows, key=lambda unit: unit.path)]
    return Honour(programme, name, spec, asked, units)

"""Which rows of an answer are told: its question laid on the one grid of places, days and groups on
which that is decided (`withheld`), with what the grid has to be asked for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from bihuan.insight.facts.store import Manifest, Store
from bihuan.insight.figures import kept
from bihuan.insight.figures.blocks import Block, blocks
from bihuan.insight.figures.question import Question
from bihuan.insight.figures.withheld import (
    TOLD,
    Family,
    Groupings,
    Hidden,
    Key,
    Known,
    Place,
    Resolution,
)
from bihuan.rules.periods import Grain, Period
from bihuan.spec.figures import FigureSpec

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class _Grid:
    """What is known of one figure in one state of the facts, whoever asked first."""

    minimum: int
    families: dict[tuple[Place, Block, Groupings], Family] = field(default_factory=dict)
    named: dict[Question, list[Key]] = field(default_factory=dict)
    decided: Known = field(default_factory=dict)


@lru_cache(maxsize=64)
def _grid(facts: str, state: tuple[Any, ...], spec: str, programme: str, place: str) -> _Grid:
    del facts, state, programme, place
    return _Grid(FigureSpec.model_validate_json(spec).minimum)


@lru_cache(maxsize=2)
def _chains(path: str, digest: str) -> Mapping[int, list[Place]]:
    """Where each organisation ever stood, as ids from the root down to it."""
    found: dict[int, list[Place]] = {}
    key = f"chains-{digest}"
    known = kept.find(key)
    if known is None:
        known = _read_chains(path)
        kept.keep(key, known, [digest])
    for org, *above in known.rows:
        found.setdefault(org, []).append(tuple(above))
    return found


def _read_chains(path: str) -> kept.Table:
    """A row for each chain: whose it is, then the chain."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - a hundred megabytes, and mostly it was read before

    table = pq.read_table(path, columns=["org", "above"])
    pairs = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return kept.Table((), list(dict.fromkeys((org, *above) for org, above in pairs)))


class Telling:
    """What of the answer to a question is told. `ask` puts a question to the engine."""

    def __init__(
        self,
        facts: Store,
        manifest: Manifest,
        spec: str,
        asked: Question,
        ask: Callable[[Question], Rows],
    ) -> None:
        self.asked, self.ask, self.manifest = asked, ask, manifest
        state = (manifest.horizon, manifest.batch, manifest.newest)
        self.grid = _grid(str(facts.folder), state, spec, asked.programme, asked.place)
        self.resolution = Resolution(self.grid.minimum, self._family, self.grid.decided)
        self.chains: Mapping[int, list[Place]] = {}
        if manifest.places is not None:
            self.chains = _chains(facts.path(manifest.places), manifest.places.digest)
        self.more = tuple(sorted(set(asked.by) - {"org", "period"}))

    def tells(self, row: Mapping[str, Any], that_day: Mapping[Key, int] | None = None) -> bool:
        """Whether one row is told. `that_day` are the samples by the tree of the day, when the tree
        as it is was asked for: only where both are the same is one of them told."""
        key = tuple(row[name] for name in self.asked.by)
        if that_day is not None and that_day.get(key, 0) != int(row["sample"] or 0):
            return False
        start, after = self._days(row.get("period"))
        hidden = self._hidden(row.get("org"), start, after)
        return hidden is not None and tuple(row[name] for name in self.more) not in hidden

    def withheld(self, rows: Rows) -> list[Key]:
        """The groups that are named without being told: all that may be there, so that none of them
        is told to be empty. Of several groupings none."""
        by, asked = self.asked.by, self.asked
        if len(by) > 1:
            return []
        if by == ("org",):
            there = {*self._named(), *((row["org"],) for row in rows)}
            return [k for k in there if not self.tells({"org": k[0], "sample": 0})]
        if by == ("period",):
            return [(d,) for d in self._buckets() if not self.tells({"period": d, "sample": 0})]
        hidden = self._hidden(None, asked.period.start, asked.period.after)
        return [] if hidden is None else list(hidden)

    def _days(self, bucket: date | None) -> tuple[date, date]:
        period = self.asked.period
        if bucket is None:
            return period.start, period.after
        one = Period.of(self.asked.grain, bucket)
        return max(one.start, period.start), min(one.after, period.after)

    def _buckets(self) -> Iterator[date]:
        """The first days of the periods of a grouping, as far as there are facts."""
        period, day = self.asked.period, self.asked.period.start
        newest = self.manifest.newest
        last = datetime.fromisoformat(newest).date() + timedelta(days=1) if newest else day
        months = [one.month for one in self.manifest.steps if one.month]
        if months and len(months) == len(self.manifest.steps):
            day = max(day, date.fromisoformat(f"{min(months)}-01"))
        while day < period.after and day <= last:
            bucket = Period.of(self.asked.grain, day)
            yield bucket.start
            day = bucket.after

    def _named(self) -> list[Key]:
        """The organisations of a grouping for which there is anything in the years asked about."""
        period = self.asked.period
        first, last = Block.of(0, period.start), Block.of(0, period.last)
        years = Period(Grain.FREE, first.start, last.after)
        asked = replace(self.asked, period=years, as_it_is=False)
        if asked not in self.grid.named:
            found = [(row["org"],) for row in self.ask(asked) if row["sample"]]
            self.grid.named[asked] = found
        return self.grid.named[asked]

    def _hidden(self, org: int | None, start: date, after: date) -> Hidden:
        """Of a group's organisation, and some days, the groups that are withheld."""
        if "from" in self.more:
            return None
        hidden: frozenset[Key] = TOLD
        for block in blocks(start, after):
            if not self._has_facts(block):
                continue
            try:
                place = self._place(org, block)
            except LookupError:
                return None
            here = self.resolution.hidden(place, block, self.more)
            if here is None:
                return None
            hidden |= here
        return hidden

    def _has_facts(self, block: Block) -> bool:
        return bool(self.manifest.of_days(block.start, block.after))

    def _place(self, org: int | None, block: Block) -> Place:
        """Where a group stands in the tree. Raises LookupError for what stood in two places in the
        year of the block: it is neither of the two."""
        asked = self.asked
        base = () if asked.scope is None else self._stood(asked.scope, block)
        if org is None or (base and asked.depth <= len(base)):
            return base
        chain = self._stood(org, block)
        # Who stands higher than the depth asked for is there with what is its own.
        return chain[: asked.depth] if len(chain) >= asked.depth else (*chain, org)

    def _stood(self, org: int, block: Block) -> Place:
        chains = self.chains.get(org, [(org,)])
        if len(chains) == 1:
            return chains[0]
        year = Block.of(0, block.start)
        there = [c for c in chains if any(self._family(c[:-1], year, ()).get(c, {}).values())]
        if len(there) > 1:
            raise LookupError(org)
        return there[0] if there else chains[-1]

    def _family(self, place: Place, block: Block, by: Groupings) -> Family:
        families = self.grid.families
        found = families.get((place, block, by))
        if found is None:
            if self._is_deep(place, block):
                self._ask_deep(block, by)
            else:
                self._ask_one(place, block, by)
            found = families.setdefault((place, block, by), {})
        return found

    def _ask_one(self, place: Place, block: Block, by: Groupings) -> None:
        found: dict[Place, dict[tuple[date, Key], int]] = {}
        scope = place[-1] if place else None
        for row in self._counted(scope, len(place) + 1, block, by):
            found.setdefault((*place, row["org"]), {}).update([_count(row, by)])
        self.grid.families[place, block, by] = found

    def _is_deep(self, place: Place, block: Block) -> bool:
        """Whether a family is one of very many that a grouping of deep places needs."""
        asked = self.asked
        if "org" not in asked.by or len(place) >= asked.depth:
            return False
        if asked.scope is None:
            return len(place) > 0
        return any(
            place[: len(base)] == base and len(place) > len(base)
            for base in self.chains.get(asked.scope, [])
            if self._stood(asked.scope, block) == base
        )

    def _ask_deep(self, block: Block, by: Groupings) -> None:
        """All families below the scope, by one question."""
        asked = self.asked
        found: dict[tuple[Place, Block, Groupings], dict[Place, dict[tuple[date, Key], int]]] = {}
        base = () if asked.scope is None else self._stood(asked.scope, block)
        for row in self._counted(asked.scope, asked.depth, block, by):
            chains = [c for c in self.chains.get(row["org"], []) if c[: len(base)] == base]
            if not chains:
                continue
            chain = chains[0] if len(chains[0]) >= asked.depth else (*chains[0], row["org"])
            (day, key), n = _count(row, by)
            for length in range(len(base) + 1, min(len(chain), asked.depth)):
                family = found.setdefault((chain[:length], block, by), {})
                counts = family.setdefault(chain[: length + 1], {})
                counts[day, key] = counts.get((day, key), 0) + n
        for name, family in found.items():
            self.grid.families.setdefault(name, family)

    def _counted(self, scope: int | None, depth: int, block: Block, by: Groupings) -> Rows:
        """What organisations rest on, by months of a year or days of a month."""
        if not self._has_facts(block):
            return []
        grain = Grain.MONTH if block.level == 0 else Grain.DAY
        period = Period(Grain.FREE, block.start, block.after)
        return self.ask(
            Question(
                self.asked.programme,
                period,
                scope,
                ("org", "period", *by),
                grain,
                depth,
                place=self.asked.place,
            )
        )


def _count(row: Mapping[str, Any], by: Groupings) -> tuple[tuple[date, Key], int]:
    return (row["period"], tuple(row[name] for name in by)), int(row["sample"] or 0)

"""Who owes an obligation, from which day to which, how often: by the release in force there, its settings and
what the place changed, and by what an organisation was on each day."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs.api import tree
from bihuan.kernel.obligations.declared import OBLIGATIONS, Number, ObligationSpec
from bihuan.kernel.obligations.places import Place, places, some_places
from bihuan.kernel.people.api import ROSTERS
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes.models import InForce, Override
from bihuan.lib.problems import ProblemError
from bihuan.rules.owing import Rung
from bihuan.spec.schema import Programme


@dataclass(frozen=True)
class Obligation:
    """An obligation as the newest release in force anywhere has it (`known`)."""

    programme: Programme
    name: str

    @property
    def spec(self) -> ObligationSpec:
        return OBLIGATIONS.of(self.programme)[self.name]

    @property
    def full(self) -> str:
        """How it is named from outside."""
        return f"{self.programme.id}.{self.name}"

    @property
    def of_orgs(self) -> bool:
        """Whether organisations owe it, not people."""
        return ROSTERS.of(self.programme)[self.spec.who].of_orgs


def known(programme: str = "") -> list[Obligation]:
    """Every obligation of what was ever put in force, of one programme where one is named: each as the
    newest release has it that is in force somewhere and not to end, from when that was decided; else as
    the newest that was. A release that was put in force nowhere says nothing. Standing data."""
    return [one for one in _known() if programme in ("", one.programme.id)]


@standing.kept
def _known() -> tuple[Obligation, ...]:
    # By programme, its releases, each with whether it lasts somewhere.
    ever: dict[str, dict[int, bool]] = {}
    rows = InForce.objects.order_by("programme", "pk")
    for of, release, start, end in rows.values_list("programme", "release_id", "start", "end"):
        if end is None or end > start:
            mine = ever.setdefault(of, {})
            mine[release] = mine.get(release, False) or end is None
    found: list[Obligation] = []
    for lasting in ever.values():
        once: dict[str, Obligation] = {}
        for release in sorted(lasting, key=lambda pk: (lasting[pk], pk), reverse=True):
            spec = programmes.spec_of(release)
            for name in OBLIGATIONS.of(spec):
                once.setdefault(name, Obligation(spec, name))
        found += once.values()
    return tuple(found)


def find(full: str) -> Obligation:
    """One by its full name. Raises ProblemError for one there is not."""
    for one in known(full.partition(".")[0]):
        if one.full == full:
            return one
    raise ProblemError("obligations.unknown", name=full[:80])


@dataclass(frozen=True)
class Owner:
    """An organisation that owes something on some day, with what is asked of it when."""

    pk: int
    name: str
    path: str
    rungs: tuple[Rung, ...]


@standing.kept
def _forces(programme: str) -> Mapping[str, tuple[InForce, ...]]:
    """All that ever was or will be in force, by place."""
    found: dict[str, list[InForce]] = {}
    rows = InForce.objects.filter(programme=programme).select_related("org")
    for row in rows.order_by("-start", "-pk"):
        found.setdefault(row.org.path, []).append(row)
    return {path: tuple(some) for path, some in found.items()}


@standing.kept
def _overrides(programme: str) -> Mapping[str, tuple[Override, ...]]:
    """All local settings, by place."""
    found: dict[str, list[Override]] = {}
    rows = Override.objects.filter(programme=programme, part="setting").select_related("org")
    for row in rows.order_by("pk"):
        found.setdefault(row.org.path, []).append(row)
    return {path: tuple(some) for path, some in found.items()}


class Ladders:
    """What one obligation asks of whoever stands at a place as an organisation of a type, in some days.
    Worked out once for each place at which a release is in force or something was changed, and holds for
    all below it up to the next."""

    def __init__(self, one: Obligation, start: date, after: date) -> None:
        self.one, self.start, self.after = one, start, after
        self.forces = _forces(one.programme.id)
        self.overrides = _overrides(one.programme.id)
        self._known: dict[tuple[str, str], tuple[Rung, ...]] = {}

    def of(self, path: str, level: str) -> tuple[Rung, ...]:
        """What is asked at a path, the first first; nothing on days on which it is owed no time."""
        while path and path not in self.forces and path not in self.overrides:
            path = path[: -tree.STEP]
        found = self._known.get((path, level))
        if found is None:
            above = tree.ancestors(path)
            forces = [row for at in above for row in self.forces.get(at, ())]
            local = [row for at in above for row in self.overrides.get(at, ())]
            rungs = self._rungs(forces, local, path, level)
            found = self._known[path, level] = tuple(one for one in rungs if one.times)
        return found

    def _rungs(
        self, forces: Sequence[InForce], local: Sequence[Override], path: str, level: str
    ) -> Iterator[Rung]:
        days = self._days(forces, local)
        for first, last in pairwise(days):
            row = next((row for row in forces if _holds(row, first)), None)
            spec = programmes.spec_of(row.release_id) if row is not None else None
            said = OBLIGATIONS.of(spec).get(self.one.name) if spec is not None else None
            if spec is None or said is None or said.every != self.one.spec.every:
                continue
            if not self.one.of_orgs or level in ROSTERS.of(spec)[said.who].orgs:
                rows = [one for one in local if _holds(one, first)]
                number = _Numbers(spec, path, level, first, rows)
                yield Rung(first, last, number.of(said.times), number.of(said.grace))

    def _days(self, forces: Sequence[InForce], local: Sequence[Override]) -> list[date]:
        """The days on which something may change, the first and the one after the last among them."""
        found = {self.start, self.after}
        held: list[tuple[date, date | None]] = [(row.start, row.end) for row in forces]
        held += [(row.start, row.end) for row in local]
        found |= {day for start, end in held for day in (start, end or self.after)}
        for row in forces:
            spec = programmes.spec_of(row.release_id)
            said = OBLIGATIONS.of(spec).get(self.one.name)
            for name in said.settings() if said is not None else ():
                for value in spec.settings[name].values:
                    found |= {value.from_, value.until or self.after}
        return sorted(day for day in found if self.start <= day <= self.after)


def _holds(row: InForce | Override, on: date) -> bool:
    return row.start <= on and (row.end is None or on < row.end)


@dataclass(frozen=True)
class _Numbers:
    """Numbers and settings as they hold at a place on a day."""

    programme: Programme
    path: str
    level: str
    on: date
    rows: Sequence[Override]

    def of(self, said: Number) -> int:
        """A number, or what a setting says; nought on a day on which it has no value."""
        if isinstance(said, int):
            return said
        try:
            found = programmes.resolve(
                self.programme,
                said,
                org_path=self.path,
                on=self.on,
                case={"level": self.level},
                rows=self.rows,
            )
        except LookupError:
            return 0
        return int(found.value)


def number(one: Obligation, said: Number, path: str, level: str, on: date) -> int:
    """A number of an obligation as it holds at a place on a day."""
    rows = programmes.local_values(one.programme.id, path, on)
    return _Numbers(one.programme, path, level, on, rows).of(said)


def owners(one: Obligation, start: date, after: date, within: str = "") -> tuple[Owner, ...]:
    """The organisations that owe something from a day to the day before another, of a subtree as the tree
    is now (a path, '' all), by place in the tree. Standing data."""
    return _owners(one.full, start, after, within)


def owners_at(one: Obligation, start: date, after: date, pks: Collection[int]) -> list[Owner]:
    """The same of a few organisations by number, without looking at the others."""
    ladders = Ladders(one, start, after)
    some = some_places(frozenset(pks)).values()
    found = [Owner(place.pk, place.name, place.path, _of(place, ladders)) for place in some]
    return [owner for owner in found if owner.rungs]


@standing.kept
def _owners(full: str, start: date, after: date, within: str) -> tuple[Owner, ...]:
    one = find(full)
    ladders = Ladders(one, start, after)
    found = []
    for place in places().values():
        if not place.path.startswith(within):
            continue
        rungs = _of(place, ladders)
        if rungs:
            found.append(Owner(place.pk, place.name, place.path, rungs))
    return tuple(found)


def _of(place: Place, ladders: Ladders) -> tuple[Rung, ...]:
    was = place.was(ladders.start, ladders.after)
    if len(was) == 1 and was[0][:2] == (ladders.start, ladders.after):
        # Most have stood where they stand for years: theirs is the same, and known by being so.
        stood = was[0][2]
        return ladders.of(stood.path, stood.level) if stood.active else ()
    return tuple(
        Rung(max(rung.start, first), min(rung.after, last), rung.times, rung.grace)
        for first, last, stood in was
        if stood.active
        for rung in ladders.of(stood.path, stood.level)
        if max(rung.start, first) < min(rung.after, last)
    )

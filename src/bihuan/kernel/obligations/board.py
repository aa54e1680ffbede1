"""The matrix 规定动作台账: who owes × periods, each with what became of it, in a constant number of queries for
an obligation, however many owe it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs.api import Org, tree
from bihuan.kernel.obligations import freedom, persons
from bihuan.kernel.obligations.demands import Obligation, Owner, find, owners, owners_at
from bihuan.kernel.obligations.freedom import Free
from bihuan.kernel.obligations.persons import Owing
from bihuan.rules import owing, regularity
from bihuan.rules.owing import Asked, Cell, Did, Rung, State
from bihuan.rules.periods import Period
from bihuan.spec.arguments import Args
from bihuan.spec.ways import WAYS, Looked, Thing

DAY = timedelta(days=1)
# What says nothing of how evenly things are done: what is to come, what nobody asked for.
_ASIDE = (State.AHEAD, State.SPARED)


@dataclass(frozen=True)
class Line:
    """Who owes, with the cells of the periods asked about: an organisation, or (with a `person_id`) a
    person of one."""

    org_id: int
    path: str
    name: str
    cells: tuple[Cell, ...]
    person_id: int | None = None

    @property
    def regularity(self) -> float | None:
        """How evenly what was done is spread over the periods that have begun (`rules.regularity`)."""
        begun = [one for one in self.cells if one.asked.there and one.state not in _ASIDE]
        return regularity.index([one.done for one in begun])


@dataclass(frozen=True)
class Run:
    """The periods that are asked about, with those before them that are looked at and the one behind."""

    periods: tuple[Period, ...]
    lead: tuple[Period, ...] = field(init=False)
    behind: Period = field(init=False)

    def __post_init__(self) -> None:
        last = self.periods[-1]
        object.__setattr__(self, "lead", tuple(owing.lead(self.periods[0])))
        object.__setattr__(self, "behind", Period.of(last.grain, last.after))

    @property
    def all(self) -> tuple[Period, ...]:
        return (*self.lead, *self.periods)

    @property
    def start(self) -> date:
        return self.lead[0].start

    @property
    def after(self) -> date:
        return self.behind.after


def who_owes(one: Obligation, run: Run, within: str) -> Mapping[int, Owner]:
    """The organisations that owe something in one of the periods asked about, of a subtree, by number, as
    they stand in the tree. Standing data."""
    return _who_owes(one.full, run.start, run.periods[0].start, run.periods[-1].after, within)


@standing.kept
def _who_owes(full: str, start: date, first: date, after: date, within: str) -> Mapping[int, Owner]:
    return {
        owner.pk: owner
        for owner in owners(find(full), start, after, within)
        if any(rung.days_in(first, after) for rung in owner.rungs)
    }


@standing.kept
def _together(fulls: tuple[str, ...], day: date, within: str) -> tuple[Owner, ...]:
    """Whoever owes one of some obligations in the period in which a day lies, by place."""
    found: dict[int, Owner] = {}
    for full in fulls:
        one = find(full)
        found |= who_owes(one, Run((Period.of(one.spec.grain, day),)), within)
    return tuple(sorted(found.values(), key=lambda each: each.path))


@dataclass(frozen=True)
class Part:
    """What some owe of an obligation in a run of periods: by whom, what each period asks."""

    one: Obligation
    run: Run
    asked: Mapping[int, tuple[Asked, ...]]

    def looked(self, today: date) -> Looked:
        """What is looked for. What is written as of a day to come counts on that day."""
        after = min(self.run.after, today + DAY)
        # So many numbers in one statement; beyond, everybody's are counted.
        who = frozenset(self.asked) if len(self.asked) <= MOST_NAMED else None
        return Looked(self.one.programme.id, not self.one.of_orgs, who, self.run.start, after)


MOST_NAMED = 500
Cells = Mapping[int, tuple[Cell, ...]]


def of_orgs(one: Obligation, run: Run, some: Sequence[Owner], today: date) -> list[Line]:
    """The lines of organisations that owe an obligation."""
    (found,) = _cells([_part(one, run, some, today)], today)
    return [Line(owner.pk, owner.path, owner.name, found[owner.pk]) for owner in some]


def _part(one: Obligation, run: Run, some: Sequence[Owner], today: date) -> Part:
    said = freedom.said(one)
    rules = freedom.by_rule(one, some, run.all, today) if one.spec.spare else {}
    free = {owner.pk: (*said.get(owner.pk, ()), *rules.get(owner.pk, ())) for owner in some}
    return Part(
        one, run, _all_asked(run, {owner.pk: (owner.rungs, free[owner.pk]) for owner in some})
    )


def of_people(one: Obligation, run: Run, some: Sequence[Owing], today: date) -> list[Line]:
    """The lines of people who owe an obligation."""
    (found,) = _cells([_persons_part(one, run, some)], today)
    return [_persons_line(each, found) for each in some]


def _persons_part(one: Obligation, run: Run, some: Sequence[Owing]) -> Part:
    said = freedom.said(one)
    wanted = {each.pk: (tuple(each.rungs), (*said.get(each.pk, ()), *each.free)) for each in some}
    return Part(one, run, _all_asked(run, wanted))


def _persons_line(each: Owing, found: Cells) -> Line:
    return Line(each.org_id, each.path, each.name, found[each.pk], person_id=each.pk)


def people_owing(
    one: Obligation, run: Run, within: str, today: date, *, person_id: int | None = None
) -> list[Owing]:
    """The people who owe something in one of the periods asked about, of a subtree, by place and name; that
    one alone where one is named."""
    first, after = run.periods[0].start, run.periods[-1].after
    there = (
        persons.owing(one, run.all, root, today, person_id=person_id) for root in _roots(within)
    )
    return [
        each
        for found in there
        for each in found.values()
        if any(rung.times and rung.days_in(first, after) for rung in each.rungs)
    ]


Wanted = Mapping[int, tuple[tuple[Rung, ...], tuple[Free, ...]]]


def _all_asked(run: Run, wanted: Wanted) -> dict[int, tuple[Asked, ...]]:
    """What each period asks of each; worked out once for all of whom the same is asked."""
    known: dict[tuple[object, ...], tuple[Asked, ...]] = {}
    found = {}
    for pk, (rungs, free) in wanted.items():
        key = (rungs, free)
        if key not in known:
            known[key] = tuple(owing.asked(period, rungs, free) for period in run.all)
        found[pk] = known[key]
    return found


def _cells(parts: Sequence[Part], today: date) -> list[Cells]:
    """What became of the periods of each, of all parts at once."""
    return [
        _judged(part, days, today) for part, days in zip(parts, _done(parts, today), strict=True)
    ]


def _done(parts: Sequence[Part], today: date) -> list[dict[int, list[Did]]]:
    """By part, what everybody did on which day: each way is asked once."""
    uses: dict[str, list[tuple[int, Args, Looked]]] = {}
    for nth, part in enumerate(parts):
        looked = part.looked(today)
        for way, args in part.one.spec.uses():
            uses.setdefault(way.name, []).append((nth, args, looked))
    found: list[dict[int, list[Did]]] = [{} for _ in parts]
    for name, asked in uses.items():
        told = WAYS[name].done([(args, looked) for _, args, looked in asked])
        for (nth, _, _), days in zip(asked, told, strict=True):
            for owner, day, thing, noted in days:
                found[nth].setdefault(owner, []).append((day, thing, noted))
    return found


def _judged(part: Part, days: Mapping[int, Sequence[Did]], today: date) -> Cells:
    # Of whom the same is asked and who did nothing the same is told.
    idle: dict[int, tuple[Cell, ...]] = {}
    found: dict[int, tuple[Cell, ...]] = {}
    many = len(part.run.periods)
    for pk, asked in part.asked.items():
        mine = days.get(pk, ())
        if not mine and id(asked) in idle:
            found[pk] = idle[id(asked)]
            continue
        tally = owing.count(mine, asked, part.run.behind)
        found[pk] = tuple(owing.judged(asked, tally, today, many))
        if not mine:
            idle[id(asked)] = found[pk]
    return found


def lines(
    one: Obligation,
    periods: Sequence[Period],
    within: str,
    today: date,
    *,
    skip: int = 0,
    most: int | None = None,
) -> tuple[list[Line], int]:
    """Those who owe an obligation in some periods that follow each other, of a subtree (a path), by
    place; and how many there are in all. Only those of the page are counted."""
    run = Run(tuple(periods))
    if one.of_orgs:
        some = list(who_owes(one, run, within).values())
        wanted = some[skip : None if most is None else skip + most]
        return of_orgs(one, run, wanted, today), len(some)
    found = people_owing(one, run, within, today)
    mine = found[skip : None if most is None else skip + most]
    return of_people(one, run, mine, today), len(found)


def _roots(within: str) -> list[Org]:
    if within:
        return list(Org.objects.filter(path=within))
    return list(Org.objects.filter(depth=1).order_by("path"))


def lines_at(
    wanted: Sequence[tuple[Obligation, Sequence[Period], Collection[int]]], today: date
) -> list[list[Line]]:
    """The lines of a few organisations, by number, of several obligations, each in periods that follow each
    other: as far as they owe them, all in a few queries."""
    parts, found = [], []
    for one, periods, places in wanted:
        run = Run(tuple(periods))
        first, after = run.periods[0].start, run.periods[-1].after
        some = owners_at(one, run.start, after, places)
        mine = [each for each in some if any(r.days_in(first, after) for r in each.rungs)]
        found.append(mine)
        parts.append(_part(one, run, mine, today))
    return [
        [Line(each.pk, each.path, each.name, cells[each.pk]) for each in mine]
        for mine, cells in zip(found, _cells(parts, today), strict=True)
    ]


@dataclass(frozen=True)
class Row:
    """An organisation with the cell of each obligation that it owes in a time, by name."""

    org_id: int
    path: str
    name: str
    cells: Mapping[str, Cell]


def across(
    some: Sequence[Obligation],
    day: date,
    within: str,
    today: date,
    *,
    skip: int = 0,
    most: int | None = None,
) -> tuple[list[Row], int]:
    """The organisations of a subtree that owe one of some obligations in the period in which a day lies,
    each by its own length, by place; and how many there are in all. Only those of the page are counted."""
    runs = {one.name: Run((Period.of(one.spec.grain, day),)) for one in some if one.of_orgs}
    by_name = {one.name: one for one in some}
    ordered = _together(tuple(by_name[name].full for name in runs), day, within)
    wanted = ordered[skip : None if most is None else skip + most]
    cells: dict[int, dict[str, Cell]] = {each.pk: {} for each in wanted}
    parts = []
    for name, run in runs.items():
        owing_it = who_owes(by_name[name], run, within)
        mine = [owing_it[each.pk] for each in wanted if each.pk in owing_it]
        parts.append(_part(by_name[name], run, mine, today))
    for part, told in zip(parts, _cells(parts, today), strict=True):
        for pk, found in told.items():
            cells[pk][part.one.name] = found[0]
    rows = [Row(each.pk, each.path, each.name, cells[each.pk]) for each in wanted]
    return rows, len(ordered)


def line_of(
    one: Obligation,
    periods: Sequence[Period],
    org: Org,
    today: date,
    person_id: int | None = None,
) -> Line | None:
    """The line of one organisation, or of one person there; None where nothing is asked of them. Raises
    LookupError for a person where organisations owe it, and for none where people do."""
    if one.of_orgs is (person_id is not None):
        raise LookupError(person_id)
    run = Run(tuple(periods))
    if one.of_orgs:
        (there,) = lines_at([(one, periods, [org.pk])], today)
        return there[0] if there else None
    mine = people_owing(one, run, org.path, today, person_id=person_id)
    return next(iter(of_people(one, run, mine, today)), None)


def owed_by(
    wanted: Sequence[tuple[Obligation, Sequence[Period]]],
    places: Sequence[Org],
    person_id: int,
    today: date,
) -> list[tuple[Obligation, Line]]:
    """What somebody owes of several obligations of people, each in periods that follow each other, with their
    line of it: at the first of some places at which they owe it; each way of meeting them is asked once."""
    found, parts = [], []
    for one, periods in wanted:
        run = Run(tuple(periods))
        there = (people_owing(one, run, org.path, today, person_id=person_id) for org in places)
        if mine := next((some for some in there if some), None):
            found.append((one, mine[0]))
            parts.append(_persons_part(one, run, mine[:1]))
    return [
        (one, _persons_line(each, cells))
        for (one, each), cells in zip(found, _cells(parts, today), strict=True)
    ]


def things(one: Obligation, line: Line, cell: Cell) -> list[Thing]:
    """What there is of somebody's in a period and the days of grace after it, by day, each once however many
    of its steps count."""
    owner = line.person_id or line.org_id
    after = max(cell.period.after, cell.asked.due + DAY)
    looked = Looked(
        one.programme.id,
        line.person_id is not None,
        frozenset({owner}),
        cell.period.start,
        after,
    )
    found: dict[str, Thing] = {}
    for way, args in one.spec.uses():
        for each in way.things(args, looked):
            if each.owner == owner and looked.start <= each.day < after:
                known = found.get(each.known_by)
                if known is None or (each.day, each.seq) < (known.day, known.seq):
                    found[each.known_by] = each
    return sorted(found.values(), key=lambda each: (each.day, each.stream, each.seq))


def tally(some: Iterable[Line]) -> Counter[State]:
    """How many cells are in which state."""
    return Counter(cell.state for line in some for cell in line.cells)


@dataclass(frozen=True)
class Below:
    """What became of all that is owed within a subtree: of a unit right below the one asked about."""

    org_id: int
    name: str
    path: str
    states: Counter[State]


def summed(one: Obligation, periods: Sequence[Period], within: str, today: date) -> list[Below]:
    """The cells of a subtree in numbers, by the units right below its root (whoever stands there itself
    under its own name), as the tree is now."""
    some, _ = lines(one, periods, within, today)
    length = len(within) + tree.STEP
    groups: dict[str, Counter[State]] = {}
    for line in some:
        states = groups.setdefault(line.path[:length], Counter())
        states.update(cell.state for cell in line.cells)
    named = {org.path: org for org in Org.objects.filter(path__in=groups)}
    return [
        Below(named[path].pk, named[path].name, path, states)
        for path, states in sorted(groups.items())
        if path in named
    ]

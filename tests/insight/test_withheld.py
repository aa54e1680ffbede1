"""What is withheld cannot be worked out from any number of answers: an attacker who asks every
question there is, and keeps what is told, solves for the rest."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import combinations, product

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.insight.facts.shape import STEPS
from bihuan.insight.facts.store import Manifest
from bihuan.insight.facts.tree import PLACES
from bihuan.insight.figures.blocks import blocks
from bihuan.insight.figures.withheld import Resolution
from bihuan.rules import periods
from bihuan.rules.periods import Grain, Period

MINIMUM = 5
PRIME = 2**61 - 1
GROUPINGS = ("category", "channel")
# A city with two districts, one of two offices and one of three, and an office of its own.
LEAVES = ((1, 2, 4), (1, 2, 5), (1, 3, 6), (1, 3, 7), (1, 3, 8), (1, 9))
# What an organisation has of its own: its id twice.
OWN = ((1, 1), (1, 2, 2))
DAYS = tuple(date(2026, *day) for day in ((1, 5), (1, 6), (1, 30), (2, 2), (3, 20), (5, 6)))


def below(place, whole):
    return whole[: len(place)] == place


class City:
    """Atoms (place, day, category, channel), and what somebody may ask about them. That a place,
    a day, a category or a channel is nowhere at all is known; of all other nothings it is not."""

    def __init__(self, atoms):
        self.atoms = {
            one: atoms.get(one, 0) for one in product(*map(set, zip(*atoms, strict=True)))
        }
        self.asking = Resolution(MINIMUM, self.family)

    def family(self, place, block, by):
        found = defaultdict(lambda: defaultdict(int))
        for (whole, day, *groups), n in self.atoms.items():
            if below(place, whole) and len(whole) > len(place) and block.start <= day < block.after:
                key = tuple(groups[GROUPINGS.index(name)] for name in by)
                first = day.replace(day=1) if block.level == 0 else day
                found[whole[: len(place) + 1]][first, key] += n
        return found

    def places(self):
        return {whole[:n] for whole in (*LEAVES, *OWN) for n in range(1, len(whole) + 1)}

    def periods(self) -> Iterator[tuple[date, date]]:
        """Every period of the calendar that holds anything, and overlapping ones of any days."""
        found = set()
        for day in DAYS:
            for grain in Grain:
                if grain is not Grain.FREE:
                    one = Period.of(grain, day)
                    found.add((one.start, one.after))
        borders = sorted({day for span in found for day in span})[::4]
        yield from found
        yield from combinations(borders, 2)

    def answers(self):
        """Every question as (the atoms it sums, whether it is told)."""
        for place in self.places():
            for start, after in self.periods():
                for size in range(3):
                    for by in combinations(GROUPINGS, size):
                        yield from self._groups(place, start, after, by)

    def _groups(self, place, start, after, by):
        hidden = frozenset()
        for block in blocks(start, after):
            one = self.asking.hidden(place, block, by)
            hidden = None if one is None or hidden is None else hidden | one
        groups = defaultdict(set)
        for atom in self.atoms:
            whole, day, *keys = atom
            if below(place, whole) and start <= day < after:
                groups[tuple(keys[GROUPINGS.index(name)] for name in by)].add(atom)
        for key, made_of in groups.items():
            yield frozenset(made_of), hidden is not None and key not in hidden


class Attacker:
    """Solves the told sums for anything, modulo a prime: all that follows in whole numbers follows
    so too."""

    def __init__(self, told):
        self.rows = {}
        for one in told:
            row = self._left(dict.fromkeys(one, 1))
            if row:
                lead = min(row)
                scale = pow(row[lead], -1, PRIME)
                self.rows[lead] = {atom: n * scale % PRIME for atom, n in row.items()}

    def _left(self, row):
        while lead := min((atom for atom in row if atom in self.rows), default=None):
            times = row[lead]
            for atom, n in self.rows[lead].items():
                row[atom] = (row.get(atom, 0) - times * n) % PRIME
                if not row[atom]:
                    del row[atom]
        return row

    def solves(self, wanted):
        return not self._left(dict.fromkeys(wanted, 1))


def small_ones(city):
    told, small = set(), set()
    for made_of, is_told in city.answers():
        size = sum(city.atoms[atom] for atom in made_of)
        if is_told:
            assert size == 0 or size >= MINIMUM, (size, made_of)
            told.add(made_of)
        elif 0 < size < MINIMUM:
            small.add(made_of)
    return told, small


def atoms(most):
    return st.dictionaries(
        st.tuples(
            st.sampled_from((*LEAVES, *OWN)),
            st.sampled_from(DAYS),
            st.sampled_from(("consult", "complaint", "suggestion")),
            st.sampled_from(("web", "hotline")),
        ),
        most,
        min_size=1,
        max_size=24,
    )


SIZES = st.one_of(st.integers(1, 4), st.integers(5, 9), st.integers(20, 60))


@settings(max_examples=8, deadline=None)
@given(atoms(SIZES))
def test_nothing_withheld_is_solved_over_places_periods_and_groupings(found):
    told, small = small_ones(City(found))
    attacker = Attacker(told)
    assert [one for one in small if attacker.solves(one)] == []


# The same through the door: made-up ratings, asked as somebody of each place may ask.
UNITS = {1: (1,), 2: (1, 2), 3: (1, 3), 4: (1, 2, 4), 5: (1, 2, 5), 6: (1, 3, 6), 7: (1, 3, 7)}
# One office came under another district in March.
MOVED, AFTER, TO = 7, date(2026, 3, 1), (1, 2, 7)


def stood(unit, day):
    return TO if unit == MOVED and day >= AFTER else UNITS[unit]


def path(chain):
    return "".join(f"{one:04d}" for one in chain)


@pytest.fixture
def facts(tmp_path, house):
    """Ratings of seven organisations in half a year, some places and months with very few."""
    rng = random.Random(7)
    store = insight.Store(tmp_path)
    chains = [*((u, c, u != MOVED) for u, c in UNITS.items()), (MOVED, TO, True)]
    places = [
        {"org": u, "path": path(c), "since": 1, "name": str(u), "now": now, "above": list(c)}
        for u, c, now in chains
    ]
    atoms = Counter()
    rows = []
    for month in range(1, 7):
        for unit in UNITS:
            for category in ("consult", "complaint", "suggestion"):
                for _ in range(rng.choice((0, 1, 2, 6, 8, 9, 12, 15))):
                    day = date(2026, month, rng.choice((2, 3, 17, 28)))
                    atoms[stood(unit, day), unit, day, category] += 1
                    rows.append(_rating(len(rows) + 1, unit, day, category, rng.random() < 0.7))
    steps = store.put("steps/s.parquet", pa.Table.from_pylist(rows, schema=STEPS))
    where = store.put("places/p.parquet", pa.Table.from_pylist(places, schema=PLACES))
    store.commit(
        Manifest(horizon=1, newest="2026-06-30T10:00:00+00:00", steps=(steps,), places=where)
    )
    return store, atoms


def _rating(n, unit, day, category, good):
    return {
        "event": n, "source": "matter", "row": n, "matter": n, "seq": 2, "type": "matter.acted",
        "at": datetime.combine(day, time(4)), "day": day, "programme": "public_voice",
        "kind": "voice", "action": "rate", "board": "", "unit": unit,
        "unit_path": path(stood(unit, day)), "home": unit, "home_path": path(stood(unit, day)),
        "category": category, "channel": "web", "flags": ",,",
        "said": [("rating", "satisfied" if good else "not_satisfied")],
    }  # fmt: skip


PERIODS = ("2026", "2026-Q1", "2026-02", "2026-W10", "2026-02-03..2026-04-20")
GROUPED = ((), ("org",), ("period",), ("category",), ("org", "period"))
ASKERS = (1, 2, 3, 7)


class Ratings:
    """What there is (also what is nothing), and which of it a row of an answer sums."""

    def __init__(self, atoms):
        every = (set(part) for part in zip(*((c, d, k) for c, _, d, k in atoms), strict=True))
        self.counts = dict.fromkeys(product(*every), 0)
        for (chain, _, day, category), n in atoms.items():
            self.counts[chain, day, category] += n

    def meant(self, scope, span, key, depth=9):
        def is_meant(chain, day, category):
            one = {"org": chain[: depth or None][-1], "category": category}
            one["period"] = Period.of(Grain.MONTH, day).start
            there = scope in chain and span.start <= day < span.after
            return there and all(one[name] == value for name, value in key.items())

        return frozenset(atom for atom in self.counts if is_meant(*atom))

    def size(self, made_of):
        return sum(self.counts[atom] for atom in made_of)


def told_to(scope, store, ratings):
    """Every number that is told to who may ask below a place: each the true one."""
    found = insight.definition("public_voice", "satisfaction_rate")
    org = Org(pk=scope, path=path(UNITS[scope]), depth=len(UNITS[scope]))
    asked = [(by, False) for by in GROUPED] + [((), True)]
    for text, (by, now) in product(PERIODS, asked):
        span = periods.parse(text)
        result = insight.figure(found, span, org, by=by, facts=store, as_it_is=now)
        for row in (result.total, *result.rows):
            if not row.reason:
                made_of = ratings.meant(scope, span, row.key, org.depth + 1)
                assert row.sample == ratings.size(made_of)
                yield made_of


@pytest.mark.django_db(transaction=True)
def test_somebody_of_each_place_asks_everything_and_solves_nothing(facts):
    store, atoms = facts
    ratings = Ratings(atoms)
    told = {made_of for scope in ASKERS for made_of in told_to(scope, store, ratings)}
    attacker = Attacker(told)
    spans = [Period.of(g, d) for g in (Grain.MONTH, Grain.QUARTER, Grain.YEAR) for d in DAYS]
    keys = ({}, {"category": "consult"}, {"category": "complaint"})
    asked = {ratings.meant(*one) for one in product(UNITS, spans, keys)}
    small = [made_of for made_of in asked if 0 < ratings.size(made_of) < MINIMUM]
    assert len(told) > 20
    assert small
    assert [one for one in small if attacker.solves(one)] == []

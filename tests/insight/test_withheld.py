"""What is withheld cannot be worked out: an attacker who knows the rule and every answer tries."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from bihuan.insight.figures.withheld import withheld

MINIMUM = 5


def sums(cells: Mapping[tuple, int], chosen: tuple[int, ...]) -> dict[tuple, int]:
    found: dict[tuple, int] = {}
    for key, n in cells.items():
        part = tuple(key[i] for i in chosen)
        found[part] = found.get(part, 0) + n
    return found


def answers(cells, minimum):
    """Every answer by every choice of the keys, as (what a told number sums, what a withheld one
    does), each a set of the finest groups."""
    width = len(next(iter(cells)))
    told, hidden = [], []
    for size in range(width + 1):
        for chosen in combinations(range(width), size):
            groups = sums(cells, chosen)
            kept_back = withheld(groups, minimum) if size else {
                key for key, n in groups.items() if n < minimum
            }  # fmt: skip
            for key in groups:
                made_of = {k for k in cells if tuple(k[i] for i in chosen) == key}
                (hidden if key in kept_back else told).append(made_of)
    return told, hidden


class Attacker:
    """Solves the told sums for anything, over the rationals: Gauss and Jordan."""

    def __init__(self, cells, told):
        self.order = sorted(cells)
        self.rows = []
        for one in told:
            self._learn([Fraction(key in one) for key in self.order])

    def _left(self, row):
        for lead, known in self.rows:
            if row[lead]:
                times = row[lead]
                row = [a - times * b for a, b in zip(row, known, strict=True)]
        return row

    def _learn(self, row):
        row = self._left(row)
        lead = next((i for i, n in enumerate(row) if n), None)
        if lead is not None:
            self.rows.append((lead, [n / row[lead] for n in row]))

    def solves(self, wanted):
        return not any(self._left([Fraction(key in wanted) for key in self.order]))


def blind(cells, minimum):
    """Whether an answer of several groupings tells no group, nor which there are."""
    width = len(next(iter(cells)))
    return width > 1 and withheld(cells, minimum) == {k for k, n in cells.items() if n}


@given(st.dictionaries(st.tuples(st.integers(0, 9)), st.integers(0, 12), min_size=1, max_size=10),
       st.integers(1, 7))  # fmt: skip
def test_of_one_grouping_only_sums_of_enough_come_out(cells, minimum):
    hidden = withheld(cells, minimum)
    assert {k for k, n in cells.items() if 0 < n < minimum} <= hidden
    rest = sum(cells[k] for k in hidden)
    if hidden and sum(cells.values()) >= minimum:
        # The total less what is told: never one group, never less than may be told.
        assert len(hidden) > 1
        assert rest >= minimum
    if not hidden & {k for k, n in cells.items() if n < minimum}:
        assert not hidden


TABLES = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(0, 3)), st.integers(1, 14), min_size=1, max_size=14
)
CUBES = st.dictionaries(
    st.tuples(st.integers(0, 1), st.integers(0, 2), st.integers(0, 2)),
    st.integers(1, 14), min_size=1, max_size=14,
)  # fmt: skip


@given(st.one_of(TABLES, CUBES))
def test_of_several_groupings_nothing_hidden_is_solved(cells):
    """Every answer by fewer of the groupings is known beside; the groups are independent unknowns."""
    if blind(cells, MINIMUM):
        return
    told, hidden = answers(cells, MINIMUM)
    attacker = Attacker(cells, told)
    for one in hidden:
        assert not attacker.solves(one), (cells, one)


def test_the_attacker_finds_what_was_found():
    """Without the rule: one small unit is the total less the others."""
    cells = {(1,): 2, (2,): 9, (3,): 30}
    naive = Attacker(cells, [{(2,)}, {(3,)}, set(cells)])
    assert naive.solves({(1,)})
    assert withheld(cells, MINIMUM) == {(1,), (2,)}


def test_tables():
    """The next smallest goes too; two that are enough together need none; noughts are known."""
    for cells, hidden in (
        ({1: 6, 2: 7}, set()),
        ({1: 3, 2: 4, 3: 9}, {1, 2}),
        ({1: 1, 2: 2, 3: 9, 4: 8}, {1, 2, 4}),
        ({1: 0, 2: 4, 3: 9, 4: 8}, {2, 4}),
        ({1: 2}, {1}),
        ({1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 9, 7: 9}, {1, 2, 3, 4, 5, 6}),
    ):
        assert withheld({(k,): n for k, n in cells.items()}, MINIMUM) == {(k,) for k in hidden}


def test_many_units_take_no_time():
    """Fifty thousand organisations; and so many withheld in two groupings that none is told."""
    units = {(n,): 3 if n == 7 else 10 + n % 90 for n in range(50_000)}
    assert len(withheld(units, MINIMUM)) == 2
    wide = {(n, m): 2 if n % 2 else 30 for n in range(900) for m in range(2)}
    assert withheld(wide, MINIMUM) == wide.keys()

"""Pairs: worth the most that can be, within the rules; who stays alone is told by which rule."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.rules.pairing import BEFORE, EXCLUDED, POOR, SAME, TAKEN, Rules, Side, among, suggest

WORDS = st.frozensets(st.sampled_from("abcd"), max_size=3)


def side(key, group="", can="", needs="", room=1):
    return Side(key, group, frozenset(can), frozenset(needs), room)


def sides(prefix, most):
    one = st.tuples(st.sampled_from("xy"), WORDS, WORDS)
    return st.lists(one, min_size=1, max_size=most).map(
        lambda rows: [Side(f"{prefix}{n}", *row) for n, row in enumerate(rows)]
    )


def test_both_give_and_take():
    found = suggest(
        [side("one", can="ab", needs="c")], [side("other", can="c", needs="b")], Rules()
    )
    (pair,) = found.pairs
    assert (pair.one, pair.other, pair.gives, pair.takes, pair.worth) == (
        "one",
        "other",
        ("b",),
        ("c",),
        2,
    )


def test_one_pair_more_comes_before_worth():
    ones = [side("p", can="abc"), side("q", can="a")]
    others = [side("r", needs="abc"), side("s", needs="b")]
    found = suggest(ones, others, Rules())
    assert {(pair.one, pair.other) for pair in found.pairs} == {("p", "s"), ("q", "r")}


def test_room_is_kept():
    ones = [side(f"t{n}", needs="a") for n in range(5)]
    found = suggest(ones, [side("master", can="a", room=3), side("away", can="a", room=0)], Rules())
    assert [pair.other for pair in found.pairs] == ["master"] * 3
    assert list(found.alone.values()) == [{TAKEN: 2}] * 2


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        (Rules(other_group=True), SAME),
        (Rules(before=frozenset({frozenset({"one", "other"})})), BEFORE),
        (Rules(excluded=frozenset({frozenset({"other", "one"})})), EXCLUDED),
        (Rules(least=2), POOR),
    ],
)
def test_who_stays_alone_is_told_which_rule_stands_in_the_way(rules, reason):
    found = suggest([side("one", "x", can="a")], [side("other", "x", needs="a")], rules)
    assert found.pairs == ()
    assert found.alone == {"one": {reason: 1}}
    assert found.standing_in_the_way() == [(reason, 1)]


def test_nobody_to_be_paired_with():
    assert suggest([side("one")], [], Rules()).alone == {"one": {}}
    assert suggest([], [side("other")], Rules()).pairs == ()


def test_nobody_stands_on_both_sides():
    with pytest.raises(ValueError, match="twice"):
        suggest([side("one")], [side("one")], Rules())


def best(ones, others, allowed):
    """(how many, worth) of the best assignment, found by trying all."""
    short, long, turned = (
        (ones, others, False) if len(ones) <= len(others) else (others, ones, True)
    )
    found = (0, 0)
    for chosen in permutations(range(len(long)), len(short)):
        pairs = [
            (long[c], short[r]) if turned else (short[r], long[c]) for r, c in enumerate(chosen)
        ]
        worths = [worth for a, b in pairs if (worth := allowed(a, b)) is not None]
        found = max(found, (len(worths), sum(worths)))
    return found


@given(sides("m", 4), sides("n", 4), st.booleans(), st.integers(0, 2), st.data())
def test_no_other_way_is_better(ones, others, other_group, least, data):
    every = [frozenset({a.key, b.key}) for a in ones for b in others]
    before = frozenset(data.draw(st.lists(st.sampled_from(every), max_size=3)))
    rules = Rules(other_group=other_group, before=before, least=least)

    def allowed(a, b):
        worth = len(a.can & b.needs) + len(b.can & a.needs)
        barred = frozenset({a.key, b.key}) in before or (other_group and a.group == b.group)
        return None if barred or worth < least else worth

    found = suggest(ones, others, rules)
    assert (len(found.pairs), found.worth) == best(ones, others, allowed)
    assert {pair.one for pair in found.pairs} | {*found.alone} == {one.key for one in ones}
    assert found == suggest(ones, others, rules)


# One population.


def best_among(found, allowed):
    """(how many, worth) of the best matching, found by trying all."""
    if len(found) < 2:
        return 0, 0
    first, *rest = found
    options = [best_among(rest, allowed)]
    for nth, other in enumerate(rest):
        if allowed(first, other):
            many, worth = best_among([*rest[:nth], *rest[nth + 1 :]], allowed)
            gained = len(first.can & other.needs) + len(other.can & first.needs)
            options.append((many + 1, worth + gained))
    return max(options)


@given(sides("p", 7), st.booleans(), st.sampled_from((0, 1)))
def test_one_population_is_paired_within_what_is_told_of_the_best(people, other_group, least):
    before = frozenset({frozenset({"p0", "p1"})})
    rules = Rules(other_group=other_group, before=before, least=least)

    def allowed(one, other):
        gained = len(one.can & other.needs) + len(other.can & one.needs)
        apart = not other_group or one.group != other.group
        return apart and gained >= least and frozenset({one.key, other.key}) not in before

    found = among(people, rules)
    met = [key for pair in found.pairs for key in (pair.one, pair.other)]
    by_key = {one.key: one for one in people}
    assert len(met) == len(set(met))
    assert {*met} | {*found.alone} == by_key.keys()
    assert all(allowed(by_key[pair.one], by_key[pair.other]) for pair in found.pairs)
    many, worth = best_among(people, allowed)
    assert len(found.pairs) <= many <= len(found.pairs) + found.short
    if many == len(found.pairs) and not found.short:
        assert found.worth <= worth <= found.worth + found.gap
    assert among(people, rules) == found


def test_a_population_of_branches_meets_across_them_and_an_odd_one_is_left():
    people = [side(f"{group}{n}", group, can="a", needs="a") for group in "xyz" for n in range(5)]
    found = among(people, Rules(other_group=True))
    assert (len(found.pairs), found.short, found.gap) == (7, 0, 0)
    assert all(pair.one[0] != pair.other[0] for pair in found.pairs)
    ((alone, why),) = found.alone.items()
    assert why == {SAME: 4, TAKEN: 10}, alone

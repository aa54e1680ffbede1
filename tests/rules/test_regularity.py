"""The regularity index: even is 1, all at once is 0; order and scale play no part."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.rules.regularity import exact, index

amounts = st.lists(st.integers(0, 10_000), min_size=2, max_size=60).filter(any)


@given(st.integers(2, 60), st.integers(1, 10_000))
def test_even_is_one(periods, each):
    assert exact([each] * periods) == 1


@given(st.integers(2, 60), st.integers(1, 10_000), st.data())
def test_all_in_one_period_is_nought(periods, all_of_it, data):
    here = data.draw(st.integers(0, periods - 1))
    assert exact([all_of_it if n == here else 0 for n in range(periods)]) == 0


@given(amounts)
def test_it_lies_between(found):
    value = exact(found)
    assert value is not None
    assert 0 <= value <= 1
    assert (value == 1) == (len(set(found)) == 1)


@given(amounts, st.randoms())
def test_order_does_not_matter(found, chance):
    other = list(found)
    chance.shuffle(other)
    assert exact(found) == exact(other)


@given(amounts, st.integers(1, 1000))
def test_scale_does_not_matter(found, times):
    assert exact(found) == exact([times * one for one in found])


@given(amounts, st.data())
def test_moving_from_a_full_period_to_an_empty_one_raises_it(found, data):
    mean = Fraction(sum(found), len(found))
    full = [n for n, one in enumerate(found) if one - 1 >= mean]
    low = [n for n, one in enumerate(found) if one + 1 <= mean]
    if not full or not low:
        return
    before, moved = exact(found), list(found)
    moved[data.draw(st.sampled_from(full))] -= 1
    moved[data.draw(st.sampled_from(low))] += 1
    after = exact(moved)
    assert before is not None
    assert after is not None
    assert after > before


@given(amounts)
def test_it_is_what_would_have_to_be_moved(found):
    """One less the share that has to go elsewhere to be even, of the most that could have to."""
    total, n = sum(found), len(found)
    too_much = sum(max(Fraction(0), one - Fraction(total, n)) for one in found)
    assert exact(found) == 1 - (too_much / total) / Fraction(n - 1, n)


def test_a_burst_in_march_shows():
    assert index([2, 2, 2, 2]) == 1.0
    burst = index([0, 0, 23, 1] + [0] * 8)
    assert burst is not None
    assert burst == pytest.approx(0.045, abs=0.001)


def test_of_nothing_and_of_one_period_nothing_is_said():
    assert [exact(one) for one in ([], [3], [0, 0, 0])] == [None, None, None]
    with pytest.raises(ValueError, match="counted from nought"):
        exact([3, -1])

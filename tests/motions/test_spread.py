"""What is told of choices beside their sum never tells what somebody chose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.facets.stances.spread import LEAST, spread

COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 40), min_size=1)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"a": 0, "b": 0}, {"a": None, "b": None}),
        ({"a": 3, "b": 0}, {"a": None, "b": None}),
        ({"a": 20, "b": 0}, {"a": None, "b": None}),
        ({"a": 20, "b": 1}, {"a": None, "b": None}),
        ({"a": 20, "b": 5}, {"a": 20, "b": 5}),
        ({"a": 20, "b": 5, "c": 0}, {"a": 20, "b": 5, "c": 0}),
        ({"a": 20, "b": 10, "c": 2}, {"a": 20, "b": None, "c": None}),
        ({"a": 20, "b": 2, "c": 2}, {"a": None, "b": None, "c": None}),
        ({"a": 20, "b": 3, "c": 2}, {"a": 20, "b": None, "c": None}),
    ],
)
def test_cases(counts, told):
    assert spread(counts) == told


@given(COUNTS)
def test_no_small_number_is_told_nor_left_over(counts):
    told = spread(counts)
    assert told.keys() == counts.keys()
    assert all(n in (None, counts[name]) for name, n in told.items())
    assert not [n for n in told.values() if n and n < LEAST]
    hidden = [counts[name] for name, n in told.items() if n is None]
    if hidden and any(told.values()):
        # What is left of the sum is of several choices, and of so many people.
        assert len([n for n in hidden if n]) > 1
        assert sum(hidden) >= LEAST
    if not hidden:
        assert len([n for n in counts.values() if n]) > 1

"""Averages of scores: exact, and none from which one could tell what somebody gave."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.facets.scores.averages import Told, hundredths, moved, result

GRADES = {"best": 5, "good": 4, "bad": 1}
MANY = st.lists(st.sampled_from(sorted(GRADES)), max_size=20)


def of(own, sheet=(), minimum=5):
    counted = {grade: [*sheet].count(grade) for grade in GRADES}
    return result("a", [{"a": one} for one in own], counted, GRADES, minimum)


@given(MANY, MANY)
def test_an_average_is_exact_and_of_enough(own, sheet):
    told = of(own, sheet)
    assert told.forms == len(own) + len(sheet)
    few = told.forms < 5 or (sheet and 0 < len(own) < 5)
    every = sorted(GRADES[one] for one in (*own, *sheet))
    alike = ({*every[:-1]} <= {1} and every[-1:] != [5]) or (
        {*every[1:]} <= {5} and every[:1] != [1]
    )
    if few or alike:
        assert told.points is None
    else:
        assert told.points == sum(GRADES[one] for one in (*own, *sheet))
        exact = Fraction(told.points, told.forms) * 100
        assert abs(hundredths(told.points, told.forms) - exact) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("own", "sheet", "points"),
    [
        (["good"] * 4, [], None),
        (["good"] * 5, [], 20),
        # Whoever counted the paper could take it off, and see what three gave.
        (["good"] * 3, ["best"] * 40, None),
        ([], ["best"] * 38 + ["good"] * 2, 198),
        (["bad"] * 30, [], None),
        # Withheld of one end only it would say which.
        (["best"] * 30, [], None),
        (["best"] * 29, ["good"], None),
        (["best"] * 28 + ["good"] * 2, [], 148),
        (["best"] * 29 + ["bad"], [], 146),
    ],
)
def test_what_would_tell_is_not_told(own, sheet, points):
    assert of(own, sheet).points == points


def test_an_item_that_somebody_left_out_counts_without_them():
    given_ = [{"a": "best", "b": "bad"}, {"b": "good"}, *({"a": "good"} for _ in range(5))]
    assert result("a", given_, {}, GRADES, 5) == Told(6, 25)


def test_how_far_it_moved_is_told_of_two_averages_only():
    assert moved(Told(10, 46), Told(10, 42)) == 40
    assert moved(Told(10, 46), Told(3, None)) is None

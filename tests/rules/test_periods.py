"""Periods: written, read back, moved."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.rules import periods
from bihuan.rules.periods import Grain, Period, PeriodError

CLOSED = [grain for grain in Grain if grain is not Grain.FREE]
DAYS = st.dates(date(1950, 1, 1), date(2150, 1, 1))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-H1", "2026-01-01", "2026-06-30"),
        ("2026-H2", "2026-07-01", "2026-12-31"),
        ("2026-Q4", "2026-10-01", "2026-12-31"),
        ("2026-02", "2026-02-01", "2026-02-28"),
        ("2026-W01", "2025-12-29", "2026-01-04"),
        ("2024-02-29", "2024-02-29", "2024-02-29"),
        ("2026-03-01..2026-10-31", "2026-03-01", "2026-10-31"),
    ],
)
def test_what_a_text_means(text, first, last):
    found = periods.parse(text)
    assert (f"{found.start}", f"{found.last}", found.text) == (first, last, text)


@pytest.mark.parametrize(
    "text",
    ["", "26", "2026-13", "2026-H3", "2026-Q0", "2026-W60", "2026-02-30", "1200", "２０２６", "2026 ",
     "2026-03-02..2026-03-01", "2026-03-01..", "0000"],
)  # fmt: skip
def test_what_names_no_period(text):
    with pytest.raises(PeriodError):
        periods.parse(text)


@given(DAYS, st.sampled_from(CLOSED))
def test_periods_follow_one_another(day, grain):
    found = Period.of(grain, day)
    assert found.start <= day < found.after
    assert found.before().after == found.start
    assert Period.of(grain, found.after).before() == found
    assert periods.parse(found.text) == found
    assert found.last == found.after - timedelta(days=1)


@given(DAYS, st.sampled_from(CLOSED))
def test_a_year_ago_is_the_same_period(day, grain):
    found = Period.of(grain, day)
    earlier = found.year_ago()
    assert earlier.grain is grain
    assert 363 <= (found.start - earlier.start).days <= 366
    assert earlier.start < earlier.after <= found.start


def test_a_year_before_a_leap_day():
    assert periods.parse("2024-02-29").year_ago().text == "2023-03-01"
    assert periods.parse("2024-02-01..2024-02-29").year_ago().text == "2023-02-01..2023-02-28"


def test_a_free_period_has_no_grain():
    with pytest.raises(PeriodError):
        Period.of(Grain.FREE, date(2026, 1, 1))
    assert periods.parse("2026-03-01..2026-03-10").before().text == "2026-02-19..2026-02-28"


@given(DAYS, st.sampled_from(CLOSED), st.integers(-40, 400))
def test_as_far_as_another_has_come(day, grain, more):
    running = Period.of(grain, day)
    on = running.start + timedelta(days=more)
    for earlier in (running.before(), running.year_ago()):
        found = earlier.as_far(running, on)
        assert earlier.start == found.start < found.after <= earlier.after
        if on >= running.last:
            assert found == earlier
        elif found.after < earlier.after:
            assert found.after - found.start == max(on, running.start) - running.start + timedelta(
                days=1
            )


def test_a_longer_month_does_not_reach_beyond_a_shorter_one():
    march, february = periods.parse("2026-03"), periods.parse("2026-02")
    assert february.as_far(march, date(2026, 3, 9)).text == "2026-02-01..2026-02-09"
    assert february.as_far(march, date(2026, 3, 30)).text == "2026-02-01..2026-02-28"

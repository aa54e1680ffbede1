"""The days of a series, and the code of the minute: pure rules, whatever one asks."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.facets.gathering import code, series
from bihuan.rules.worktime import Calendar, Special

D = date.fromisoformat
# May Day 2026 is a Friday; the Saturday after it is worked instead of some other day.
WORKED = Calendar(
    {D("2026-05-01"): Special(False, "劳动节"), D("2026-05-09"): Special(True, "劳动节")}
)
SECRET = code.secret("key", "matter:1", datetime(2026, 3, 5, 11, tzinfo=UTC))


def days(first, every, n, until):
    return [day.isoformat() for day in series.days(D(first), every, n, D(until))]


@pytest.mark.parametrize(
    ("first", "every", "n", "until", "found"),
    [
        ("2026-03-05", "week", 1, "2026-03-26", ["2026-03-12", "2026-03-19", "2026-03-26"]),
        ("2026-03-05", "week", 3, "2026-04-16", ["2026-03-26", "2026-04-16"]),
        # The first Thursday.
        ("2026-03-05", "month_weekday", 1, "2026-05-31", ["2026-04-02", "2026-05-07"]),
        # A fifth Friday is the last one.
        ("2026-01-30", "month_weekday", 1, "2026-05-31", ["2026-02-27", "2026-03-27", "2026-04-24", "2026-05-29"]),
        ("2026-01-31", "month_day", 1, "2026-04-30", ["2026-02-28", "2026-03-31", "2026-04-30"]),
        ("2026-11-15", "month_day", 3, "2027-06-01", ["2027-02-15", "2027-05-15"]),
        ("2026-03-05", "week", 1, "2026-03-11", []),
        ("2026-03-05", "month_day", 1, "2026-03-05", []),
    ],
)  # fmt: skip
def test_days_follow_their_rule(first, every, n, until, found):
    assert days(first, every, n, until) == found


@given(
    first=st.dates(date(2020, 1, 1), date(2040, 12, 31)),
    every=st.sampled_from(series.EVERY),
    n=st.integers(1, 12),
    length=st.integers(0, 900),
)
def test_days_come_in_order_after_the_first_and_none_is_left_out(first, every, n, length):
    until = first + timedelta(days=length)
    found = list(series.days(first, every, n, until))
    assert found == sorted(set(found))
    assert all(first < day <= until for day in found)
    if every == "week":
        assert len(found) == length // (7 * n)
    if every == "month_weekday":
        assert all(day.weekday() == first.weekday() for day in found)
    if every != "week":
        months = [day.year * 12 + day.month for day in (first, *found)]
        assert all(b - a == n for a, b in pairwise(months))


def of(first, until, holidays):
    found = series.occurrences(D(first), "week", 1, D(until), holidays=holidays, worked=WORKED)
    return [(one.wanted.isoformat(), one.day.isoformat(), one.holiday) for one in found]


def test_a_holiday_moves_the_day_or_is_told():
    assert of("2026-04-24", "2026-05-01", "move") == [("2026-05-01", "2026-05-04", "劳动节")]
    assert of("2026-04-24", "2026-05-01", "tell") == [("2026-05-01", "2026-05-01", "劳动节")]
    assert of("2026-04-24", "2026-05-01", "keep") == [("2026-05-01", "2026-05-01", "")]
    # Who meets on Saturdays means Saturdays, and a rule by the day of the month means working days.
    assert of("2026-04-25", "2026-05-02", "move") == [("2026-05-02", "2026-05-02", "")]
    [one] = series.occurrences(
        D("2026-04-02"), "month_day", 1, D("2026-05-02"), holidays="move", worked=WORKED
    )
    assert (one.day, one.holiday) == (D("2026-05-04"), "weekend")
    many = series.occurrences(
        D("2026-01-01"), "week", 1, D("2099-01-01"), holidays="keep", worked=WORKED
    )
    assert len(many) == series.MOST + 1


@given(
    at=st.integers(1_770_000_000, 2_000_000_000).map(lambda n: datetime.fromtimestamp(n, UTC)),
    late=st.integers(-600, 600),
)
def test_a_code_holds_in_its_minute_and_the_next_and_never_else(at, late):
    said, when = code.at(SECRET, at), at + timedelta(seconds=late)
    minutes = int(when.timestamp()) // 60 - int(at.timestamp()) // 60
    shown = {code.at(SECRET, when), code.at(SECRET, when - timedelta(minutes=1))}
    # One in a million it is the code of another minute, too.
    assert code.holds(SECRET, said, when) == (minutes in (0, 1) or said in shown)
    assert len(said) == code.DIGITS
    assert 1 <= code.left(at) <= 60


def test_a_code_is_of_one_gathering_and_of_one_beginning():
    at = datetime(2026, 3, 5, 11, tzinfo=UTC)
    others = [
        code.secret("other key", "matter:1", at),
        code.secret("key", "matter:2", at),
        code.secret("key", "matter:1", at + timedelta(seconds=1)),
    ]
    minutes = [at + timedelta(minutes=n) for n in range(20)]
    ours = [code.at(SECRET, when) for when in minutes]
    for other in others:
        assert [code.at(other, when) for when in minutes] != ours
    # Written by any clock, it is the same instant.
    assert code.secret("key", "matter:1", at.astimezone()) == SECRET
    assert not code.holds(SECRET, "", at)
    assert not code.holds(SECRET, "abcdef", at)
    assert code.holds(SECRET, f" {ours[0][:3]}-{ours[0][3:]} ", at)

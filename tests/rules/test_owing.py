"""What is owed in a period and what became of it: pro rata, grace, the edges of the calendar."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bihuan.rules.owing import Rung, State, Tally, asked, cells, count, judged, lead, of_year, owed
from bihuan.rules.periods import Grain, Period, parse

DAY = timedelta(days=1)
GRAINS = [Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.HALF, Grain.YEAR]
days = st.dates(date(2019, 1, 1), date(2033, 12, 31))
grains = st.sampled_from(GRAINS)


def whole(period, times=1, grace=0):
    return Rung(period.start, period.after, times, grace)


@given(days, grains, st.integers(0, 9))
def test_a_whole_period_owes_all_of_it(day, grain, times):
    period = Period.of(grain, day)
    assert owed(period, [whole(period, times)]) == times


@given(days, grains, st.integers(1, 9), st.data())
def test_cut_anywhere_a_period_owes_the_same(day, grain, times, data):
    """Moving below another unit, or a new release that says the same, changes nothing."""
    period = Period.of(grain, day)
    edge = data.draw(st.dates(period.start, period.after))
    parts = [Rung(period.start, edge, times), Rung(edge, period.after, times)]
    assert owed(period, parts) == times


@given(days, grains, st.integers(1, 9), st.data())
def test_more_days_never_owe_less_and_never_more_than_all(day, grain, times, data):
    period = Period.of(grain, day)
    first, second = sorted(data.draw(st.tuples(*[st.dates(period.start, period.last)] * 2)))
    later, sooner = (owed(period, [Rung(one, period.after, times)]) for one in (second, first))
    assert 0 <= later <= sooner <= times


@pytest.mark.parametrize(
    ("period", "founded", "found"),
    [
        ("2026-04", date(2026, 4, 16), 1),  # 15 of 30 days: half of them count for one
        ("2026-04", date(2026, 4, 17), 0),
        ("2026-02", date(2026, 2, 15), 1),  # 14 of 28
        ("2028-02", date(2028, 2, 15), 1),  # 15 of 29 in a leap year
        ("2028-02", date(2028, 2, 16), 0),
        ("2026-W53", date(2026, 12, 31), 1),  # Thursday to Sunday, over the end of the year
        ("2026-W53", date(2027, 1, 1), 0),
    ],
)
def test_founded_in_its_middle(period, founded, found):
    one = parse(period)
    assert owed(one, [Rung(founded, date.max, 1)]) == found


def test_a_setting_that_changes_in_a_month_counts_from_its_day():
    month = parse("2026-04")
    assert (
        owed(
            month,
            [Rung(date(2026, 1, 1), date(2026, 4, 16), 2), Rung(date(2026, 4, 16), date.max, 4)],
        )
        == 3
    )


def test_free_for_a_part_owes_the_rest_and_says_why():
    month = parse("2026-03")
    part = asked(month, [whole(month, 2)], [(date(2026, 3, 1), date(2026, 3, 16), "flood")])
    assert (part.owed, part.reason) == (1, "flood")
    full = asked(month, [whole(month)], [(date(2026, 2, 1), None, "flood")])
    assert (full.owed, full.reason, full.there) == (0, "flood", True)
    assert asked(month, [], [(date(2026, 2, 1), None, "flood")]).reason == ""


@given(st.integers(1950, 2100), grains)
def test_the_periods_of_a_year_follow_each_other_and_are_its_own(year, grain):
    found = of_year(grain, year)
    expected = {Grain.MONTH: 12, Grain.QUARTER: 4, Grain.HALF: 2, Grain.YEAR: 1}
    if grain is Grain.WEEK:
        assert len(found) in (52, 53)
        assert {one.start.isocalendar().year for one in found} == {year}
    else:
        assert len(found) == expected[grain]
    assert all(one.after == other.start for one, other in itertools.pairwise(found))
    assert found[-1].after == of_year(grain, year + 1)[0].start
    assert lead(of_year(grain, year + 1)[0]) == found


def test_a_year_of_53_weeks():
    assert [len(of_year(Grain.WEEK, year)) for year in (2020, 2024, 2026, 2027)] == [53, 52, 53, 52]


def each(days):
    """Things on some days, each another."""
    return [(day, nth) for nth, day in enumerate(days)]


def run(texts, rungs, happened, today):
    """Cells of months by the days on which something happened."""
    wanted = [asked(parse(one), rungs) for one in texts]
    behind = Period.of(wanted[-1].period.grain, wanted[-1].period.after)
    things = each([date.fromisoformat(one) for one in happened])
    found = cells(wanted, count(things, wanted, behind), today)
    return [(one.state.value, one.done, one.late) for one in found]


RUNG = [Rung(date(2026, 1, 1), date(2027, 1, 1), 1, 3)]
QUARTER = ["2026-01", "2026-02", "2026-03"]


def test_what_comes_in_the_days_of_grace_counts_for_the_one_before_only_as_long_as_that_lacks():
    end = date(2026, 6, 1)
    assert run(QUARTER, RUNG, ["2026-02-02"], end) == [
        ("late", 0, 1),
        ("missed", 0, 0),
        ("missed", 0, 0),
    ]
    assert run(QUARTER, RUNG, ["2026-01-30", "2026-02-02"], end)[:2] == [
        ("in_time", 1, 0),
        ("in_time", 1, 0),
    ]
    assert run(QUARTER, RUNG, ["2026-02-02", "2026-02-03"], end)[:2] == [
        ("late", 0, 1),
        ("in_time", 1, 0),
    ]
    assert run(QUARTER, RUNG, ["2026-02-04"], end)[:2] == [("missed", 0, 0), ("in_time", 1, 0)]
    # The last of those asked about is made up for behind them.
    assert run(QUARTER, RUNG, ["2026-04-03"], end)[2] == ("late", 0, 1)


def test_time_is_left_until_the_grace_is_over():
    for today, state in ((date(2026, 4, 3), "due"), (date(2026, 4, 4), "missed")):
        assert run(["2026-03"], RUNG, [], today) == [(state, 0, 0)]
    assert run(["2026-03"], RUNG, [], date(2026, 2, 28)) == [("ahead", 0, 0)]


@given(
    st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=40),
    st.sampled_from(GRAINS[:3]),
    st.integers(0, 3),
    st.integers(0, 6),
)
def test_nothing_counts_twice_nor_is_lost(happened, grain, times, grace):
    periods = of_year(grain, 2026)
    rungs = [Rung(date(2025, 1, 1), date(2028, 1, 1), times, grace)]
    wanted = [asked(one, rungs) for one in periods]
    tally = count(each(happened), wanted, Period.of(grain, periods[-1].after))
    found = cells(wanted, tally, date(2026, 12, 31))
    taken_behind = found[-1].late
    assert sum(one.done + one.late for one in found) == sum(tally.dated[:-1]) + taken_behind
    for one in found:
        assert one.late <= max(0, one.owed - one.done)
        assert (one.state in (State.MET, State.LATE)) == (one.owed > 0 and one.lacks == 0)


@given(st.lists(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=30), st.randoms())
def test_the_order_in_which_things_are_told_does_not_matter(happened, chance):
    wanted = [asked(one, RUNG) for one in of_year(Grain.MONTH, 2026)]
    things = each(happened)
    other = list(things)
    chance.shuffle(other)
    behind = parse("2027-01")
    assert count(things, wanted, behind) == count(other, wanted, behind)


@given(
    st.dates(date(2023, 9, 1), date(2026, 10, 1)),
    st.integers(8, 30),
    st.lists(st.dates(date(2024, 1, 1), date(2027, 3, 1)), max_size=12),
    st.sampled_from([Grain.WEEK, Grain.MONTH, Grain.QUARTER]),
    st.integers(1, 2),
)
# Late from each to the next for more than a year before the last one.
@example(date(2024, 6, 1), 24, [], Grain.MONTH, 1)
def test_what_becomes_of_a_period_is_the_same_wherever_the_window_begins(
    since, chain, more, grain, times
):
    """Each period made up for by the next, eight times and more: a year, a cell, two periods over the turn
    of a year say one thing of it."""
    rungs = [Rung(date(2020, 1, 1), date(2030, 1, 1), times, 6)]
    late = [Period.of(grain, since)]
    while len(late) <= chain:
        late.append(Period.of(grain, late[-1].after))
    things = each([*(one.start + DAY for one in late[1:]), *more])

    def told(periods):
        wanted = [asked(one, rungs) for one in (*lead(periods[0]), *periods)]
        behind = Period.of(grain, periods[-1].after)
        tally = count(things, wanted, behind)
        return judged(wanted, tally, date(2027, 6, 1), len(periods))

    year = of_year(grain, 2026)
    whole = told(year)
    assert [told([one])[0] for one in year] == whole
    assert [told(list(two))[1] for two in itertools.pairwise(year)] == whole[1:]
    (before,) = told([of_year(grain, 2025)[-1]])
    assert told([before.period, year[0]]) == [before, whole[0]]


def test_one_thing_counts_once_for_a_period_and_never_late_for_one_it_counted_for():
    wanted = [
        asked(parse(one), [Rung(date(2026, 1, 1), date(2027, 1, 1), 2, 3)]) for one in QUARTER
    ]
    happened = [(date(2026, 1, 30), "a"), (date(2026, 1, 30), "a"), (date(2026, 2, 2), "a")]
    for things in (happened, happened[::-1]):
        tally = count(things, wanted, parse("2026-04"))
        assert (tally.dated, tally.early) == ([1, 1, 0, 0], [0, 0, 0, 0])


def test_nothing_is_owed_where_there_is_nothing():
    assert (
        cells([asked(parse("2026-03"), [])], Tally([2, 0], [0, 0]), date(2026, 5, 1))[0].state
        is State.NONE
    )

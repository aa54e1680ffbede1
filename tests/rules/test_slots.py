"""Half hours: which there are, by table and by property."""

from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bihuan.rules.slots import Plan, half_hours, slots
from bihuan.rules.worktime import Calendar, Special

# 2026-03-02 is a Monday. The 4th is a holiday, Saturday the 7th a make-up working day.
CALENDAR = Calendar(
    {date(2026, 3, 4): Special(working=False, name="假日"), date(2026, 3, 7): Special(working=True, name="调休")},
    {2026: "announced"},
)  # fmt: skip
WEEK = [date(2026, 3, 2) + timedelta(days=n) for n in range(7)]
OFFICE = Plan("", (0, 1, 2, 3, 4), ((time(9), time(12)), (time(13, 30), time(17, 15))), 3)
EVENING = Plan("", (1, 2, 5), ((time(17, 30), time(18, 30)),), 1, after_hours=True)


def starts(plans):
    return [len(slots(plans, day, CALENDAR)) for day in WEEK]


def test_the_week_of_an_office_and_of_its_evenings():
    assert starts([OFFICE]) == [13, 13, 0, 13, 13, 13, 0]
    assert starts([EVENING]) == [0, 2, 0, 0, 0, 2, 0]
    assert starts([OFFICE, EVENING])[1] == 15


def test_only_whole_half_hours_within_the_spans():
    assert half_hours([(time(9), time(10, 15)), (time(9, 30), time(10))]) == [time(9), time(9, 30)]
    assert half_hours([(time(9), time(9, 29))]) == []


spans = st.lists(
    st.tuples(st.times(min_value=time(6)), st.times(min_value=time(6))), min_size=1, max_size=3
)
plans = st.lists(
    st.builds(
        Plan,
        st.sampled_from(["", "1", "2"]),
        st.sets(st.integers(0, 6), min_size=1).map(tuple),
        spans.map(tuple),
        st.integers(1, 9),
        st.booleans(),
    ),
    max_size=4,
)


@given(plans, st.sampled_from(WEEK))
def test_no_half_hour_of_a_window_stands_twice_and_a_holiday_has_none(held, day):
    found = slots(held, day, CALENDAR)
    assert len({(one.start, one.window) for one in found}) == len(found)
    assert found == sorted(found)
    if day == date(2026, 3, 4):
        assert found == []
    # Never more places than some plan of that window has.
    for one in found:
        assert one.places in {p.places for p in held if p.window == one.window}

"""Working time by table (real Chinese years) and by property."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rules.test_holidays import shipped

from bihuan.rules import worktime
from bihuan.rules.worktime import Calendar, Limit, Pause, Special, Unit, days, due, reach

SHANGHAI = ZoneInfo("Asia/Shanghai")
CN = Calendar(
    {**shipped(2025).specials, **shipped(2026).specials},
    {2025: "announced", 2026: "announced"},
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def local(instant: datetime) -> str:
    assert instant.utcoffset() == timedelta(0), "dates come out in UTC"
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


END = "23:59:59"
TABLE = [
    # n, unit, start, due
    (1, "workdays", "2026-03-02 09:00", f"2026-03-03 {END}"),
    (5, "workdays", "2026-03-02 09:00", f"2026-03-09 {END}"),
    (5, "workdays", "2026-03-02 00:00:00", f"2026-03-09 {END}"),
    (5, "workdays", "2026-03-02 23:59:59", f"2026-03-09 {END}"),
    # received on a Saturday: Monday is the first counted day
    (1, "workdays", "2026-03-07 10:00", f"2026-03-09 {END}"),
    # Spring Festival 2025: off 28 January to 4 February, worked 26 January (Sunday), 8 February
    (1, "workdays", "2025-01-25 10:00", f"2025-01-26 {END}"),
    (5, "workdays", "2025-01-24 10:00", f"2025-02-07 {END}"),
    (3, "workdays", "2025-02-05 10:00", f"2025-02-08 {END}"),
    # Labour Day 2025: worked 27 April (Sunday)
    (2, "workdays", "2025-04-25 10:00", f"2025-04-28 {END}"),
    (5, "workdays", "2025-04-25 10:00", f"2025-05-06 {END}"),
    # National Day 2025: eight days off, worked 28 September and 11 October
    (3, "workdays", "2025-09-26 10:00", f"2025-09-30 {END}"),
    (4, "workdays", "2025-09-26 10:00", f"2025-10-09 {END}"),
    (6, "workdays", "2025-09-26 10:00", f"2025-10-11 {END}"),
    # Spring Festival 2026: off 15 to 23 February, worked 14 and 28 February
    (1, "workdays", "2026-02-13 17:00", f"2026-02-14 {END}"),
    (2, "workdays", "2026-02-13 17:00", f"2026-02-24 {END}"),
    (6, "workdays", "2026-02-13 17:00", f"2026-02-28 {END}"),
    (7, "workdays", "2026-02-13 17:00", f"2026-03-02 {END}"),
    # across the year: 1 to 3 January off, 4 January (Sunday) worked
    (1, "workdays", "2025-12-31 12:00", f"2026-01-04 {END}"),
    # received on a holiday
    (1, "workdays", "2026-10-03 12:00", f"2026-10-08 {END}"),
    (3, "workdays", "2026-10-03 12:00", f"2026-10-10 {END}"),
    (15, "days", "2026-02-13 17:00", f"2026-02-28 {END}"),
    (30, "days", "2025-12-15 08:00", f"2026-01-14 {END}"),
    (24, "hours", "2026-02-14 17:00", "2026-02-15 17:00:00"),
    (24, "hours", "2026-03-02 23:30", "2026-03-03 23:30:00"),
    (30, "minutes", "2026-03-02 23:45", "2026-03-03 00:15:00"),
    (90, "minutes", "2026-12-31 23:45", "2027-01-01 01:15:00"),
    # office hours 9:00-12:00, 13:30-17:30
    (1, "workhours", "2026-03-02 09:00", "2026-03-02 10:00:00"),
    (3, "workhours", "2026-03-02 09:00", "2026-03-02 12:00:00"),
    (4, "workhours", "2026-03-02 09:00", "2026-03-02 14:30:00"),
    (7, "workhours", "2026-03-02 09:00", "2026-03-02 17:30:00"),
    (8, "workhours", "2026-03-02 09:00", "2026-03-03 10:00:00"),
    (1, "workhours", "2026-03-02 12:10", "2026-03-02 14:30:00"),
    (1, "workhours", "2026-03-02 17:00", "2026-03-03 09:30:00"),
    (1, "workhours", "2026-03-02 22:00", "2026-03-03 10:00:00"),
    (1, "workhours", "2026-03-06 17:00", "2026-03-09 09:30:00"),
    (8, "workhours", "2026-02-14 16:30", "2026-02-24 17:30:00"),
    (1, "workhours", "2026-02-16 10:00", "2026-02-24 10:00:00"),
]


@pytest.mark.parametrize(("n", "unit", "start", "expected"), TABLE)
def test_table(n, unit, start, expected):
    assert local(due(Limit(n, Unit(unit)), at(start), CN)) == expected


PAUSED = [
    # limit, start, pauses, due
    # told on Tuesday, material on Thursday: Wednesday and Thursday do not count
    (
        5,
        "workdays",
        "2026-03-02 09:00",
        [("2026-03-03 10:00", "2026-03-05 10:00")],
        f"2026-03-11 {END}",
    ),
    # paused and resumed on one day: six hours are gone, so the day of asking does not count
    (
        5,
        "workdays",
        "2026-03-02 09:00",
        [("2026-03-03 10:00", "2026-03-03 16:00")],
        f"2026-03-10 {END}",
    ),
    # over a weekend only: the rest of Friday is given back
    (
        5,
        "workdays",
        "2026-03-02 09:00",
        [("2026-03-06 10:00", "2026-03-08 10:00")],
        f"2026-03-10 {END}",
    ),
    # told on Saturday, material on Monday early: nothing was lost, Monday does not count
    (
        5,
        "workdays",
        "2026-03-02 09:00",
        [("2026-03-07 10:00", "2026-03-09 08:00")],
        f"2026-03-10 {END}",
    ),
    # asked on the last day (a worked Saturday): what was left of it is left after the pause
    (
        3,
        "workdays",
        "2026-10-03 12:00",
        [("2026-10-10 09:00", "2026-10-20 08:00")],
        f"2026-10-20 {END}",
    ),
    (
        3,
        "workdays",
        "2026-10-03 12:00",
        [("2026-10-10 09:00", "2026-10-20 14:00")],
        f"2026-10-21 {END}",
    ),
    # over when the pause began: it stays over
    (
        3,
        "workdays",
        "2026-10-03 12:00",
        [("2026-10-12 09:00", "2026-10-20 14:00")],
        f"2026-10-10 {END}",
    ),
    # across the Spring Festival
    (
        5,
        "workdays",
        "2026-02-12 09:00",
        [("2026-02-14 09:00", "2026-02-24 09:00")],
        f"2026-02-27 {END}",
    ),
    # on the very day of receipt
    (
        2,
        "workdays",
        "2026-03-02 09:00",
        [("2026-03-02 09:30", "2026-03-04 09:00")],
        f"2026-03-06 {END}",
    ),
    # two pauses that overlap
    (
        3,
        "workdays",
        "2026-03-02 09:00",
        [("2026-03-02 10:00", "2026-03-04 10:00"), ("2026-03-03 10:00", "2026-03-05 10:00")],
        f"2026-03-10 {END}",
    ),
    (
        10,
        "days",
        "2026-03-02 09:00",
        [("2026-03-05 09:00", "2026-03-08 09:00")],
        f"2026-03-15 {END}",
    ),
    (
        24,
        "hours",
        "2026-03-02 09:00",
        [("2026-03-02 10:00", "2026-03-02 16:00")],
        "2026-03-03 15:00:00",
    ),
    (
        24,
        "hours",
        "2026-03-02 09:00",
        [("2026-03-02 20:00", "2026-03-03 02:00"), ("2026-03-03 01:00", "2026-03-03 04:00")],
        "2026-03-03 17:00:00",
    ),
    (
        60,
        "minutes",
        "2026-03-02 23:30",
        [("2026-03-02 23:40", "2026-03-03 00:40")],
        "2026-03-03 01:30:00",
    ),
    # a pause that lies wholly after the end does not matter
    (
        1,
        "hours",
        "2026-03-02 09:00",
        [("2026-03-02 11:00", "2026-03-02 12:00")],
        "2026-03-02 10:00:00",
    ),
    # one that adds time reaches into the next
    (
        3,
        "hours",
        "2026-03-02 09:00",
        [("2026-03-02 11:00", "2026-03-02 13:00"), ("2026-03-02 13:30", "2026-03-02 14:30")],
        "2026-03-02 15:00:00",
    ),
    (
        4,
        "workhours",
        "2026-03-02 09:00",
        [("2026-03-02 11:00", "2026-03-02 14:00")],
        "2026-03-02 16:00:00",
    ),
    (
        2,
        "workhours",
        "2026-03-06 16:30",
        [("2026-03-06 17:00", "2026-03-09 10:00")],
        "2026-03-09 11:30:00",
    ),
]


@pytest.mark.parametrize(("n", "unit", "start", "pauses", "expected"), PAUSED)
def test_pauses(n, unit, start, pauses, expected):
    spans = [Pause(at(a), at(b)) for a, b in pauses]
    assert local(due(Limit(n, Unit(unit)), at(start), CN, spans)) == expected


def test_the_explanation_names_every_day():
    told = list(days(Limit(3, Unit.WORKDAYS), at("2026-02-13 09:00"), CN))
    assert told[0].reason == "received"
    assert told[0].counted is None
    assert [(d.day.isoformat(), d.counted, d.reason) for d in told[1:3]] == [
        ("2026-02-14", 1, "春节调休上班"),
        ("2026-02-15", None, "春节"),
    ]
    assert [d.day for d in told if d.reason == "春节"] == [date(2026, 2, n) for n in range(15, 24)]
    assert told[-1].counted == 3
    assert told[-1].day == date(2026, 2, 25)


def test_paused_days_say_so():
    pause = Pause(at("2026-03-03 10:00"), at("2026-03-05 10:00"))
    told = {
        d.day.day: d.reason
        for d in days(Limit(3, Unit.WORKDAYS), at("2026-03-02 09:00"), CN, [pause])
    }
    assert told[3] == "weekday"
    assert told[4] == told[5] == "paused"


def test_an_unannounced_year_is_provisional():
    told = list(days(Limit(5, Unit.WORKDAYS), at("2026-12-29 09:00"), CN))
    assert [d.provisional for d in told] == [d.day.year == 2027 for d in told]
    assert any(d.provisional for d in told)
    # Without a notice New Year's Day counts as the Friday it is; the recalculation moves it.
    assert local(due(Limit(3, Unit.WORKDAYS), at("2026-12-29 09:00"), CN)) == f"2027-01-01 {END}"
    known = Calendar(
        {**CN.specials, date(2027, 1, 1): Special(working=False, name="元旦")},
        {**CN.years, 2027: "announced"},
    )
    assert local(due(Limit(3, Unit.WORKDAYS), at("2026-12-29 09:00"), known)) == f"2027-01-04 {END}"


def test_an_endless_pause_is_refused_not_looped():
    with pytest.raises(OverflowError, match="does not end"):
        due(Limit(3, Unit.WORKDAYS), at("2026-03-02 09:00"), CN, [Pause(at("2026-03-02 10:00"))])


def test_a_calendar_without_working_days_is_refused():
    never = Calendar(hours=((time(9), time(9)),))
    with pytest.raises(OverflowError, match="do not pass"):
        due(Limit(1, Unit.WORKHOURS), at("2026-03-02 09:00"), never)


def test_night_shifts_are_spans_like_others():
    """Hours across midnight: an office open 22:00-24:00 and 0:00-6:00 in two spans."""
    night = Calendar(hours=((time(0), time(6)), (time(22), time(23, 59, 59))))
    assert local(due(Limit(4, Unit.WORKHOURS), at("2026-03-02 22:00"), night)) == (
        "2026-03-03 02:00:01"
    )


@pytest.mark.parametrize(
    ("zone", "start", "n", "unit", "expected"),
    [
        # New York springs forward on 8 March 2026: a day of 23 hours is still one day.
        ("America/New_York", "2026-03-06T12:00", 1, "workdays", "2026-03-09T23:59:59"),
        ("America/New_York", "2026-03-07T12:00", 24, "hours", "2026-03-08T13:00:00"),
        ("Europe/Berlin", "2026-10-24T12:00", 24, "hours", "2026-10-25T11:00:00"),
        ("Europe/Berlin", "2026-10-24T12:00", 1, "days", "2026-10-25T23:59:59"),
        ("Asia/Kathmandu", "2026-03-02T12:00", 1, "workdays", "2026-03-03T23:59:59"),
        ("UTC", "2026-03-02T12:00", 1, "workdays", "2026-03-03T23:59:59"),
    ],
)
def test_other_zones(zone, start, n, unit, expected):
    tz = ZoneInfo(zone)
    begin = datetime.fromisoformat(start).replace(tzinfo=tz)
    found = due(Limit(n, Unit(unit)), begin.astimezone(UTC), Calendar(zone=zone))
    assert found.astimezone(tz).replace(tzinfo=None).isoformat() == expected


units = st.sampled_from(list(Unit))
starts = st.datetimes(
    datetime.fromisoformat("2025-01-01"),
    datetime.fromisoformat("2026-12-01"),
    timezones=st.just(UTC),
)
lengths = st.integers(1, 40)


@st.composite
def pause_lists(draw):
    found = []
    for _ in range(draw(st.integers(0, 4))):
        start = draw(starts)
        found.append(Pause(start, start + timedelta(minutes=draw(st.integers(0, 30_000)))))
    return found


@given(lengths, units, starts, pause_lists())
def test_due_is_not_before_start(n, unit, start, pauses):
    assert due(Limit(n, unit), start, CN, pauses) >= start


@given(lengths, units, starts, pause_lists())
def test_longer_is_not_earlier(n, unit, start, pauses):
    assert due(Limit(n + 1, unit), start, CN, pauses) > due(Limit(n, unit), start, CN, pauses)


@given(lengths, units, starts, pause_lists(), pause_lists())
def test_a_pause_never_brings_the_end_nearer(n, unit, start, pauses, more):
    assert due(Limit(n, unit), start, CN, pauses + more) >= due(Limit(n, unit), start, CN, pauses)


@given(lengths, units, starts, starts)
def test_later_start_is_not_earlier_due(n, unit, a, b):
    first, second = sorted((a, b))
    assert due(Limit(n, unit), first, CN) <= due(Limit(n, unit), second, CN)


@given(lengths, units, starts, pause_lists(), st.lists(st.integers(1, 300), min_size=2, max_size=5))
def test_steps_come_in_the_order_of_their_shares(n, unit, start, pauses, shares):
    reached = [reach(s / 100, Limit(n, unit), start, CN, pauses) for s in sorted(shares)]
    assert reached == sorted(reached)


@given(lengths, units, starts, pause_lists())
def test_the_whole_share_is_the_end(n, unit, start, pauses):
    limit = Limit(n, unit)
    assert reach(1, limit, start, CN, pauses) == due(limit, start, CN, pauses)


@given(lengths, st.sampled_from([Unit.WORKDAYS, Unit.DAYS]), starts, pause_lists())
def test_the_last_day_counted_is_the_limit(n, unit, start, pauses):
    told = list(days(Limit(n, unit), start, CN, pauses))
    counted = [d.counted for d in told if d.counted is not None]
    assert counted == list(range(1, n + 1))
    assert told[-1].counted == n
    assert told[-1].day == due(Limit(n, unit), start, CN, pauses).astimezone(SHANGHAI).date()
    assert [d.day for d in told] == sorted({d.day for d in told}), "no day twice, none left out"


@given(lengths, starts, pause_lists())
def test_working_days_end_on_working_days(n, start, pauses):
    assert CN.is_working(
        due(Limit(n, Unit.WORKDAYS), start, CN, pauses).astimezone(SHANGHAI).date()
    )


@given(lengths, starts)
def test_office_hours_end_in_office_hours(n, start):
    found = due(Limit(n, Unit.WORKHOURS), start, CN)
    day = found.astimezone(SHANGHAI).date()
    assert any(a < found <= b for a, b in CN.open_spans(day))


@given(st.integers(1, 10_000), starts)
def test_minutes_and_hours_agree(n, start):
    assert due(Limit(n * 60, Unit.MINUTES), start, CN) == due(Limit(n, Unit.HOURS), start, CN)


@given(lengths, units, starts, pause_lists(), st.randoms(use_true_random=False))
def test_the_order_of_pauses_does_not_matter(n, unit, start, pauses, random):
    mixed = list(pauses)
    random.shuffle(mixed)
    assert due(Limit(n, unit), start, CN, mixed) == due(Limit(n, unit), start, CN, pauses)


@given(lengths, starts, st.integers(0, 3000))
def test_elapsed_time_is_the_limit_plus_the_pause(n, start, minutes):
    begin = start + timedelta(minutes=1)
    assume(timedelta(hours=n) > timedelta(minutes=1))
    pause = Pause(begin, begin + timedelta(minutes=minutes))
    found = due(Limit(n, Unit.HOURS), start, CN, [pause])
    assert found - start == timedelta(hours=n, minutes=minutes)


def test_the_module_knows_no_clock():
    assert not hasattr(worktime, "now")


FAIR = [
    # limit, pause, fair, due
    (3, "workdays", ("2026-10-10 09:00", "2026-10-20 08:00"), (1, "workdays"), f"2026-10-21 {END}"),
    # the material comes on a Friday evening
    (3, "workdays", ("2026-10-10 09:00", "2026-10-23 20:00"), (1, "workdays"), f"2026-10-26 {END}"),
    (8, "days", ("2026-10-11 23:59", "2026-10-23 20:00"), (2, "workdays"), f"2026-10-27 {END}"),
    # never more than the whole limit anew
    (24, "hours", ("2026-10-04 11:59", "2026-10-20 08:00"), (1, "workdays"), "2026-10-21 08:00:00"),
    (2, "workhours", ("2026-10-08 10:59", "2026-10-20 17:00"), (1, "hours"), "2026-10-20 18:00:00"),
    # over before the pause: nothing is fair about it
    (24, "hours", ("2026-10-05 11:59", "2026-10-20 08:00"), (1, "workdays"), "2026-10-04 12:00:00"),
]


@pytest.mark.parametrize(("n", "unit", "pause", "fair", "expected"), FAIR)
def test_a_fair_moment_is_left_after_a_pause(n, unit, pause, fair, expected):
    spans = [Pause(at(pause[0]), at(pause[1]), Limit(fair[0], Unit(fair[1])))]
    assert local(due(Limit(n, Unit(unit)), at("2026-10-03 12:00"), CN, spans)) == expected


def left(unit, since, until):
    """What is left, counted independently of the rule: elapsed time, or that of working days or
    office hours, hour by hour of the calendar."""
    if until <= since:
        return timedelta()
    if unit in (Unit.HOURS, Unit.MINUTES, Unit.DAYS):
        return until - since
    found = timedelta()
    day = since.astimezone(SHANGHAI).date()
    while day <= until.astimezone(SHANGHAI).date():
        if CN.is_working(day):
            whole = [(time(0), time(23, 59, 59))] if unit is Unit.WORKDAYS else CN.hours
            for a, b in whole:
                begin, end = (datetime.combine(day, t, SHANGHAI) for t in (a, b))
                found += max(min(until, end) - max(since, begin), timedelta())
        day += timedelta(days=1)
    return found


@st.composite
def pauses_in_order(draw):
    found, begin = [], draw(starts)
    for _ in range(draw(st.integers(1, 4))):
        end = begin + timedelta(minutes=draw(st.integers(1, 30_000)))
        fair = draw(st.sampled_from([None, Limit(1, Unit.WORKDAYS), Limit(3, Unit.HOURS)]))
        found.append(Pause(begin, end, fair))
        begin = end + timedelta(minutes=draw(st.integers(1, 9_000)))
    return found


@settings(max_examples=60)
@given(lengths, units, starts, pauses_in_order())
def test_nobody_has_less_left_after_a_pause_than_at_its_beginning(n, unit, start, pauses):
    limit = Limit(n, unit)
    for index, pause in enumerate(pauses):
        before = due(limit, start, CN, pauses[:index])
        after = due(limit, start, CN, pauses[: index + 1])
        if pause.start >= before:
            assert after == before
            continue
        assert after > pause.end
        assert left(unit, pause.end, after) >= left(unit, pause.start, before)
        if pause.fair is not None:
            anew = due(limit, pause.end, CN)
            assert after >= min(anew, due(pause.fair, pause.end, CN))


@settings(max_examples=40)
@given(lengths, units, starts, pauses_in_order(), st.integers(1, 300))
def test_what_had_not_come_before_a_pause_does_not_come_within_it(n, unit, start, pauses, share):
    limit = Limit(n, unit)
    for index, pause in enumerate(pauses):
        before = reach(share / 100, limit, start, CN, pauses[:index])
        after = reach(share / 100, limit, start, CN, pauses[: index + 1])
        assert after > pause.end if before > pause.start else after >= before


@settings(max_examples=40)
@given(lengths, st.sampled_from([Unit.WORKDAYS, Unit.DAYS]), starts, pauses_in_order())
def test_the_explanation_ends_on_the_day_of_the_end(n, unit, start, pauses):
    plain = [Pause(p.start, p.end, p.fair and Limit(1, Unit.WORKDAYS)) for p in pauses]
    told = list(days(Limit(n, unit), start, CN, plain))
    assert told[-1].day == due(Limit(n, unit), start, CN, plain).astimezone(SHANGHAI).date()
    assert told[-1].counted == n
    assert [d.counted for d in told if d.counted] == list(range(1, n + 1))

"""Periods of one thing: pure, by table and by property."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.rules.spans import MeetsError, Span, ended, followed, free, gaps


def day(text):
    return date.fromisoformat(f"2026-{text}")


def span(start, after=None):
    return Span(day(start), day(after) if after else None)


OPEN = span("08-19")
TABLE = [
    # there, wanted, the outcome
    (OPEN, span("09-01"), "follows"),
    (OPEN, span("08-19"), "meets"),
    (OPEN, span("01-01"), "meets"),
    (OPEN, span("01-01", "08-19"), "free"),
    (OPEN, span("01-01", "08-20"), "meets"),
    (OPEN, span("09-01", "10-01"), "meets"),
    (span("01-01", "03-01"), span("03-01"), "free"),
    (span("01-01", "03-01"), span("02-28"), "meets"),
    (span("01-01", "03-01"), span("01-10", "01-11"), "meets"),
    # ended before it began: nothing is there
    (span("01-01", "01-01"), span("01-01"), "free"),
]


@pytest.mark.parametrize(("there", "wanted", "outcome"), TABLE)
def test_table(there, wanted, outcome):
    if outcome == "meets":
        with pytest.raises(MeetsError) as told:
            followed(wanted, [("it", there)])
        assert told.value.values["start"] == there.start
    else:
        assert followed(wanted, [("it", there)]) == ("it" if outcome == "follows" else None)


def test_what_has_ended_is_never_made_longer():
    assert ended(OPEN, day("12-01")) == day("12-01")
    assert ended(OPEN, day("01-01")) == OPEN.start, "never held, rather than from its end on"
    assert ended(span("01-01", "03-01"), day("02-01")) == day("02-01")
    with pytest.raises(MeetsError):
        ended(span("01-01", "03-01"), day("03-02"))


days = st.dates(date(2026, 1, 1), date(2026, 3, 1))
spans = st.builds(
    lambda start, n: Span(start, start + timedelta(days=n) if n is not None else None),
    days,
    st.none() | st.integers(0, 20),
)


def held(found):
    """The days of a period within half a year."""
    last = found.after or date(2026, 7, 1)
    return {found.start + timedelta(days=n) for n in range(max(0, (last - found.start).days))}


@given(st.lists(spans, max_size=12))
def test_whatever_is_asked_for_nothing_overlaps_and_nothing_is_lost(wanted):
    rows: list[Span] = []
    for one in wanted:
        before = {d for row in rows for d in held(row)}
        try:
            old = followed(one, list(enumerate(rows)))
        except MeetsError:
            continue
        if old is not None:
            rows[old] = Span(rows[old].start, ended(rows[old], one.start))
        rows.append(one)
        assert sum(len(held(row)) for row in rows) == len({d for row in rows for d in held(row)})
        assert before <= {d for row in rows for d in held(row)}


@given(spans, st.lists(spans, max_size=6))
def test_gaps_are_what_is_left(wanted, there):
    found = gaps(wanted, there)
    for one in found:
        free(one, there)
    taken = {d for row in there for d in held(row)}
    assert {d for one in found for d in held(one)} == held(wanted) - taken

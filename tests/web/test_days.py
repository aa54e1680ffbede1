"""How a day is written: in one way, wherever it is written."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.utils import translation

from bihuan.kernel.halls import appointments
from bihuan.kernel.matters import day_names
from bihuan.web import days, words

TODAY = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)
LAST = datetime(2026, 12, 4, 15, 59, tzinfo=UTC)
SAID = {
    ("zh-hans", "named"): "12月4日 周五",
    ("zh-hans", "due"): "12月4日 周五 24:00前",
    ("zh-hans", "moment"): "12月4日 周五 23:59",
    ("zh-hans", "today"): "今天 17:00前",
    ("zh-hans", "other"): "2027年1月2日 周六",
    ("en", "named"): "Fri 4 Dec",
    ("en", "due"): "Fri 4 Dec, by 24:00",
    ("en", "moment"): "Fri 4 Dec, 23:59",
    ("en", "today"): "today, by 17:00",
    ("en", "other"): "Sat 2 Jan 2027",
}


@pytest.mark.parametrize(("locale", "what"), SAID)
def test_a_day_is_written_in_one_way(locale, what):
    with time_machine.travel(TODAY, tick=False), translation.override(locale):
        said = {
            "named": days.named(date(2026, 12, 4)),
            "due": days.due(LAST, relative=False),
            "moment": days.ago(LAST, relative=False),
            "today": days.due(TODAY.replace(hour=9)),
            "other": days.named(date(2027, 1, 2)),
        }
        assert said[what] == SAID[locale, what]


@pytest.mark.parametrize("locale", ["zh-hans", "en"])
def test_what_is_offered_is_written_as_what_was_booked(locale):
    """The room of appointments, which is below the pages, names days by the same hand."""
    assert appointments.day_names is day_names
    with time_machine.travel(TODAY, tick=False), translation.override(locale):
        there = day_names.named(date(2026, 12, 4), date(2026, 11, 30), words.text)
        assert there == days.named(date(2026, 12, 4))

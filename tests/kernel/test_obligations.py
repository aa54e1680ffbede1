"""What is owed by period: who owes it when, what met it, who is free of it, who is told."""

from datetime import UTC, date, datetime

import owed
import pytest

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.obligations import api as obligations
from bihuan.kernel.obligations.models import Deed

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(house):
    return owed.land()


def at(month: int, day: int, hour: int = 2) -> datetime:
    """Ten o'clock in the city on a day of 2026."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


MONTHS = ["2026-01", "2026-02", "2026-03", "2026-04"]


def test_a_month_is_met_late_missed_due_or_ahead(house):
    owed.held(house, "cell_a", at(1, 20))
    # In the days of grace after February, and only then its own month's.
    owed.held(house, "cell_a", at(3, 2))
    owed.held(house, "cell_b", at(2, 28))
    found = owed.lines(owed.SITTINGS, MONTHS, date(2026, 3, 20))
    assert owed.states(found["第一小组"]) == ["met", "late", "due", "ahead"]
    assert owed.states(found["第二小组"]) == ["missed", "met", "due", "ahead"]
    assert [one.lacks for one in found["第一小组"].cells] == [0, 0, 1, 1]
    assert owed.states(owed.lines(owed.SITTINGS, ["2026-03"], date(2026, 4, 4))["第三小组"]) == ["missed"]
    assert owed.states(owed.lines(owed.SITTINGS, ["2026-03"], date(2026, 4, 3))["第三小组"]) == ["due"]

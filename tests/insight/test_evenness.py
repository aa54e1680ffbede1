"""The regularity index as a measure of figures: the same number as the rule, and its page with the months."""

from datetime import UTC, datetime

import owed
import pytest
import time_machine

from bihuan.insight import api as insight
from bihuan.rules import periods, regularity

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.either]
# How many sittings in each month until the facts end, in June.
SPREAD = {"cell_a": [1, 1, 1, 1, 1, 1], "cell_b": [0, 0, 7, 1, 0, 1], "cell_c": [3, 0, 0, 0, 0, 0]}


@pytest.fixture
def told(house):
    owed.land()
    for code, months in SPREAD.items():
        for month, count in enumerate(months, 1):
            for nth in range(count):
                owed.held(house, code, datetime(2026, month, 10 + nth, 2, tzinfo=UTC))
    insight.export(insight.store())
    return house


def test_a_burst_in_march_shows_as_a_burst(told):
    found = insight.definition("vvv_owed", "evenness")

    def value(period, code=""):
        scope = told.org(code) if code else None
        return insight.figure(found, periods.parse(period), scope).total

    for code, months in SPREAD.items():
        expected = regularity.index(months)
        assert value("2026", code).value == round(expected, 2), code
        # Of a month it is told of its year up to then.
        assert value("2026-03", code).value == round(regularity.index(months[:3]), 2), code
    together = [sum(each) for each in zip(*SPREAD.values(), strict=True)]
    assert value("2026").value == round(regularity.index(together), 2)
    by_org = insight.figure(found, periods.parse("2026"), told.org("streets"), by=("org",)).rows
    assert {row.key["org"]: row.value for row in by_org} == {
        told.org("cell_a").pk: 1.0,
        told.org("cell_b").pk: round(regularity.index(SPREAD["cell_b"]), 2),
    }
    # One month is spread over nothing.
    assert (value("2026-01").value, value("2026-01").reason) == (None, "nothing")
    assert value("2025", "cell_a").reason == "nothing"
    with time_machine.travel(datetime(2026, 6, 20, 2, tzinfo=UTC), tick=False):
        answer = told.client("vvv_above").get("/desk/figures/vvv_owed/evenness?period=2026")
        body = answer.content.decode()
    assert answer.status_code == 200
    assert '"shape": "bar"' in body
    assert '"values": [4, 1, 8, 2, 1, 2]' in body
    assert "<li>3月：8</li>" in body

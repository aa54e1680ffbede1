"""A figure by class and pool, which facets and actions set: as the issue stood when each step was over."""

import company as place
import pytest

from bihuan.insight import api as insight
from bihuan.rules import periods

pytestmark = pytest.mark.django_db(transaction=True)
MARCH = periods.parse("2026-03")


def pushed(field):
    found = insight.definition("issue_management", "pushed_up")
    result = insight.figure(found, MARCH, by=(f"field.{field}",))
    return {row.key[f"field.{field}"]: row.value for row in result.rows}


def test_it_is_grouped_as_it_stood_when_each_step_was_over(house):
    del house
    company = place.build()
    one, other = company.open(), company.open()
    company.act(one, "classify", "one_owner", gravity="major", cause="多头报送。")
    for issue in (one, other):
        company.act(issue, "push_up", "one_owner", reason="本级解决不了。")
    insight.export(insight.store())
    assert pushed("lies_in") == {"department": 2}
    assert pushed("gravity") == {"major": 1, None: 1}
    company.act(other, "classify", "north_owner", gravity="urgent", cause="多头报送。")
    insight.export(insight.store())
    assert pushed("gravity") == {"major": 1, None: 1}, "it was not urgent then"
    told = company.client("organizer").get(
        "/desk/figures/issue_management/pushed_up?period=2026-03&by=field.lies_in"
    )
    assert "部门" in told.content.decode()
    cockpit = company.client("organizer").get("/desk/cockpit?period=2026-03").content.decode()
    assert "<th>问题库</th>" in cockpit
    assert '<td class="subject">部门（2 级）</td>' in cockpit

"""The cockpit and the big screen: every figure near its definition and its matters; links that end."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import signing

from bihuan.foundation.access import api as access
from bihuan.insight import api as insight
from bihuan.web.desk import cockpit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def march(house):
    house.closed()
    insight.export(insight.store())
    with time_machine.travel(house.at + timedelta(hours=1), tick=False):
        yield house


def test_too_small_a_sample_is_nowhere_on_the_page(march):
    page = march.client("leader").get("/desk/cockpit").content.decode()
    panel, windows = re.findall(r"<section[^>]*>\s*<h3[^>]*>满意率.*?</section>", page, re.DOTALL)
    assert "样本太少，或避免推算，不显示" in panel
    assert "100.0%" not in panel
    assert "data-chart" not in panel
    assert "—" in windows


def test_the_screen_opens_by_its_link_only(march):
    link = f"/screen/{cockpit.wall(march.actor('leader'), march.org('city'))}"
    page = march.client().get(link).content.decode()
    assert page.count('<section class="card') == 9
    assert "2026-03-02" in page
    assert march.client().get(link[:-1]).status_code == 404
    outside = cockpit.wall(march.actor("leader"), march.org("neighbour"))
    assert march.client().get(f"/screen/{outside}").status_code == 404
    desk = cockpit.wall(march.actor("desk"), march.org("center"))
    assert march.client().get(f"/screen/{desk}").status_code == 404
    assert signing.loads(desk, salt=cockpit.WALL)


def test_the_screen_ends_with_the_right_and_with_its_year(march):
    link = f"/screen/{cockpit.wall(march.actor('leader'), march.org('city'))}"
    with time_machine.travel(march.at + timedelta(days=2), tick=False):
        assert "数据较旧" in march.client().get(link).content.decode()
    with time_machine.travel(march.at + timedelta(days=367), tick=False):
        assert march.client().get(link).status_code == 404
    (grant,) = [
        one
        for one in access.grants_within(march.org("city").path, march.at.date())
        if one.role == "leader" and one.person_id == march.person("leader").pk
    ]
    access.end(grant.pk, on=march.at.date(), at=march.at, actor="system")
    assert march.client().get(link).status_code == 404

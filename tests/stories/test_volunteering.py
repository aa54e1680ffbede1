"""A year of two units with as many activities: two indices; hours are what was confirmed, on a certificate that says
so and no more; what was wrong is put right, and the paper that rested on it holds no more."""

import pytest
from django.test import Client

from bihuan import stories
from bihuan.facets.gathering import attested
from bihuan.foundation.audit import api as audit
from bihuan.insight import api as insight
from bihuan.kernel.matters.api import Matter
from bihuan.outcomes.papers import api as papers
from bihuan.outcomes.papers.api import IssuedPaper
from bihuan.outcomes.publicity import api as publicity
from bihuan.rules import periods, regularity
from bihuan.stories import volunteering
from bihuan.stories.stage import root_of

pytestmark = pytest.mark.either


def value(name, unit):
    found = insight.definition("volunteering", name)
    place = root_of(f"story-volunteering-{unit}")
    return insight.figure(found, periods.parse("2025"), place).total.value


def checked(row):
    code = papers.sheet_of(row).code
    return papers.genuine(code), Client().post("/paper", {"code": code}).content.decode()


@pytest.mark.django_db(transaction=True)
def test_one_is_regular_and_one_only_busy_in_march(house):
    assert volunteering.tell(volunteering.SMALL) == 24 + 2 + 3
    assert all(one.equal for one in volunteering.figures_of(volunteering.SMALL))
    script = volunteering.script("volunteering")["months"]["small"]
    for unit in volunteering.UNITS:
        assert value("evenness", unit) == pytest.approx(regularity.index(script[unit]), abs=0.005)
    # As many, and as many people; not one minute of anybody who stayed away, or came from outside.
    assert value("activities_held", "steady") == value("activities_held", "burst") == 12
    assert (value("turns_out", "steady"), value("outsiders_along", "burst")) == (12 * 2 + 1, 12)
    assert value("minutes_confirmed", "steady") == (12 * 2 + 1) * 120
    assert value("minutes_confirmed", "burst") == (12 * 2 - 1) * 120
    good, withdrawn = IssuedPaper.objects.filter(paper="hours_certificate").order_by("pk")
    told, page = checked(good)
    matter = Matter.objects.get(pk=good.matter_id)
    lines = attested.lines(matter)
    hours = sum(one.minutes for one in lines) // 60
    assert told.state == "issued"
    assert f"参加志愿服务{len(lines)}次，经组织者确认的服务时间共{hours}小时" in page
    assert page.count("陪独居老人") == len(lines)
    assert "漏记" not in page
    told, page = checked(withdrawn)
    assert (told.state, told.sheet) == ("withdrawn", None)
    assert "2025-12-30" in page
    assert "清扫街面" not in page
    assert len(publicity.published(board="exemplars", limit=9)) == 1
    assert list(audit.everything()) == []
    assert volunteering.tell(volunteering.SMALL) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.long
@pytest.mark.again
def test_the_whole_year(house):
    assert volunteering.tell() == 36 + 2 + 3
    assert [one for one in volunteering.figures_of() if not one.equal] == []
    (paper,) = volunteering.bulletins()
    assert (paper.state, paper.programme) == ("issued", "volunteering")
    assert {"volunteering", "volunteering-small"} <= {*stories.names()}

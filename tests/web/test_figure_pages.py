"""The pages of figures: definition and matters one step from every number, errors in words."""

import re

import pytest
from house import settled

from bihuan.insight import api as insight

pytestmark = pytest.mark.django_db(transaction=True)
ONE = "/desk/figures/public_voice/settle_rate"


@pytest.fixture
@settled
def told(house):
    for _ in range(6):
        house.closed()
    insight.export(insight.store())
    return house


def test_every_figure_is_listed_with_its_definition(told):
    page = told.client("leader").get("/desk/figures")
    text = page.content.decode()
    may = [
        one for one in insight.definitions() if insight.scopes(told.actor("leader"), one.programme)
    ]
    assert {one.programme.id for one in may} > {"public_voice"}
    for one in may:
        assert f"/desk/figures/{one.programme.id}/{one.id}" in text
        assert one.programme.strings["zh-Hans"][one.text_key] in text


def test_a_figure_with_definition_table_and_matters(told):
    client = told.client("leader")
    page = client.get(ONE, {"period": "2026", "by": "category"}).content.decode()
    assert "100.0%" in page
    assert "6 ÷ 6" in page
    assert "投诉" in page
    links = re.findall(rf'href="({ONE}/matters\?[^"]+)"', page)
    assert len(links) == 4
    for link in links[:2]:
        behind = client.get(link.replace("&amp;", "&")).content.decode()
        assert behind.count("/desk/matters/") == 6


def test_a_satisfaction_rate_never_stands_without_how_many_spoke(told):
    for _ in range(6):
        told.answered()
    insight.export(insight.store())
    leader = told.client("leader")
    month = f"{told.at:%Y-%m}"
    page = leader.get("/desk/figures/public_voice/satisfaction_rate", {"period": month})
    cockpit = leader.get("/desk/cockpit", {"period": month}).content.decode()
    for text in (page.content.decode(), cockpit):
        assert "100.0%" in text
        assert "评价率</a> 50.0% 6 ÷ 12" in text
    settled = leader.get("/desk/figures/public_voice/settle_rate", {"period": month})
    assert "未评价自动办结占比</a> 0.0% 0 ÷ 6" in settled.content.decode()


def test_a_small_group_is_not_the_total_less_the_others(told):
    """One consultation beside six complaints: the complaints go too, and the page says why."""
    told.closed(told.open(category="consult"))
    insight.export(insight.store())
    page = told.client("leader").get(ONE, {"period": "2026", "by": "category"}).content.decode()
    assert "7 ÷ 7" in page
    assert "6 ÷ 6" not in page
    table = page.partition("<table")[2]
    assert table.count("样本太少，或避免推算，不显示") == 2
    assert "也一并不显示" in table


def test_what_one_may_not_see_leaves_no_trace_behind_a_figure(told):
    """However the list is paged: neither a next page nor an id tells of the others."""
    last = told.closed()
    mine = told.actor("leader")
    ids = [last.matter.pk, *range(10**9, 10**9 + 120)]

    def ask(*, after, limit):
        return [pk for pk in ids if pk > after][:limit]

    seen, following = insight.seen_behind(mine, ask, limit=1)
    assert ([one.pk for one in seen], following) == ([last.matter.pk], None)
    assert insight.seen_behind(mine, ask, after=10**9, limit=1) == ([], None)
    ids.insert(0, told.closed().matter.pk)
    ids.sort()
    seen, following = insight.seen_behind(mine, ask, limit=1)
    assert following == seen[0].pk == ids[0]


def test_only_matters_one_may_see_are_listed(told):
    """The handler of 车辆管理所 counts there; somebody of 街道办 has no scope in which to look."""
    path = f"{ONE}/matters"
    asked = {"period": "2026", "org": told.org("city").pk}
    assert told.client("handler").get(path, asked).status_code == 403
    assert told.client("handler").get(path, {"period": "2026"}).status_code == 200
    assert told.client("stranger").get(path, asked).status_code == 403


def test_errors_are_told(told):
    client = told.client("leader")
    bad = client.get(ONE, {"period": "lately"})
    assert bad.status_code == 400
    assert "不是一个时段" in bad.content.decode()
    assert client.get("/desk/figures/public_voice/happiness").status_code == 404
    assert (
        client.get(f"{ONE}/matters", {"period": "2026", "by": "period", "key": "x"}).status_code
        == 400
    )


def test_before_any_export_the_page_says_so(house):
    page = house.client("leader").get(ONE, {"period": "2026"})
    assert "还没有统计数据" in page.content.decode()

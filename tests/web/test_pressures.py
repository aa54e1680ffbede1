"""Directives under any matter from its page, their sheet, and the leader's five lists."""

from datetime import timedelta

import pytest
from house import House

from bihuan.insight import api as insight
from bihuan.insight import pressing, pressures
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now

pytestmark = pytest.mark.django_db
URL = "/desk/pressures"
GIVEN = {
    "kind": "supervision.directive", "person-text": "handler", "days": "7", "report_every": "2",
    "subject": "关于路灯的督办", "body": "请查明原因，限期办结。",
}  # fmt: skip


def issue(house, parent, who="leader", **more):
    return house.client(who).post(f"/desk/matters/{parent.pk}/attach", {**GIVEN, **more})


@pytest.mark.parametrize("make", ["voice", "application"])
def test_a_leader_hangs_a_directive_under_any_matter(house, make):
    opened = house.handling() if make == "voice" else house.apply()
    parent = Matter.objects.get(pk=opened.matter.pk)
    answer = issue(house, parent)
    made = matters.open_children(parent)[0]
    assert answer.headers["Location"] == f"/desk/matters/{made.pk}/document"
    assert (made.assignee, made.facts["report_every"]) == (house.person("handler"), 2)
    sheet = house.client("leader").get(answer.headers["Location"]).content.decode()
    sheet = sheet.replace("\n</dd>", "</dd>")
    for text in ("督办通知单", "林望舒", "沈南乔", parent.number):
        assert text in sheet
    # What was ordered stands there as its programme names it.
    assert "<dt>进展报告间隔（工作日）</dt><dd>2</dd>" in sheet
    # Whoever is about to order again is shown what stands.
    form = house.client("leader").get(f"/desk/matters/{parent.pk}/attach").content.decode()
    assert "已有在办的督办" in form
    assert f'href="/desk/matters/{made.pk}"' in form
    other = house.client("leader").get(f"/desk/matters/{made.pk}/attach")
    assert "已有在办的督办" not in other.content.decode()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"body": ""}, "这一项必须填写"),
        ({"person-text": "other_handler"}, "这位人员不在承办单位。"),
        ({"days": "很多"}, "只填数字"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_lost(house, change, told):
    parent = house.handling().matter
    answer = issue(house, parent, **change)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert "关于路灯的督办" in page
    assert matters.open_children(parent) == []


def test_who_may_not_direct_is_told(house):
    parent = house.handling().matter
    assert issue(house, parent, who="handler").status_code == 403
    assert issue(house, parent, who="outsider").status_code == 404


def test_states_from_which_only_somebody_above_leads_on():
    def above(programme, kind):
        known = {p.id: p for p in programmes.known()}[programme]
        return pressures.upstairs(known, known.kinds[kind])

    assert above("service_window", "application") == ["declining"]
    assert above("supervision", "rectification") == ["reported", "objected"]
    assert "disputed" not in above("public_voice", "voice")
    # What leaders brought there themselves waits for nobody above, but for those who answer.
    assert above("honours", "selection") == []
    assert above("supervision", "inspection") == []


def test_of_what_hangs_under_others_only_what_inspections_left_presses():
    """A plan, a short test, a pledge may hang under others as well, and press on nobody."""
    told = {one.id: pressing.open_kinds(one) for one in programmes.known()}
    assert {name: kinds for name, kinds in told.items() if kinds} == {
        "supervision": ["directive", "rectification", "accountability"],
        "monitoring": ["finding"],
    }


def test_late_stuck_and_found_are_each_one_click_away(house):
    late = house.apply()
    house.act(late, "accept", "desk")
    stuck = house.apply()
    given = {"how": "refuse", "reason": "不符合条件。", "remedy": "可以申请复议。"}
    house.act(stuck, "propose_decline", "desk", **given)
    opening = Opening(
        "supervision", "rectification", house.org("center"), "请整改。", subject="取号机故障整改",
        unit=house.org("vehicles"),
    )  # fmt: skip
    notice = matters.open_matter(opening, actor=house.actor("supervisor"), at=house.at).matter
    # Late before the law deems the other accepted.
    matters.sweep(house.after(days=6, hours=15))
    page = house.client("leader").get(URL).content.decode()
    for matter in (stuck.matter, notice):
        assert f'href="/desk/matters/{matter.pk}"' in page
        assert f'href="/desk/matters/{matter.pk}/attach"' in page
    matters.sweep(house.after(days=12))
    page = house.client("leader").get(URL).content.decode()
    assert late.matter.number in page.partition("<h2>")[2].partition("</section>")[0]


def test_without_facts_it_says_who_makes_them_and_when(house):
    page = house.client("leader").get(URL).content.decode()
    assert page.count("还没有统计数据") == 2
    assert "bihuan work" in page
    assert "每 15 分钟一次" in page


@pytest.mark.django_db(transaction=True)
def test_a_unit_left_out_is_not_read_as_none(house):
    """One promise broken of one: too small a sample to be told, and no reason to say that there is none."""
    past = House(at=now() - timedelta(days=20))
    past.act(past.apply("notice"), "settle_now", "desk", at=now())
    insight.export(insight.store())
    page = house.client("leader").get(URL).content.decode()
    broken = page.partition("本月有承诺未兑现的单位")[2].partition("</section>")[0]
    assert "样本太少的单位未列出" in broken
    assert "<li>没有。</li>" not in broken


@pytest.mark.django_db(transaction=True)
def test_a_broken_promise_is_a_figure_of_insight(house):
    past = House(at=now() - timedelta(days=20))
    for _ in range(5):
        done = past.apply("notice")
        past.act(done, "settle_now", "desk", at=now())
    insight.export(insight.store())
    page = house.client("leader").get(URL).content.decode()
    assert "0.0%" in page
    assert "/desk/figures/service_window/on_time_rate?org=" in page
    assert "数据截至" in page
    # The matters whose promise was broken stand there, and a directive is one click away.
    assert f'href="/desk/matters/{done.matter.pk}"' in page
    assert f'href="/desk/matters/{done.matter.pk}/attach"' in page

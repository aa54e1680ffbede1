"""The cockpit and the big screen: every figure near its definition and its matters; links that end."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from house import settled

from bihuan.foundation.access import api as access
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now
from bihuan.web.desk import cockpit

FIGURE = "/desk/figures/public_voice/on_time_rate"

pytestmark = pytest.mark.django_db(transaction=True)


@settled
def one_closed(house):
    house.closed()
    insight.export(insight.store())


@pytest.fixture
def march(house):
    one_closed(house)
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
    # Those that have a number, one page: two with bars, and those of which there is one group or none.
    told = re.findall(r'<section class="card[^>]*>.*?</section>', page, re.DOTALL)
    assert len(told) == 5
    assert not any("不显示</a>" in one or ">—</a>" in one for one in told)
    assert all(("data-chart" in one) == (' alone"' not in one) for one in told)
    assert page.count("data-slide") == 1
    assert "2026年3月" in page
    # A number has its unit, its movement says against what.
    assert re.search(r'class="number"[^>]*>\d+</a> <small>件</small>', page)
    assert "比上月同期" in page
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


def leading(page):
    return re.search(r'<ul class="leading">(.*?)</ul>', page, re.DOTALL).group(1)


def test_four_numbers_stand_first_and_none_is_a_refusal(march):
    page = march.client("leader").get("/desk/cockpit").content.decode()
    first = leading(page)
    assert 1 <= first.count("<li>") <= 4
    assert "样本太少" not in first
    assert "—" not in re.findall(r'class="number"[^>]*>([^<]*)<', first)
    # The rest is folded, and what presses comes after the first paint.
    assert page.index('class="leading"') < page.index('id="deciding"') < page.index("of-programme")
    assert "of-programme open" not in page
    assert 'hx-get="/desk/pressures?first"' in page


def test_what_presses_names_why_and_the_way(house):
    late = house.handling()
    with time_machine.travel(house.at + timedelta(days=60), tick=False):
        matters.sweep(now())
        part = house.client("leader").get("/desk/pressures?first").content.decode()
    assert "<html" not in part
    assert f'href="/desk/matters/{late.matter.pk}"' in part
    assert "已逾期" in part
    assert "逾期" in part
    assert f"/desk/matters/{late.matter.pk}/attach" in part


def test_all_in_time_does_not_hide_what_is_late(house):
    house.closed()
    house.handling()
    with time_machine.travel(house.at + timedelta(days=60), tick=False):
        matters.sweep(now())
        insight.export(insight.store())
        page = house.client("leader").get("/desk/cockpit?period=2026-03").content.decode()
        one = house.client("leader").get(FIGURE + "?period=2026-03").content.decode()
    assert "目前另有 1 件超期未办结" in page
    assert "目前另有 1 件超期未办结" in one


def test_the_number_of_late_ones_leads_to_them_longest_late_first(house):
    """With how late each is, and for whoever may order something the way to it."""
    second, first = house.handling(), house.handling(house.open(key="1", at=house.after(days=-20)))
    with time_machine.travel(house.at + timedelta(days=60), tick=False):
        matters.sweep(now())
        insight.export(insight.store())
        one = house.client("leader").get(FIGURE + "?period=2026-03").content.decode()
        link = re.search(r'href="([^"]*late=1)">目前另有 2 件', one).group(1).replace("&amp;", "&")
        for who, directs in (("leader", 2), ("handler", 0)):
            page = house.client(who).get(re.sub(r"org=\d+", "", link)).content.decode()
            rows = re.findall(r"<tr data-row>(.*?)</tr>", page, re.DOTALL)
            listed = [re.search(r"/desk/matters/(\d+)", row).group(1) for row in rows]
            assert listed == [str(one.matter.pk) for one in (first, second)]
            assert all(re.search(r"逾期 ?\d+ ?天", row) for row in rows)
            assert page.count("/attach") == directs


PERIODS = {
    "上个月": "2026-02", "last month": "2026-02", "本季度": "2026-Q1", "last_quarter": "2025-Q4",
    "今年": "2026", "": "2026-03", "2026-H1": "2026-H1",
}  # fmt: skip


def test_periods_are_named_in_words(march):
    client = march.client("leader")
    asked = [(FIGURE, said) for said in PERIODS]
    # The cockpit, of dozens of figures, reads them by the same words.
    for address, said in (*asked, ("/desk/cockpit", "上个月"), ("/desk/cockpit", "")):
        page = client.get(address, {"period": said}).content.decode()
        assert f"period={PERIODS[said]}&amp;" in page, (address, said)


def test_words_that_name_no_period_are_refused_in_words(march):
    client = march.client("leader")
    for said in ("前天的那个", "2026-13", "x" * 400):
        for address in ("/desk/cockpit", FIGURE):
            answer = client.get(address, {"period": said})
            assert answer.status_code == 400, (address, said)
            assert "notice-box" in answer.content.decode()


def test_what_is_wanted_of_a_figure(march):
    assert march
    voice = next(one for one in programmes.known() if one.id == "public_voice")
    said = {
        one: insight.wanted(voice, one)
        for one in ("on_time_rate", "late", "backlog", "answer_days")
    }
    assert said == {
        "on_time_rate": "more",
        "late": "less",
        "backlog": "less",
        "answer_days": "less",
    }
    assert insight.wanted(voice, "received") == ""

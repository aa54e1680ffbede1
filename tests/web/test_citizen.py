"""What a citizen meets without an account: the front page, promises told once, who receives, the receipt,
and what becomes of "not satisfied"."""

import re
from datetime import date

import pytest

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.identity import api as identity
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.receivers import api as receivers
from bihuan.kernel.receivers.api import Receiver
from bihuan.language import letters
from bihuan.outcomes.publicity import api as publicity
from bihuan.spec import grounds, release
from bihuan.web.portal import promised

pytestmark = pytest.mark.django_db
JINAN = "济南市"


def page(house, url, **given):
    answer = house.client().get(url, given)
    assert answer.status_code == 200
    return answer.content.decode()


def words(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def voice():
    return next(one for one in programmes.known() if one.id == "public_voice")


def own_limit(house, org, value, clause):
    return programmes.override(
        voice(),
        "limit_answer",
        value,
        org=house.org(org),
        start=date(2026, 1, 1),
        clause=clause,
        at=house.at,
        actor=SYSTEM,
    )


def named_as(house, **given):
    identity.put({"name": "平安市", **given}, at=house.at, actor=SYSTEM)


def test_another_citys_rule_is_nobodys_ground(house):
    told = words(page(house, "/promise"))
    assert "本单位承诺" in told
    assert JINAN not in told
    assert "默认" not in told
    opened = house.open()
    followed = house.client().post("/follow", {"code": opened.code}).content.decode()
    assert JINAN not in followed
    assert "本单位承诺" in followed


def test_a_clause_that_the_house_has_entered_is_its_ground_written_out(house):
    own_limit(house, "center", 3, "平安市便民服务办法 §24")
    told = words(page(house, "/promise"))
    assert "3 个工作日" in told
    assert "平安市便民服务办法第二十四条" in told
    assert "§" not in told


def test_what_holds_for_all_is_told_once_and_then_the_exceptions(house):
    assert page(house, "/promise").count("5 个工作日") == 1
    one = Receiver(house.org("center"), voice(), "voice")
    other = Receiver(house.org("streets"), voice(), "voice")
    own_limit(house, "streets", 3, "平安市便民服务办法 §2")
    (group,) = promised.groups([one, one, other], house.at)
    assert [line.value for line in group.lines] == [5]
    assert group.who == (one.org.name, one.org.name)
    ((lines, names),) = group.otherwise
    assert ([line.value for line in lines], names) == ([3], (other.org.name,))


def test_a_rule_of_the_whole_country_is_a_ground_and_a_usual_number_is_not():
    for programme in programmes.known():
        for name, setting in programme.settings.items():
            for value in setting.values:
                ground = grounds.ground(programme, name, value.clause, value.grade)
                assert ground in ("", value.clause)
                if value.grade == "H" or "默认" in value.clause:
                    assert ground == ""
    window = next(one for one in programmes.known() if one.id == "service_window")
    clauses = {
        value.clause
        for name, setting in window.settings.items()
        for value in setting.values
        if grounds.ground(window, name, value.clause, value.grade)
    }
    assert any("行政许可法" in one for one in clauses)
    assert not any("安阳市" in one for one in clauses)
    assert grounds.ground(window, "no_such", "§1", "local") == "§1"


def test_a_programme_without_national_rules_keeps_its_digest():
    assert '"national"' not in release.text(voice())


def test_the_front_page_says_whose_it_is_and_what_one_can_do(house):
    named_as(house, hotline="12345", hours="周一至周五 9:00-17:00", address="和平路1号")
    house.service("plate")
    told = page(house, "/")
    assert 'href="tel:12345"' in told
    for text in ("周一至周五 9:00-17:00", "和平路1号", "补领机动车号牌", "我要办事"):
        assert text in told
    assert "方便有同样问题的人查看" in told, "an empty list says what will be there"


def test_who_receives_is_found_by_trouble_by_name_and_letters(house):
    center = house.org("center").name
    every = page(house, "/ask/to")
    assert center in every
    assert center in page(house, "/ask/to", q=center[:2])
    assert center in page(house, "/ask/to", q=letters.initials(center))
    nothing = page(house, "/ask/to", q="没有这样的单位")
    assert "没有找到" in nothing
    for odd in ("x" * 500, "\x00", "' or 1=1", "𝒜"):
        assert house.client().get("/ask/to", {"q": odd, "kind": odd}).status_code == 200


def test_a_rating_of_not_satisfied_says_that_it_is_taken_up_again(house):
    opened = house.answered()
    given = {
        "code": opened.code,
        "action": "rate",
        "rating": "not_satisfied",
        "reason": "还是坏的。",
    }
    told = words(house.client().post("/follow/act", given).content.decode())
    assert "已重新办理" in told
    assert "最晚" in told.partition("已重新办理")[2][:60]
    again = words(house.client().post("/follow", {"code": opened.code}).content.decode())
    assert "已重新办理" in again


def test_a_rating_of_satisfied_takes_nothing_up(house):
    opened = house.closed()
    told = words(house.client().post("/follow", {"code": opened.code}).content.decode())
    assert "已重新办理" not in told


def test_the_receipt_offers_to_copy_the_code_and_to_keep_a_picture(house):
    key = receivers.receivers(house.day)[0].key
    given = {"body": "路灯坏了三天，晚上看不清路。", "to": key, "category": "complaint"}
    told = house.client().post("/ask", given).content.decode()
    assert 'data-copy="code-text"' in told
    assert "data-keep-picture" in told


def test_a_sentence_finds_what_is_much_like_it(house):
    told = "解放路五号楼下的路灯坏了，晚上看不见路，请派人修理。"
    sent = house.answered(house.open(told))
    house.act(sent, "publish", "desk")
    (draft, *_) = publicity.drafts(house.actor("publisher"))
    publicity.publish(draft.pk, version=draft.version, actor=house.actor("publisher"), at=house.at)
    exact = page(house, "/published", q="路灯")
    assert "这些比较接近" not in exact
    near = page(house, "/published", q="解放路五号楼路灯晚上坏了看不见怎么修理")
    assert "这些比较接近" in near
    assert f'href="/published/{draft.pk}"' in near
    none = page(house, "/published", q="zzzz")
    assert "empty-state" in none

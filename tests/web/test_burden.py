"""What steps asked people to type: counted at every door, told as sums, of nobody by name."""

import re

import pytest

from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import vault
from bihuan.insight import api as insight
from bihuan.kernel.exchange import intake
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening

pytestmark = pytest.mark.django_db


def asked(matter):
    """(action, as whom, how many fields) of every step of a matter that somebody typed for."""
    said = [audit.read(one) for one in audit.history(matter.stream)]
    return [(one["action"], one["role"], one["typed"]) for one in said if "typed" in one]


def newest():
    return Matter.objects.order_by("-pk").first()


def test_a_step_says_how_many_fields_it_asked_for_and_as_whom(house):
    opened = house.answered(house.open(contact=vault.Person("田野", "13800000001")))
    # Text, category and channel (no face filled it in here), name and telephone.
    assert asked(opened.matter) == [
        ("open", "sender", 5),
        ("accept", "desk", 0),
        ("dispatch", "desk", 1),
        ("sign", "handler", 0),
        ("reply", "assignee", 1),
    ]


def test_what_the_house_does_itself_asks_nobody(house):
    opened = house.dispatched()
    matters.sweep(house.after(days=30))
    assert "system" in {one.actor for one in audit.history(opened.matter.stream)}
    assert {role for _, role, _ in asked(opened.matter)} == {"sender", "desk"}


def test_a_window_writes_down_its_channel_and_its_words_itself(house):
    service = house.service("plate").pk
    opening = Opening(
        programme="service_window",
        kind="application",
        home=house.org("center"),
        body="申请办理。",
        fields={"service": service, "channel": "window"},
        own=("channel", "body"),
    )
    opened = matters.open_matter(opening, actor=house.actor("desk"), at=house.at)
    assert asked(opened.matter) == [("open", "desk", 1)]


def test_a_table_that_is_taken_in_was_typed_elsewhere(house):
    table = "主题,内容,类别\n路灯,路灯坏了。,投诉\n".encode()
    intake.run(
        table, "a.csv", at=house.at, actor=house.actor("desk"), home=house.org("center"),
        programme="public_voice", kind="voice", guesses=True,
    )  # fmt: skip
    assert asked(newest()) == []


def test_one_form_for_several_matters_is_typed_once(house):
    opened = [house.open() for _ in range(2)]
    for one in opened:
        house.act(one, "accept", "desk")
    posted = {
        "action": "dispatch",
        "pick": [str(one.matter.pk) for one in opened],
        "key": "several",
        "dispatch.unit": house.org("vehicles").pk,
    }
    house.client("desk").post("/desk/bulk", posted)
    counted = [asked(one.matter)[-1] for one in opened]
    assert sorted(counted) == [("dispatch", "desk", 0), ("dispatch", "desk", 1)]


def test_a_request_repeated_counts_once(house):
    opened = house.dispatched(person=True)
    for _ in range(2):
        house.act(opened, "sign", "handler", key="again")
    assert [one for one in asked(opened.matter) if one[0] == "sign"] == [("sign", "handler", 0)]


@pytest.mark.django_db(transaction=True)
def test_leaders_and_administrators_read_sums_and_nobody_else(house):
    for _ in range(6):
        house.answered()
    insight.export(insight.store())
    assert list(insight.findings(insight.store())) == []
    address = f"/desk/burden?period={house.at:%Y-%m}"
    page = house.client("leader").get(address).content.decode()
    told = {}
    for row in re.findall(r"<tr data-row>(.*?)</tr>", page):
        what, who, *numbers = (re.sub("<[^>]+>", "", one) for one in row.split("</td>")[:-1])
        told[what, who] = numbers
    # Text, category and channel of six; whoever writes is nobody's colleague.
    assert told["新建群众诉求", "来信人"] == ["6", "3.0", "18"]
    # Fewer than five people have the role: what they did would be theirs.
    assert set(told) == {("新建群众诉求", "来信人")}
    assert "另有 4 种办理不足 5 次，或能办的不足 5 人，不显示。" in page
    for who, status in (("handler", 403), ("desk", 403), ("admin", 200), ("supervisor", 200)):
        assert house.client(who).get(address).status_code == status, who
    assert house.client("leader").get("/desk/burden?period=x").status_code == 422
    there = house.org("center").pk
    # What is not told of one below would be the sum without the others.
    for who in ("admin", "leader", "outsider"):
        assert house.client(who).get(f"/desk/burden?org={there}").status_code == 403, who


def test_the_catalogue_says_what_a_month_asks_of_whom(house):
    here = house.client("desk").get("/desk/programmes").content.decode()
    assert "平均每月填写：受理员每人约" in here
    told = house.client("leader").get("/desk/burden").content.decode()
    assert "原有纸质表格《工作周志：每周一篇》：每周 1 次，每次 3 项" in told

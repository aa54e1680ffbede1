"""Common problems: what is proposed to whom, one submit merges, one answer reaches every sender."""

from datetime import timedelta

import pytest

from bihuan.foundation.audit.api import Event, standing
from bihuan.foundation.notify import api as notify
from bihuan.foundation.search import api as search
from bihuan.kernel.matters import api as matters
from bihuan.kernel.merging import api as merging
from bihuan.lib.clock import now

pytestmark = pytest.mark.django_db
LAMPS = (
    "人民路与建设街路口的红绿灯坏了三天，早晚高峰很堵，请尽快修理。",
    "人民路和建设街路口红绿灯坏了好几天了，早晚高峰特别堵，请尽快派人修理。",
    "请尽快修理人民路建设街路口坏了的红绿灯，早晚高峰堵得厉害。",
)
OTHER = "想咨询老年公交卡在哪里办理，需要带什么材料，周末是否上班。"


@pytest.fixture
def lamps(house):
    house.open(OTHER, key="other")
    return [house.open(text, key=f"lamp{i}") for i, text in enumerate(LAMPS)]


def page(response):
    return response.content.decode()


def test_alike_messages_are_proposed_with_their_reason(house, lamps):
    [group] = merging.common_problems(house.actor("desk"))
    assert [m.pk for m in group.matters] == [o.matter.pk for o in lamps]
    assert any("红绿灯" in word for word in group.shared)
    told = page(house.client("desk").get("/desk/common"))
    assert all(o.matter.number in told for o in lamps)
    assert "老年公交卡" not in told


@pytest.mark.parametrize("role", ["handler", "outsider", "stranger", "publisher"])
def test_nobody_is_shown_what_they_may_not_merge(house, lamps, role):
    told = page(house.client(role).get("/desk/common"))
    assert "没有发现反映同一问题的" in told
    assert lamps[0].matter.number not in told


def test_one_submit_merges_the_ticked_and_one_answer_reaches_every_sender(house, lamps):
    lead, joined, left = (o.matter.pk for o in lamps)
    sent = {
        "lead": lead,
        "pick": [lead, joined],
        "subject": "人民路建设街路口信号灯故障",
        "key": "m1",
    }
    client = house.client("desk")
    assert client.post("/desk/common", sent).status_code == 302
    assert client.post("/desk/common", sent).status_code == 302
    rows = {m.pk: m for m in matters.by_ids(house.actor("desk"), [lead, joined, left])}
    assert rows[joined].merged_into_id == lead
    assert rows[left].merged_into_id is None
    assert rows[lead].subject == "人民路建设街路口信号灯故障"
    assert lead in list(search.find("m", "信号灯故障"))
    house.answered(lamps[0], reply="信号灯已于今日修复。")
    notify.run(now() + timedelta(minutes=1))
    for opened in lamps[:2]:
        told = page(house.client().post("/follow", {"code": opened.code}))
        assert "信号灯已于今日修复。" in told
    assert "信号灯已于今日修复。" not in page(
        house.client().post("/follow", {"code": lamps[2].code})
    )


def test_one_that_cannot_be_merged_stops_all_and_keeps_what_was_chosen(house, lamps):
    lead, good, moved = (o.matter.pk for o in lamps)
    house.answered(lamps[2])
    before = Event.objects.count()
    answer = house.client("desk").post(
        "/desk/common", {"lead": lead, "pick": [good, moved], "subject": "路口信号灯", "key": "m2"}
    )
    assert answer.status_code == 409
    assert lamps[2].matter.number in page(answer)
    assert 'value="路口信号灯"' in page(answer)
    assert Event.objects.count() == before


@pytest.mark.parametrize("picks", [[], ["x", "-1", "9" * 30], ["lead"]])
def test_nothing_to_merge_is_said(house, lamps, picks):
    lead = lamps[0].matter.pk
    chosen = [lead if p == "lead" else p for p in picks]
    answer = house.client("desk").post("/desk/common", {"lead": lead, "pick": chosen, "key": "m3"})
    assert answer.status_code == 409
    assert "没有勾选要并入的事项" in page(answer)


def test_a_foreign_matter_is_not_found(house, lamps):
    data = {"lead": lamps[0].matter.pk, "pick": [o.matter.pk for o in lamps], "key": "m4"}
    assert house.client("outsider").post("/desk/common", data).status_code == 404


def test_cost_does_not_grow_with_the_matters(house, lamps, django_assert_max_num_queries):
    actor = house.actor("desk")
    for number in range(40):
        house.open(f"{LAMPS[0]}第{number}次反映。", key=f"more{number}", at=house.after(minutes=1))
    # Once before: what stands for the process (releases, the tree) is read by whoever comes first.
    with standing.steady():
        merging.common_problems(actor)
    with standing.steady(), django_assert_max_num_queries(5):
        groups = merging.common_problems(actor)
    assert len(groups[0].matters) == 43
    assert groups[0].matters[0].opened_at <= house.at + timedelta(minutes=1)

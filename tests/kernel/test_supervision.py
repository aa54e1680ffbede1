"""The rules of supervision, one by one, at the kernel's door."""

from datetime import timedelta

import pytest

from bihuan.foundation.access.api import SYSTEM
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import NotAllowedError, ProblemError, RefusedError


def clock(matter, name):
    return clocks.of(matter.stream)[name]


def fresh(matter):
    return Matter.objects.get(pk=matter.pk)


def directive(house, parent=None, by="supervisor", at=None, **fields):
    opening = Opening(
        "supervision",
        "directive",
        house.org("center"),
        "请查明原因，限期办结。",
        subject="关于路灯抢修的督办",
        unit=house.org("vehicles"),
        assignee_id=house.person("handler").pk,
        fields={"days": 10, **fields},
    )
    if parent is None:
        return matters.open_matter(opening, actor=house.actor(by), at=at or house.at).matter
    return matters.open_under(parent.pk, opening, actor=house.actor(by), at=at or house.at).matter


def opened(house, kind, by="supervisor", **fields):
    opening = Opening(
        "supervision", kind, house.org("center"), "按计划督查。", fields=fields,
        unit=house.org("vehicles"),
    )  # fmt: skip
    return matters.open_matter(opening, actor=house.actor(by), at=house.at).matter


@pytest.mark.parametrize("make", ["voice", "application"])
def test_hangs_under_any_matter_that_does_not_know_of_it(house, make):
    parent = (house.handling() if make == "voice" else house.apply()).matter
    version = parent.version
    made = directive(house, parent)
    assert made.parent == parent
    assert fresh(parent).version == version
    assert [c.pk for c in matters.open_children(parent)] == [made.pk]


def test_only_kinds_made_for_it_hang_under_others(house):
    parent = house.open().matter
    opening = Opening(
        "supervision", "inspection", house.org("center"), "检查。", fields={"category": "spot"}
    )
    with pytest.raises(ProblemError, match="not_attachable"):
        matters.open_under(parent.pk, opening, actor=house.actor("supervisor"), at=house.at)
    with pytest.raises(LookupError):
        directive(house, parent, by="outsider")
    with pytest.raises(NotAllowedError):
        directive(house, parent, by="desk")


def test_nobody_orders_in_anothers_name(house):
    made = directive(house, ordered_by="person:1")
    assert made.facts["ordered_by"] == house.actor("supervisor").ref


def test_the_ladder_of_slips(house):
    made = directive(house)
    seen = []
    for day in (8, 10, 13, 15):
        matters.sweep(house.after(days=day, hours=16))
        found = fresh(made)
        seen.append((found.facts.get("slip"), found.level))
    assert seen == [(None, "none"), ("blue", "near"), ("yellow", "urgent"), ("red", "late")]


def test_progress_is_reported_in_its_rhythm(house):
    made = directive(house, report_every=2)
    assert clock(made, "rhythm").n == 2
    matters.sweep(house.after(days=3))
    assert fresh(made).level == "urgent"
    house.act(made, "report_progress", "handler", progress="已进场。", at=house.after(days=3))
    found = fresh(made)
    assert found.level == "none"
    assert clock(found, "rhythm").due_at > house.after(days=4)
    assert "rhythm" not in clocks.of(directive(house).stream)


def test_nudging_is_limited(house):
    made = directive(house)
    house.act(made, "nudge", "leader")
    with pytest.raises(RefusedError) as told:
        house.act(made, "nudge", "supervisor", at=house.after(days=1))
    assert told.value.key == "guard.action_rested"
    # Monday and two working days: from Thursday on.
    assert told.value.values == {"n": 2, "since": "2026-03-05"}
    house.act(made, "nudge", "supervisor", at=house.after(days=2, hours=15))
    # A place of its own orders another interval, from its own day on.
    city, day = house.org("city"), house.after(days=4).date()
    supervision = next(p for p in programmes.known() if p.id == "supervision")
    told_by = {"clause": "督查办法第三条", "at": house.at, "actor": SYSTEM}
    programmes.override(supervision, "nudge_every", 5, org=city, start=day, **told_by)
    with pytest.raises(RefusedError) as told:
        house.act(made, "nudge", "leader", at=house.after(days=7))
    assert told.value.values == {"n": 5, "since": "2026-03-13"}
    house.act(made, "nudge", "leader", at=house.after(days=11))


def inspected(house):
    visit = opened(house, "inspection", category="unannounced", place="车管大厅")
    return house.act(visit, "inspect", "supervisor", found="两处不规范。")


def notice(house):
    visit = inspected(house)
    house.act(
        visit, "order_rectification", "supervisor", finding="取号机故障两天未修。", days=5,
        person=house.person("handler").pk,
    )  # fmt: skip
    return matters.open_children(visit)[0]


def test_each_finding_becomes_a_notice_with_a_first_responsible_person(house):
    visit = inspected(house)
    for finding in ("取号机故障。", "公示栏过期。"):
        house.act(visit, "order_rectification", "supervisor", finding=finding, days=5)
    assert [m.kind for m in matters.open_children(visit)] == ["rectification"] * 2
    made = notice(house)
    assert (made.assignee, clock(made, "rectification").n) == (house.person("handler"), 5)
    assert made.facts["ordered_by"] == house.actor("supervisor").ref


def test_verified_by_somebody_else_closed_or_returned(house):
    made = notice(house)
    report = {"result": "已更换。", "evidence": "照片两张、验收单一份。"}
    house.act(made, "report", "handler", at=house.after(days=2), **report)
    with pytest.raises(NotAllowedError):
        house.act(made, "verify", "handler", found="我看过了。")
    house.act(made, "send_back", "supervisor", reason="还有一台未修。", at=house.after(days=3))
    assert clock(made, "rectification").state == "running"
    house.act(made, "report", "handler", at=house.after(days=4), **report)
    closed = house.act(made, "verify", "leader", found="现场复核属实。", at=house.after(days=5))
    assert (closed.state, closed.facts["returned"]) == ("closed", 1)


def test_who_rectified_does_not_verify_although_a_leader(house):
    opening = Opening(
        "supervision", "rectification", house.org("center"), "请整改。",
        unit=house.org("vehicles"), assignee_id=house.person("leader").pk,
    )  # fmt: skip
    made = matters.open_matter(opening, actor=house.actor("supervisor"), at=house.at).matter
    house.act(made, "report", "leader", result="已改。", evidence="照片。")
    for action, data in (("verify", {"found": "好。"}), ("send_back", {"reason": "不好。"})):
        with pytest.raises(RefusedError) as told:
            house.act(made, action, "leader", **data)
        assert told.value.key == "guard.actor_differs"
    assert house.act(made, "verify", "supervisor", found="属实。").state == "closed"


@pytest.mark.parametrize(("action", "state"), [("uphold", "revoked"), ("reject", "ordered")])
def test_an_objection_is_decided_by_others(house, action, state):
    made = notice(house)
    house.act(made, "object", "handler", reason="设备不归我们管。", at=house.after(days=29))
    with pytest.raises(RefusedError) as told:
        house.act(made, action, "supervisor", reason="我定的。", at=house.after(days=30))
    assert told.value.key == "guard.actor_differs"
    decided = house.act(made, action, "leader", reason="经复核。", at=house.after(days=30))
    assert decided.state == state
    if state == "ordered":
        assert clock(decided, "rectification").state == "running"
        with pytest.raises(RefusedError):
            house.act(made, "object", "handler", reason="再提。", at=house.after(days=30))


def test_after_thirty_days_nobody_objects(house):
    made = notice(house)
    with pytest.raises(RefusedError) as told:
        house.act(made, "object", "handler", reason="不服。", at=house.after(days=32))
    assert told.value.key == "guard.clock_over"


def test_a_plan_is_approved_by_somebody_else_and_limits_its_visits(house):
    plan = opened(house, "plan", by="leader", until="2026-12-31")
    with pytest.raises(RefusedError):
        house.act(plan, "approve", "leader")
    plan = opened(house, "plan", until="2026-12-31")
    house.act(plan, "approve", "leader")
    visit = {"unit": house.org("streets").pk, "category": "scheduled", "purpose": "例行督查。"}
    house.act(plan, "schedule", "supervisor", **visit)
    made = matters.open_children(plan)[0]
    assert (made.kind, made.category, made.unit) == (
        "inspection",
        "scheduled",
        house.org("streets"),
    )
    with pytest.raises(RefusedError):
        house.act(plan, "schedule", "supervisor", at=house.at + timedelta(hours=2), **visit)
    with pytest.raises(RefusedError):
        house.act(plan, "finish", "supervisor", summary="完成。")
    house.act(made, "cancel", "supervisor", reason="与上级督查重复。")
    assert house.act(plan, "finish", "supervisor", summary="完成。").phase == "done"

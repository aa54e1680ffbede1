"""The rules of service windows, one by one, at the kernel's door."""

from datetime import timedelta

import pytest

from bihuan.foundation.access.api import SYSTEM
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.halls import lines
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.services import api as services
from bihuan.lib.problems import InputError, NotAllowedError, RefusedError
from bihuan.spec.schema import Programme

GRADES = ("very_satisfied", "satisfied", "basically", "not_satisfied", "very_dissatisfied")
BAD = GRADES[3:]


def spec() -> Programme:
    return next(p for p in programmes.known() if p.id == "service_window")


def clock(matter, name):
    return clocks.of(matter.stream)[name]


def fresh(matter):
    return Matter.objects.get(pk=matter.pk)


def child(matter):
    return matters.open_children(matter)[0]


def settled(house):
    applied = house.apply("notice")
    return matters.Opened(house.act(applied, "settle_now", "desk"), applied.code)


def test_the_department_and_the_limit_come_from_the_catalogue(house):
    applied = house.apply().matter
    assert applied.unit == house.org("vehicles")
    assert (clock(applied, "promise").n, clock(applied, "promise").unit) == (5, "workdays")
    explained = clocks.explain(clock(applied, "promise"))
    assert explained.clock.source["clause"] == "道路交通安全法 §8"
    # Yellow at 70 %, red at 90 %, black when late.
    assert [(s["id"], s["at"]) for s in clock(applied, "promise").steps] == [
        ("yellow", "70%"), ("red", "90%"), ("black", "100%"),
    ]  # fmt: skip


def test_a_warning_is_a_dated_setting(house):
    programmes.override(
        spec(), "warn_yellow", 50, org=house.org("city"), start=house.day,
        clause="市府办〔2026〕3号", at=house.at, actor=SYSTEM,
    )  # fmt: skip
    assert clock(house.apply().matter, "promise").steps[0]["at"] == "50%"


def test_a_service_of_another_city_or_another_day_is_refused(house):
    with pytest.raises(InputError):
        matters.open_matter(
            Opening(
                "service_window", "application", house.org("neighbour_center"), "申请办理。",
                fields={"service": house.service("plate").pk, "channel": "window"},
            ),
            actor=house.actor("outsider"), at=house.at,
        )  # fmt: skip
    row = house.service("plate")
    services.end(row.pk, on=house.day, at=house.at, actor=SYSTEM)
    with pytest.raises(InputError) as told:
        matters.open_matter(
            Opening(
                "service_window", "application", house.org("center"), "申请办理。",
                fields={"service": row.pk, "channel": "window"},
            ),
            actor=house.actor("desk"), at=house.at,
        )  # fmt: skip
    assert told.value.fields["service"][0] == "input.service_not_offered"


def test_only_what_the_catalogue_calls_immediate_is_settled_at_once(house):
    with pytest.raises(RefusedError):
        house.act(house.apply("plate"), "settle_now", "desk")
    done = settled(house).matter
    assert (done.state, done.phase, done.facts["immediate"]) == ("settled", "done", True)


def test_accepted_late_in_the_limit_counts_from_acceptance(house):
    applied = house.apply()
    before = clock(applied.matter, "promise").due_at
    accepted = house.act(applied, "accept", "desk", at=house.after(days=2))
    assert clock(accepted, "promise").due_at == before + timedelta(days=2)
    assert clock(accepted, "notice").state == "stopped"


def test_one_notice_and_never_a_second(house):
    applied = house.apply()
    told = house.act(applied, "one_time_notice", "desk", missing="缺少身份证复印件、申请表第二页。")
    assert clock(told, "promise").state == "paused"
    house.act(applied, "supplement", "sender", text="都补上了。", at=house.after(days=3))
    with pytest.raises(RefusedError):
        house.act(applied, "one_time_notice", "desk", missing="还缺一样。", at=house.after(days=3))
    assert house.act(applied, "accept", "desk", at=house.after(days=3)).state == "handling"


def test_told_late_is_deemed_accepted_as_of_the_day_it_came(house):
    applied = house.apply()
    due = clock(applied.matter, "promise").due_at
    with pytest.raises(RefusedError):
        house.act(applied, "one_time_notice", "desk", missing="缺材料。", at=house.after(days=8))
    matters.sweep(house.after(days=7, hours=16))
    found = fresh(applied.matter)
    assert (found.state, found.facts["deemed"]) == ("handling", True)
    assert clock(found, "promise").due_at == due
    with pytest.raises(RefusedError):
        house.act(applied, "one_time_notice", "desk", missing="缺材料。", at=house.after(days=8))


def test_a_refusal_waiting_for_its_signature_does_not_stop_the_law(house):
    applied = house.apply()
    house.act(
        applied,
        "propose_decline",
        "desk",
        how="refuse",
        reason="不属于受理范围。",
        remedy="可以申请行政复议。",
    )
    matters.sweep(house.after(days=7, hours=16))
    assert fresh(applied.matter).state == "handling"


def test_refusing_needs_a_reason_a_remedy_and_a_second_person(house):
    applied = house.apply()
    with pytest.raises(InputError) as told:
        house.act(applied, "propose_decline", "desk", how="refuse")
    assert set(told.value.fields) == {"reason", "remedy"}
    given = {"how": "refuse", "reason": "不符合法定条件。", "remedy": "六十日内可以申请行政复议。"}
    house.act(applied, "propose_decline", "desk", **given)
    with pytest.raises(NotAllowedError):
        house.act(applied, "sign_decline", "desk", reply="不予受理。")
    signed = house.act(applied, "sign_decline", "leader", reply="不予受理，理由和救济途径如下。")
    assert (signed.state, signed.phase) == ("declined", "done")


@pytest.mark.parametrize(("accepted", "back"), [(False, "applied"), (True, "handling")])
def test_an_overruled_refusal_goes_on_where_it_was(house, accepted, back):
    applied = house.apply()
    if accepted:
        house.act(applied, "accept", "desk")
    given = {"how": "return", "reason": "材料不全。", "remedy": "补全后可再申请。"}
    house.act(applied, "propose_decline", "desk", **given)
    assert house.act(applied, "overrule_decline", "leader", reason="材料已齐。").state == back


def test_departments_hand_on_and_the_promise_runs_on(house):
    applied = house.apply()
    house.act(applied, "accept", "desk")
    promised = clock(applied.matter, "promise").due_at
    house.act(applied, "join", "desk", units=[house.org("streets").pk])
    house.act(applied, "opinion", "other_handler", text="无意见。")
    moved = house.act(applied, "pass_on", "handler", unit=house.org("streets").pk)
    assert moved.unit == house.org("streets")
    assert clock(moved, "promise").due_at == promised
    assert house.act(applied, "settle", "other_handler").state == "settled"


def test_a_colleague_takes_over_who_is_away(house):
    applied = house.apply()
    house.act(applied, "accept", "handler")
    got = house.act(applied, "hand_over", "handler", person=house.person("handler2").pk)
    assert got.assignee == house.person("handler2")
    with pytest.raises(RefusedError):
        house.act(applied, "hand_over", "handler", person=house.person("other_handler").pk)


def test_the_fast_lane_and_the_extension_come_once(house):
    applied = house.apply()
    house.act(applied, "accept", "desk")
    fast = house.act(applied, "fast_lane", "leader", reason="重点项目。")
    assert clock(fast, "fast").n == 2
    before = clock(fast, "promise").due_at
    longer = house.act(applied, "extend", "leader", reason="需要现场勘验。")
    assert clock(longer, "promise").due_at == before + timedelta(days=14)
    for action in ("fast_lane", "extend"):
        with pytest.raises(RefusedError):
            house.act(applied, action, "leader", reason="再来一次。")


def test_yellow_red_black_and_then_accountability_by_itself(house):
    applied = house.apply()
    house.act(applied, "accept", "desk")
    levels = []
    for day in (1, 4, 7, 8):
        matters.sweep(house.after(days=day, hours=13))
        levels.append(fresh(applied.matter).level)
    assert levels == ["none", "near", "urgent", "late"]
    opened = child(applied.matter)
    assert (opened.kind, opened.unit) == ("accountability", house.org("vehicles"))
    matters.sweep(house.after(days=30))
    assert len(matters.open_children(applied.matter)) == 1
    house.act(opened, "explain", "handler", reason="系统对接延误。")
    decided = house.act(opened, "decide", "leader", decision="talk", words="提醒谈话一次。")
    assert decided.phase == "done"


def test_nudging_has_its_measure(house):
    applied = house.apply()
    house.act(applied, "nudge", "sender")
    with pytest.raises(RefusedError):
        house.act(applied, "nudge", "leader", at=house.after(hours=5))
    house.act(applied, "nudge", "leader", at=house.after(days=2))


@pytest.mark.parametrize("grade", GRADES)
def test_exactly_five_grades_and_a_bad_one_is_followed_up(house, grade):
    done = settled(house)
    rated = house.act(done, "rate", "sender", rating=grade, reason="窗口态度不好。")
    assert rated.facts["rating"] == grade
    assert [c.kind for c in matters.open_children(rated)] == (["rectify"] if grade in BAD else [])
    with pytest.raises(RefusedError):
        house.act(done, "rate", "sender", rating="satisfied")
    with pytest.raises(InputError):
        house.act(settled(house), "rate", "sender", rating="neutral")


def bad(house):
    done = settled(house)
    return child(house.act(done, "rate", "sender", rating="not_satisfied", reason="等了两小时。"))


def test_a_bad_rating_is_contacted_rectified_and_verified_by_others(house):
    case = bad(house)
    assert (clock(case, "contact").n, clock(case, "contact").unit) == (1, "workdays")
    matters.sweep(house.after(days=2))
    assert fresh(case).level == "late"
    house.act(case, "contact", "desk", said="已致歉并说明情况。", at=house.after(days=2))
    house.act(case, "rectify", "desk", result="已增开两个窗口。", at=house.after(days=3))
    house.act(case, "send_back", "leader", reason="请说明高峰时段安排。", at=house.after(days=3))
    house.act(case, "rectify", "desk", result="高峰时段增开三个窗口。", at=house.after(days=4))
    assert house.act(case, "confirm", "supervisor", at=house.after(days=4)).state == "closed"


@pytest.mark.parametrize(
    ("action", "state"), [("uphold_appeal", "void"), ("reject_appeal", "rectifying")]
)
def test_a_false_rating_may_be_appealed_once(house, action, state):
    case = bad(house)
    house.act(case, "appeal", "desk" if case.assignee else "handler", reason="评价与本窗口无关。")
    decided = house.act(case, action, "supervisor", reason="已调阅录像。")
    assert decided.state == state
    if state == "rectifying":
        assert clock(decided, "rectify").state == "running"
        with pytest.raises(RefusedError):
            house.act(case, "appeal", "desk", reason="再申诉。")


def test_a_ticket_is_called_served_or_lapses(house):
    def ticket():
        opening = Opening(
            "service_window", "ticket", house.org("center"), "取号",
            fields={"channel": "kiosk"}, anonymous=True,
        )  # fmt: skip
        return matters.open_matter(opening, actor=house.actor("sender"), at=house.at).matter

    first, second = ticket(), ticket()
    called = house.act(first, "call", "desk", window="3")
    assert called.facts["window"] == "3"
    assert house.act(first, "serve", "desk").state == "served"
    matters.sweep(house.after(hours=11))
    assert fresh(second).state == "missed"


def test_a_consult_is_answered_or_forwarded(house):
    def consult():
        opening = Opening(
            "service_window", "consult", house.org("center"), "要带什么材料？",
            fields={"channel": "window"}, anonymous=True,
        )  # fmt: skip
        return matters.open_matter(opening, actor=house.actor("desk"), at=house.at).matter

    assert house.act(consult(), "answer", "desk", reply="身份证。").state == "answered"
    sent = house.act(consult(), "forward", "desk", unit=house.org("streets").pk)
    assert house.act(sent, "answer", "other_handler", reply="已答复。").state == "answered"


@pytest.mark.parametrize(
    ("choice", "letter"),
    [
        ("c0", "A"),
        ("c1", "B"),
        (None, "A"),
        ("never", "A"),
        ("c25", "Z"),
        ("c26", "Z"),
        ("c39", "Z"),
    ],
)
def test_the_letter_of_what_somebody_came_for(choice, letter):
    assert lines.letter([f"c{n}" for n in range(40)], choice) == letter

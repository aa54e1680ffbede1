"""The rules of a citizen's message, one by one, at the kernel's door."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SENDER, SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import vault
from bihuan.foundation.notify import api as notify
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.impartiality import api as impartiality
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Filter
from bihuan.kernel.merging import api as merging
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.senders import api as senders
from bihuan.lib.problems import InputError, NotAllowedError, ProblemError, RefusedError

PERSON = vault.Person("乔映雪", "13912345678", "qiao@example.org")


def clock(matter, name):
    return clocks.of(matter.stream)[name]


def offered(house, matter, who):
    found = matters.offered(matter, house.actor(who), house.at)
    return {one.id: one.refusal.key if one.refusal else None for one in found}


def rows_of_everything():
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


# --- opening ---------------------------------------------------------------------------------


def test_everyone_gets_a_number_and_a_code(house):
    opened = house.open()
    assert opened.matter.number == f"MY2026-{opened.matter.pk:06d}"
    assert matters.by_code(opened.code).pk == opened.matter.pk
    assert opened.code not in audit.history(opened.matter.stream)[0].data
    assert opened.matter.state == "received"


@pytest.mark.parametrize("typed", ["{0}-{1}", " {0} {1} ", "{0}{1}"])
def test_the_code_as_people_type_it(house, typed):
    opened = house.open()
    code = typed.format(opened.code[:5].lower(), opened.code[5:])
    assert matters.by_code(code).pk == opened.matter.pk


def test_a_wrong_code_finds_nothing(house):
    house.open()
    for wrong in ("", "AAAAAAAAAA", " ", "\x00", "𝒜" * 10):
        with pytest.raises(LookupError):
            matters.by_code(wrong)


def test_anonymous_leaves_nothing_that_leads_back(house):
    opened = house.open(anonymous=True, contact=PERSON)
    assert opened.matter.anonymous
    assert not vault.has(opened.matter.stream)
    assert vault.subjects_of_phone(PERSON.phone) == []
    for model in apps.get_models():
        for row in model._default_manager.values():
            text = repr(row)
            assert PERSON.phone not in text, model
            assert PERSON.email not in text, model
            assert PERSON.name not in text, model


def test_a_named_sender_is_sealed_away(house):
    opened = house.open(contact=PERSON)
    assert vault.has(opened.matter.stream)
    for model in apps.get_models():
        for row in model._default_manager.values():
            assert PERSON.phone not in repr(row), model
            assert PERSON.name not in repr(row), model


def test_only_kinds_that_admit_it_may_be_anonymous(house):
    opening = matters.Opening(
        "public_voice",
        "outreach",
        house.org("center"),
        "开放日",
        fields={"category": "open_day"},
        anonymous=True,
    )
    with pytest.raises(ProblemError, match="not_anonymous"):
        matters.open_matter(opening, actor=house.actor("desk"), at=house.at)


def test_who_may_open(house):
    assert house.open(by="desk").matter.pk
    for who in ("handler", "stranger", "outsider", "admin", "supervisor"):
        with pytest.raises(NotAllowedError):
            house.open(by=who)


def test_all_bad_fields_at_once(house):
    with pytest.raises(InputError) as caught:
        house.open(
            " ",
            category="gossip",
            subject="长" * 201,
            fields={"colour": "red", "channel": ""},
        )
    assert set(caught.value.fields) >= {"body"} or set(caught.value.fields) >= {"category"}


def test_first_asked_owns_it_until_someone_accepts(house):
    opened = house.open()
    assert opened.matter.unit_id == house.org("center").pk
    found = house.act(opened, "accept", "desk")
    assert found.assignee_id == house.person("desk").pk
    found = house.dispatched(house.open()).matter
    assert (found.unit_id, found.assignee_id) == (house.org("vehicles").pk, None)
    found = house.act(found, "sign", "handler2")
    assert found.assignee_id == house.person("handler2").pk


def test_the_promise_counts_from_receipt(house):
    opened = house.open()
    promise = clock(opened.matter, "promise")
    assert (promise.n, promise.unit) == (5, "workdays")
    assert promise.source["setting"] == "limit_answer"
    assert opened.matter.due_at == promise.due_at
    assert promise.due_at.isoformat() == "2026-03-09T15:59:59+00:00"


# --- who may do what -------------------------------------------------------------------------


def test_without_a_role_nothing_is_offered_and_nothing_works(house):
    matter = house.open().matter
    for who in ("stranger", "outsider", "other_handler", "handler", "admin"):
        assert offered(house, matter, who) == {}
        with pytest.raises(LookupError):
            house.act(matter, "accept", who)


def test_who_sees_may_still_not_do_everything(house):
    matter = house.dispatched().matter
    with pytest.raises(NotAllowedError):
        house.act(matter, "close", "handler")
    with pytest.raises(NotAllowedError):
        house.act(matter, "escalate", "leader")


def test_an_unknown_action_is_told(house):
    with pytest.raises(ProblemError, match="unknown_action"):
        house.act(house.open(), "explode", "desk")


def test_a_wrong_state_is_told(house):
    with pytest.raises(RefusedError, match="wrong_state"):
        house.act(house.open(), "close", "desk")


# --- one-time notice -------------------------------------------------------------------------


def test_one_time_notice_pauses_and_only_once(house):
    opened = house.handling()
    matter = house.act(opened, "ask_more", "handler", missing="请补充行驶证照片")
    assert matter.state == "waiting"
    assert matter.phase == "waiting"
    assert clock(matter, "promise").state == "paused"
    assert clock(matter, "slice").state == "paused"
    before = clock(matter, "promise").due_at
    matter = house.act(opened, "supplement", "sender", at=house.after(days=2), text="已补充")
    assert matter.state == "handling"
    assert clock(matter, "promise").state == "running"
    assert clock(matter, "promise").due_at == before + timedelta(days=2)
    with pytest.raises(RefusedError, match="fact_is"):
        house.act(opened, "ask_more", "handler", missing="还要一样", at=house.after(days=3))


def test_material_asked_for_on_the_last_day_leaves_a_fair_moment(house):
    """The limit ends on Monday 9 March; asked that morning, supplied ten days later."""
    opened = house.handling()
    asked, came = house.after(days=7), house.after(days=17)
    matters.sweep(asked)
    matter = house.act(opened, "ask_more", "handler", at=asked, missing="请补充照片")
    last = clock(matter, "promise").due_at
    assert asked < last < house.after(days=8)
    matters.sweep(house.after(days=12))
    matter = house.act(opened, "supplement", "sender", at=came, text="已补充")
    promise = clock(matter, "promise")
    assert promise.due_at - came >= last - asked
    assert promise.due_at >= last + timedelta(days=11), "a whole working day more"
    assert promise.next_at is None or promise.next_at > came
    matters.sweep(came + timedelta(minutes=5))
    matter = matters.by_code(opened.code)
    assert matter.level != "late"
    told = clocks.explain(clock(matter, "promise"))
    zone = ZoneInfo(told.zone)
    assert told.days[-1].day == promise.due_at.astimezone(zone).date()
    assert told.days[-1].counted == promise.n
    assert "given_back" in {day.reason for day in told.days}
    matters.sweep(promise.due_at + timedelta(seconds=2))
    assert matters.by_code(opened.code).level == "late"


def test_late_stays_late_but_a_pause_holds_the_escalation_back(house):
    opened = house.handling()
    late = house.after(days=8)
    matters.sweep(late)
    matter = house.act(opened, "ask_more", "handler", at=late, missing="请补充照片")
    due = clock(matter, "promise").due_at
    back = house.after(days=20)
    matter = house.act(opened, "supplement", "sender", at=back, text="已补充")
    promise = clock(matter, "promise")
    assert promise.due_at == due
    assert promise.next_at is not None
    assert promise.next_at > back, "the escalation two working days after the end waits too"


def test_what_is_never_supplemented_is_closed(house):
    opened = house.handling()
    house.act(opened, "ask_more", "handler", missing="请补充行驶证照片")
    matters.sweep(house.after(days=29))
    assert matters.by_code(opened.code).state == "waiting"
    matters.sweep(house.after(days=31))
    matter = matters.by_code(opened.code)
    assert (matter.state, matter.facts["unsupplemented"]) == ("closed", True)
    assert "rating" not in matter.facts


@pytest.mark.once
@pytest.mark.parametrize("body", ["a", "。", "？！", "  b "])
def test_a_letter_typed_by_mistake_is_no_message(house, body):
    with pytest.raises(InputError) as caught:
        house.open(body)
    assert caught.value.fields["body"][0] == "input.says_nothing"


@pytest.mark.once
@pytest.mark.parametrize("phone", ["abc", "abc123", "12", "无"])
def test_what_is_no_telephone_is_asked_about(house, phone):
    with pytest.raises(InputError) as caught:
        house.open(contact=vault.Person("乔映雪", phone, ""))
    assert caught.value.fields == {"phone": ("input.not_a_phone", {})}


# --- jurisdiction, dispute, transfer -----------------------------------------------------------


def test_outside_jurisdiction_is_an_answer_reported_apart(house):
    opened = house.open()
    with pytest.raises(InputError) as caught:
        house.act(opened, "outside", "desk", reply="不属于我市管辖")
    assert set(caught.value.fields) == {"competent"}
    matter = house.act(
        opened, "outside", "desk", reply="不属于我市管辖，请向铁路部门反映", competent="铁路公安"
    )
    assert (matter.state, matter.facts["outside"]) == ("answered", True)
    assert clock(matter, "promise").state == "stopped"


@pytest.mark.parametrize(
    ("hours", "taken"), [(0, True), (23.9, True), (24, True), (24.01, False), (48, False)]
)
def test_a_dispute_within_a_day_and_not_after(house, hours, taken):
    opened = house.dispatched()
    at = house.after(hours=hours)
    if taken:
        matter = house.act(opened, "dispute", "handler", at=at, reason="不属于本单位")
        assert matter.state == "disputed"
        assert matter.unit_id == matter.home_id
        assert matter.facts["returned_by"] == [house.org("vehicles").pk]
        assert matter.facts["disputes"] == 1
    else:
        with pytest.raises(RefusedError, match="clock_over"):
            house.act(opened, "dispute", "handler", at=at, reason="不属于本单位")


def test_the_third_return_needs_a_designation_which_is_final(house):
    opened = house.dispatched()
    house.act(opened, "dispute", "handler", reason="不属于本单位")
    with pytest.raises(RefusedError, match="unit_returned"):
        house.act(opened, "redispatch", "desk", unit=house.org("vehicles").pk)
    house.act(opened, "redispatch", "desk", unit=house.org("streets").pk)
    house.act(opened, "dispute", "other_handler", reason="也不属于我们")
    assert offered(house, matters.by_code(opened.code), "desk")["redispatch"] == "guard.fact_below"
    with pytest.raises(RefusedError, match="fact_below"):
        house.act(opened, "redispatch", "desk", unit=house.org("schools").pk)
    with pytest.raises(NotAllowedError):
        house.act(opened, "designate", "desk", unit=house.org("vehicles").pk, reason="指定")
    matter = house.act(
        opened, "designate", "leader", unit=house.org("vehicles").pk, reason="职责相近，指定办理"
    )
    assert matter.unit_id == house.org("vehicles").pk
    with pytest.raises(RefusedError, match="fact_is"):
        house.act(opened, "dispute", "handler", reason="还是不属于")
    assert house.act(opened, "sign", "handler").state == "handling"


def test_a_transfer_keeps_the_promise_and_restarts_the_slice(house):
    opened = house.handling()
    promise = clock(opened.matter, "promise").due_at
    later = house.after(days=2)
    matter = house.act(
        opened, "transfer", "handler", at=later, unit=house.org("streets").pk, reason="占道"
    )
    assert matter.state == "dispatched"
    assert matter.assignee_id is None
    assert clock(matter, "promise").due_at == promise
    assert clock(matter, "slice").started_at == later
    assert clock(matter, "slice").due_at > promise
    assert matter.due_at == promise, "the list shows the promise, not the slice"


def test_transfers_do_not_go_round_for_ever(house):
    opened = house.handling()
    places = ["streets", "vehicles", "streets"]
    people = {"streets": "other_handler", "vehicles": "handler"}
    for place in places:
        house.act(opened, "transfer", "leader", unit=house.org(place).pk, reason="转办")
        house.act(opened, "sign", people[place])
    with pytest.raises(RefusedError, match="fact_below"):
        house.act(opened, "transfer", "leader", unit=house.org("vehicles").pk, reason="转办")


def test_a_person_of_another_unit_is_refused(house):
    opened = house.open()
    with pytest.raises(RefusedError, match="person_elsewhere"):
        house.act(
            opened,
            "dispatch",
            "desk",
            unit=house.org("vehicles").pk,
            person=house.person("other_handler").pk,
        )


def test_units_that_work_along_see_it(house):
    opened = house.handling()
    actor = house.actor("other_handler")
    assert not matters.sees(actor, opened.matter)
    matter = house.act(opened, "co_handle", "leader", units=[house.org("streets").pk])
    assert matters.sees(actor, matter)
    assert [m.pk for m in matters.matters(actor, Filter()).rows] == [matter.pk]


# --- extension, second signature -----------------------------------------------------------------


def test_an_extension_is_approved_by_somebody_else(house):
    opened = house.handling()
    due = clock(opened.matter, "promise").due_at
    house.act(opened, "request_extension", "handler", reason="需要跨部门核实")
    with pytest.raises(NotAllowedError):
        house.act(opened, "approve_extension", "handler", reason="同意")
    matter = house.act(opened, "approve_extension", "leader", reason="同意延长")
    assert clock(matter, "promise").due_at == due + timedelta(days=7)
    assert clock(matter, "promise").extras[0]["n"] == 5
    assert clock(matter, "promise").extras[0]["reason"] == "同意延长"
    with pytest.raises(RefusedError):
        house.act(opened, "request_extension", "handler", reason="再延")


def test_nobody_approves_their_own_extension(house):
    from bihuan.foundation.access import api as access

    who = house.person("leader")
    access.give(
        who.pk,
        "handler",
        house.org("vehicles").pk,
        start=house.day,
        at=house.at,
        actor="system",
    )
    opened = house.handling()
    house.act(opened, "request_extension", "leader", reason="需要核实")
    with pytest.raises(RefusedError, match="actor_differs"):
        house.act(opened, "approve_extension", "leader", reason="同意")


def test_an_extension_of_what_never_left_the_desk(house):
    """Supplemented at the desk, so no slice ever ran: the promise alone is extended."""
    opened = house.open()
    house.act(opened, "accept", "desk")
    house.act(opened, "ask_more", "desk", missing="请说明路口")
    house.act(opened, "supplement", "sender", text="东北角")
    house.act(opened, "request_extension", "desk", reason="多部门")
    matter = house.act(opened, "approve_extension", "leader", reason="同意")
    assert len(clock(matter, "promise").extras) == 1
    assert "slice" not in clocks.of(matter.stream)


def test_a_refused_extension_changes_no_date(house):
    opened = house.handling()
    due = opened.matter.due_at
    house.act(opened, "request_extension", "handler", reason="需要核实")
    matter = house.act(opened, "refuse_extension", "leader", reason="不同意")
    assert matter.due_at == due


def test_a_second_signature_when_the_setting_says_so(house):
    voice = next(p for p in programmes.known() if p.id == "public_voice")
    programmes.override(
        voice,
        "second_signature",
        value=True,
        org=house.org("city"),
        start=house.day,
        clause="平安市办公室通知〔2026〕3号",
        at=house.at,
        actor=SYSTEM,
    )
    opened = house.handling()
    with pytest.raises(RefusedError, match="setting_is"):
        house.act(opened, "reply", "handler", reply="已修好")
    matter = house.act(opened, "draft_reply", "handler", draft="拟答复：已修好")
    assert matter.state == "reviewing"
    assert matters.timeline(matter, SENDER)[-1].action != "draft_reply"
    with pytest.raises(NotAllowedError):
        house.act(opened, "sign_reply", "handler", reply="已修好")
    house.act(opened, "return_reply", "leader", reason="写明修复时间")
    house.act(opened, "draft_reply", "handler", draft="拟答复：今日修好")
    matter = house.act(opened, "sign_reply", "leader", reply="今日已修好")
    assert matter.state == "answered"


def test_nobody_signs_their_own_draft(house):
    from bihuan.foundation.access import api as access

    voice = next(p for p in programmes.known() if p.id == "public_voice")
    programmes.override(
        voice,
        "second_signature",
        value=True,
        org=house.org("city"),
        start=house.day,
        clause="通知",
        at=house.at,
        actor=SYSTEM,
    )
    access.give(
        house.person("leader").pk,
        "handler",
        house.org("vehicles").pk,
        start=house.day,
        at=house.at,
        actor="system",
    )
    opened = house.handling()
    house.act(opened, "draft_reply", "leader", draft="拟答复")
    with pytest.raises(RefusedError, match="actor_differs"):
        house.act(opened, "sign_reply", "leader", reply="答复")


def test_without_the_setting_one_signature_is_enough(house):
    opened = house.handling()
    with pytest.raises(RefusedError, match="setting_is"):
        house.act(opened, "draft_reply", "handler", draft="拟答复")
    assert house.act(opened, "reply", "handler", reply="已修好").state == "answered"


def test_a_reply_needs_somebody_who_has_it(house):
    opened = house.dispatched()
    with pytest.raises(RefusedError, match="assignee_present"):
        house.act(opened, "reply", "leader", reply="已修好")


# --- rating and reopening ----------------------------------------------------------------------


def test_satisfied_closes(house):
    matter = house.closed().matter
    assert (matter.state, matter.phase, matter.facts["rating"]) == ("closed", "done", "satisfied")
    assert matter.due_at is None
    assert {c.state for c in clocks.of(matter.stream).values()} == {"stopped"}


def test_not_satisfied_reopens_once_then_is_supervised(house):
    opened = house.answered()
    matter = house.act(opened, "rate", "sender", rating="not_satisfied", reason="没修好")
    assert (matter.state, matter.facts["reopened"], matter.facts["rating"]) == ("handling", 1, "")
    assert matters.open_children(matter) == []
    assert clock(matter, "promise").state == "running"
    house.act(opened, "reply", "handler", reply="又修了一遍")
    matter = house.act(opened, "rate", "sender", rating="not_satisfied", reason="还是没修好")
    assert (matter.state, matter.facts["reopened"], matter.facts["supervised"]) == (
        "handling",
        2,
        True,
    )
    (child,) = matters.open_children(matter)
    assert (child.programme, child.kind, child.state) == ("supervision", "directive", "issued")
    assert child.parent_id == matter.pk


def test_not_satisfied_is_one_rating_not_two(house):
    opened = house.closed(rating="basically")
    with pytest.raises(RefusedError, match="fact_is"):
        house.act(opened, "rate", "sender", rating="satisfied")


def test_silence_closes_without_a_rating(house):
    opened = house.answered()
    matters.sweep(house.after(days=15))
    assert matters.by_code(opened.code).state == "answered"
    matters.sweep(house.after(days=16))
    matter = matters.by_code(opened.code)
    assert matter.state == "closed"
    assert not matter.facts.get("rating")
    late = house.act(opened, "rate", "sender", at=house.after(days=40), rating="satisfied")
    assert late.facts["rating"] == "satisfied"


def test_a_call_settled_at_once_is_one_action(house):
    opened = house.open(by="desk", channel="hotline")
    matter = house.act(opened, "settle", "desk", reply="当场答复")
    assert (matter.state, matter.facts["immediate"]) == ("closed", True)
    assert len(audit.history(matter.stream)) == 2
    assert matter.due_at is None


def test_a_letter_settled_by_the_desk_may_be_rated(house):
    opened = house.open()
    matter = house.act(opened, "settle", "desk", reply="请于工作日到窗口办理")
    assert matter.state == "answered"
    assert house.act(opened, "rate", "sender", rating="satisfied").state == "closed"


def test_an_open_child_blocks_the_close(house):
    opened = house.answered()
    house.act(opened, "instruct", "leader", words="请回访", days=3)
    with pytest.raises(RefusedError, match="children_closed"):
        house.act(opened, "close", "desk")
    (child,) = matters.open_children(matters.by_code(opened.code))
    house.act(child, "report", "handler", result="已回访")
    house.act(child, "confirm", "leader")
    assert house.act(opened, "close", "desk").state == "closed"


# --- directives ---------------------------------------------------------------------------------


def test_an_instruction_starts_a_directive_with_its_own_clock(house):
    opened = house.handling()
    matter = house.act(opened, "instruct", "leader", words="请三日内办结", days=3)
    assert matter.facts["instructed"] is True
    (child,) = matters.open_children(matter)
    assert child.subject == f"领导批示督办 {matter.number}"
    directive = clock(child, "directive")
    assert (directive.n, directive.unit, directive.source["grade"]) == (3, "workdays", "ordered")
    assert (child.unit_id, child.assignee_id) == (matter.unit_id, matter.assignee_id)
    assert child.facts["ordered_by"] == house.actor("leader").ref
    assert matters.timeline(matter, SYSTEM)[-1].inputs["words"] == "请三日内办结"
    assert "instruct" not in [e.action for e in matters.timeline(matter, SENDER)]


def test_a_directive_is_verified_by_somebody_else(house):
    from bihuan.foundation.access import api as access

    access.give(
        house.person("handler").pk,
        "supervisor",
        house.org("city").pk,
        start=house.day,
        at=house.at,
        actor="system",
    )
    opened = house.handling()
    matter = house.act(opened, "instruct", "leader", words="请办结", days=3)
    (child,) = matters.open_children(matter)
    house.act(child, "report", "handler", result="已办结")
    assert clock(child, "directive").state == "paused"
    with pytest.raises(RefusedError, match="actor_differs"):
        house.act(child, "confirm", "handler")
    found = house.act(child, "send_back", "supervisor", at=house.after(days=1), reason="不到位")
    assert (found.state, clock(found, "directive").state) == ("issued", "running")
    house.act(child, "report", "handler", at=house.after(days=1), result="补办")
    assert house.act(child, "confirm", "supervisor", at=house.after(days=1)).state == "closed"


def test_lateness_escalates_by_itself(house):
    opened = house.handling()
    levels = []
    for day in range(12):
        matters.sweep(house.after(days=day, hours=15))
        levels.append(matters.by_code(opened.code).level)
    assert levels[:3] == ["none"] * 3
    assert "near" in levels
    assert levels.index("near") < levels.index("late")
    matter = matters.by_code(opened.code)
    assert matter.facts["supervised"] is True
    (child,) = matters.open_children(matter)
    assert child.subject.startswith("逾期督办")
    assert [n.text for n in notify.inbox(house.person("supervisor").pk)].count(
        "notice.escalated"
    ) == 1
    matters.sweep(house.after(days=60))
    assert len(matters.open_children(matter)) == 1, "once"


def test_a_sweep_where_supervision_is_not_in_force_goes_on(house):
    for row in programmes.current("supervision", house.day):
        programmes.end_in_force(row.pk, on=house.day, at=house.at, actor=SYSTEM)
    first, second = house.handling(), house.handling()
    matters.sweep(house.after(days=30))
    for opened in (first, second):
        matter = matters.by_code(opened.code)
        assert matter.level == "late"
        assert not matter.facts.get("supervised")
        assert audit.stream(matter.stream) == []
    with pytest.raises(ProblemError, match="not_in_force"):
        house.act(first, "instruct", "leader", words="请办", days=3)


# --- merging ----------------------------------------------------------------------------------


def merged(house, target, **more):
    source = house.open(**more)
    house.act(source, "merge", "desk", into=target.matter.number)
    return source


def test_one_answer_reaches_every_sender(house):
    target = house.open()
    sources = [merged(house, target, contact=PERSON) for _ in range(3)]
    assert matters.by_code(target.code).facts["joined"] == 3
    assert merging.merged_here(matters.by_code(target.code)) == 3
    house.answered(target, "全部路口已修复")
    notify.run(house.after(minutes=1))
    for source in sources:
        matter = matters.by_code(source.code)
        assert matter.state == "answered"
        assert senders.last_reply(matter) == "全部路口已修复"
        assert house.act(source, "rate", "sender", rating="satisfied").state == "closed"
    assert notify.failed() == []
    # The task run once more, as after a crash, answers nobody twice.
    before = [len(audit.history(s.matter.stream)) for s in sources]
    notify.enqueue(
        "matters.answer_merged",
        {"matter": target.matter.pk, "action": "answer_joined"},
        key="again",
        run_at=house.at,
    )
    notify.run(house.after(minutes=2))
    assert [len(audit.history(s.matter.stream)) for s in sources] == before


def test_one_answer_names_no_sender_to_another(house):
    """It was written to one of them; each reads their own name in it and nobody else's."""
    target = house.open(contact=vault.Person("林望舒", "13800000001", ""))
    mine, other = merged(house, target, contact=PERSON), merged(house, target)
    house.answered(target, "林望舒、乔映雪：您好，13800000001、13912345678已记下，路口已修复。")
    notify.run(house.after(minutes=1))
    assert "林望舒、乔映雪" in senders.last_reply(matters.by_code(target.code))
    told = [senders.last_reply(matters.by_code(one.code)) for one in (mine, other)]
    assert told == [
        "林某、乔映雪：您好，＊＊＊、13912345678已记下，路口已修复。",
        "林某、乔某：您好，＊＊＊、＊＊＊已记下，路口已修复。",
    ]


@pytest.mark.parametrize("how", ["settle", "outside"])
def test_the_desk_s_answer_reaches_them_too(house, how):
    target = house.open()
    source = merged(house, target)
    more = {"competent": "铁路公安"} if how == "outside" else {}
    house.act(target, how, "desk", reply="已答复", **more)
    notify.run(house.after(minutes=1))
    assert matters.by_code(source.code).state == "answered"


def test_who_was_merged_into_a_withdrawn_one_stands_alone_again(house):
    target = house.open()
    source = merged(house, target)
    house.act(target, "withdraw", "sender")
    notify.run(house.after(minutes=1))
    found = matters.by_code(source.code)
    assert (found.state, found.merged_into_id) == ("accepted", None)
    assert matters.by_code(target.code).facts["joined"] == 0


def test_what_cannot_be_merged(house):
    target = house.open()
    with pytest.raises(RefusedError, match="merge_itself"):
        house.act(target, "merge", "desk", into=target.matter.pk)
    with pytest.raises(RefusedError, match="merge_closed"):
        house.act(target, "merge", "desk", into=house.closed().matter.number)
    with pytest.raises(InputError) as caught:
        house.act(target, "merge", "desk", into=999_999_999)
    assert caught.value.fields.keys() == {"into"}
    foreign = house.open(by="outsider", home="neighbour_center")
    with pytest.raises(RefusedError, match="merge_unknown"):
        house.act(target, "merge", "desk", into=foreign.matter.number)
    source = merged(house, target)
    with pytest.raises(RefusedError, match="merge_chain"):
        house.act(target, "merge", "desk", into=house.open().matter.pk)
    with pytest.raises(RefusedError, match="merge_closed"):
        house.act(house.open(), "merge", "desk", into=source.matter.pk)
    opening = matters.Opening(
        "public_voice", "outreach", house.org("center"), "开放日", fields={"category": "open_day"}
    )
    other = matters.open_matter(opening, actor=house.actor("desk"), at=house.at).matter
    with pytest.raises(RefusedError, match="merge_kind"):
        house.act(house.open(), "merge", "desk", into=other.pk)


def test_unmerge(house):
    target = house.open()
    source, other = merged(house, target), merged(house, target)
    matter = house.act(source, "unmerge", "desk")
    assert (matter.state, matter.merged_into_id) == ("accepted", None)
    found = matters.by_code(target.code)
    assert found.facts["joined"] == merging.merged_here(found) == 1
    house.act(other, "unmerge", "desk")
    assert matters.by_code(target.code).facts["joined"] == 0
    assert audit.stream(found.stream) == []


def test_merging_into_one_whose_clock_is_ahead_keeps_time_in_order(house):
    target = house.open(at=house.after(hours=5))
    source = house.open()
    house.act(source, "merge", "desk", into=target.matter.pk, at=house.after(hours=1))
    found = matters.by_code(target.code)
    assert found.changed_at == house.after(hours=5)
    times = [e.at for e in audit.history(found.stream)]
    assert times == sorted(times)


# --- recusal and those complained of ---------------------------------------------------------------


def unseen(house, who, matter):
    """Every way of looking comes back empty."""
    actor = house.actor(who)
    assert not matters.sees(actor, matter)
    with pytest.raises(LookupError):
        matters.matter(actor, matter.pk)
    pks = [m.pk for m in matters.matters(actor, Filter()).rows]
    assert matter.pk not in pks
    for text in ("红绿灯", "灯", matter.number):
        assert matter.pk not in [m.pk for m in matters.matters(actor, Filter(text=text)).rows]
    assert matters.count(actor, Filter()) == len(pks)
    assert matters.by_ids(actor, [matter.pk]) == []
    assert senders.same_phone(actor, [matter.stream]) == []
    assert matter.pk not in [m.pk for m, _ in merging.alike(actor, "红绿灯坏了三天早晚高峰很堵")]
    assert offered(house, matter, who) == {}
    with pytest.raises(LookupError):
        matters.act(matter.pk, "sign", actor=actor, at=house.at)
    with pytest.raises(LookupError):
        matters.note(matter.pk, "看一下", actor=actor, at=house.at)


def test_a_role_of_another_programme_shows_nothing_that_a_unit_works_along_in(house):
    opened, streets = house.handling(), house.org("streets")
    house.act(opened, "co_handle", "leader", units=[streets.pk])
    who = house.person("stranger").pk
    access.give(
        who, "handler", streets.pk, start=house.day, at=house.at, actor="system",
        programme="supervision",
    )  # fmt: skip
    unseen(house, "stranger", opened.matter)
    access.give(
        who, "handler", streets.pk, start=house.day, at=house.at, actor="system",
        programme="public_voice",
    )  # fmt: skip
    assert [m.pk for m in matters.matters(house.actor("stranger"), matters.Filter()).rows] == [
        opened.matter.pk
    ]
    assert matters.sees(house.actor("stranger"), opened.matter)


def test_recusal_hides_it_everywhere(house):
    matter = house.handling().matter
    house.open(by="desk")
    found = impartiality.recuse(
        matter.pk,
        house.person("handler").pk,
        actor=house.actor("leader"),
        at=house.at,
        reason="当事人亲属",
    )
    assert found.assignee_id is None
    unseen(house, "handler", matter)
    assert matters.sees(house.actor("handler2"), matter)
    with pytest.raises(RefusedError, match="person_recused"):
        house.act(matter, "assign", "leader", person=house.person("handler").pk)


def test_what_is_opened_under_it_is_hidden_too(house):
    opened = house.dispatched()
    impartiality.recuse(
        opened.matter.pk,
        house.person("handler").pk,
        actor=house.actor("leader"),
        at=house.at,
        reason="当事人亲属",
    )
    matter = house.act(opened, "instruct", "leader", words="请办", days=3)
    (child,) = matters.open_children(matter)
    unseen(house, "handler", child)
    assert house.person("handler").pk not in {
        n.person_id for n in notify.Notice.objects.filter(ref=child.stream)
    }


def test_what_was_opened_under_it_before_is_hidden_too(house):
    opened = house.dispatched(person=True)
    matter = house.act(opened, "instruct", "leader", words="请办", days=3)
    (child,) = matters.open_children(matter)
    assert matters.sees(house.actor("handler"), child)
    impartiality.recuse(
        matter.pk,
        house.person("handler").pk,
        actor=house.actor("leader"),
        at=house.at,
        reason="当事人亲属",
    )
    child.refresh_from_db()
    assert child.assignee_id is None
    unseen(house, "handler", child)
    assert audit.stream(child.stream) == []


def test_a_complaint_never_reaches_the_person_it_names(house):
    named = house.person("handler")
    opened = house.open(named_people=[named.pk])
    house.act(opened, "accept", "desk")
    with pytest.raises(RefusedError, match="person_recused"):
        house.act(opened, "dispatch", "desk", unit=house.org("vehicles").pk, person=named.pk)
    house.act(opened, "dispatch", "desk", unit=house.org("vehicles").pk)
    unseen(house, "handler", opened.matter)
    assert notify.inbox(named.pk) == []
    assert matters.sees(house.actor("handler2"), matters.by_code(opened.code))


def test_a_complaint_never_reaches_the_organisation_it_names(house):
    opened = house.open(named_orgs=[house.org("vehicles").pk])
    house.act(opened, "accept", "desk")
    for place in ("vehicles", "vehicles_one"):
        with pytest.raises(RefusedError, match="unit_named"):
            house.act(opened, "dispatch", "desk", unit=house.org(place).pk)
        with pytest.raises(RefusedError, match="unit_named"):
            house.act(opened, "co_handle", "desk", units=[house.org(place).pk])
    house.act(opened, "dispatch", "desk", unit=house.org("streets").pk)
    house.act(opened, "dispute", "other_handler", reason="不属于")
    with pytest.raises(RefusedError, match="unit_named"):
        house.act(opened, "designate", "leader", unit=house.org("vehicles").pk, reason="指定")


def test_a_named_office_does_not_see_the_complaint_it_received(house):
    opened = house.open(named_orgs=[house.org("center").pk])
    for who in ("desk", "desk2", "publisher"):
        unseen(house, who, opened.matter)
        assert notify.inbox(house.person(who).pk) == []
    assert matters.sees(house.actor("leader"), opened.matter)


def test_a_complaint_about_the_whole_city_is_still_seen(house):
    opened = house.open(named_orgs=[house.org("city").pk])
    assert matters.sees(house.actor("desk"), opened.matter)


def test_a_named_desk_person_is_not_told_of_the_opening(house):
    house.open(named_people=[house.person("desk").pk])
    assert notify.inbox(house.person("desk").pk) == []
    assert [n.text for n in notify.inbox(house.person("desk2").pk)] == ["notice.received"]


# --- the sender's view -----------------------------------------------------------------------------


def test_the_sender_sees_no_names_and_no_notes(house):
    opened = house.answered()
    matters.note(opened.matter.pk, "内部意见", actor=house.actor("handler"), at=house.at)
    told = matters.timeline(matters.by_code(opened.code), SENDER)
    assert {e.who for e in told} <= {"sender", "person", "system"}
    assert "matter.noted" not in {e.type for e in told}
    assert [e.action for e in told] == ["open", "accept", "dispatch", "reply"]


def test_the_sender_may_add_rate_and_withdraw_and_nothing_else(house):
    opened = house.open()
    assert set(offered(house, opened.matter, "sender")) == {"add", "withdraw"}
    with pytest.raises(NotAllowedError):
        house.act(opened, "accept", "sender")
    house.act(opened, "add", "sender", text="还有一个路口")
    assert house.act(opened, "withdraw", "sender").state == "withdrawn"
    with pytest.raises(RefusedError):
        house.act(opened, "add", "sender", text="再补一句")


def test_a_new_code_ends_the_old_one(house):
    opened = house.open()
    fresh = senders.renew_code(opened.matter.pk, actor=house.actor("desk"), at=house.at).code
    assert fresh != opened.code
    assert senders.replaced_at(opened.code) == house.at
    assert senders.replaced_at("AAAAA22222") is None
    assert matters.by_code(fresh).pk == opened.matter.pk
    with pytest.raises(LookupError):
        matters.by_code(opened.code)


# --- reading ------------------------------------------------------------------------------------


def test_a_token_without_the_scope_sees_and_does_nothing(house):
    from dataclasses import replace

    matter = house.open().matter
    blind = replace(house.actor("leader"), scopes=frozenset({"contacts:reveal"}))
    assert matters.matters(blind, Filter()).rows == []
    assert matters.count(blind, Filter()) == 0
    with pytest.raises(LookupError):
        matters.matter(blind, matter.pk)
    reader = replace(house.actor("desk"), scopes=frozenset({"matters:read"}))
    with pytest.raises(NotAllowedError):
        matters.act(matter.pk, "accept", actor=reader, at=house.at)
    with pytest.raises(NotAllowedError):
        matters.note(matter.pk, "看", actor=reader, at=house.at)


@pytest.mark.parametrize(
    "text", ["MY2026-²", "MY2026-", "-1", "MY2026-99999999999999999999", "A-0", "²-²", "MY2026-１"]
)
def test_odd_numbers_find_nothing_and_break_nothing(house, text):
    assert matters.matters(house.actor("leader"), Filter(text=text)).rows == [] or "１" in text


def test_pages_follow_each_other(house):
    pks = [house.open(f"第{n}件事：路灯不亮").matter.pk for n in range(7)]
    actor = house.actor("leader")
    seen, before = [], None
    while True:
        page = matters.matters(actor, Filter(text="路灯", before=before), size=3)
        seen += [m.pk for m in page.rows]
        if not page.more:
            break
        before = page.rows[-1].pk
    assert seen == sorted(pks, reverse=True)
    assert matters.count(actor, Filter()) == 7


def test_what_a_clock_may_not_do_tells_the_leader_once(house):
    for row in programmes.current("supervision", house.day):
        programmes.end_in_force(row.pk, on=house.day, at=house.at, actor=SYSTEM)
    opened = house.handling()
    for day in range(30, 33):
        matters.sweep(house.after(days=day))
    told = [n.text for n in notify.inbox(house.person("leader").pk)]
    assert told.count("notice.act_refused") == 1
    entries = matters.timeline(matters.by_code(opened.code), SYSTEM)
    (refused,) = [one for one in entries if one.type == "matter.act_refused"]
    assert (refused.data["act"], refused.data["why"]) == ("escalate", "programmes.not_in_force")
    page = house.client("leader").get(f"/desk/matters/{opened.matter.pk}").content.decode()
    assert "系统未能自动办理" in page
    assert "{" not in page.partition("系统未能自动办理")[2].partition("</li>")[0]


def test_what_a_programme_itself_asks_first_is_no_failure(house):
    """Already supervised: escalating again is not wanted, and nobody is troubled."""
    opened = house.handling()
    house.act(opened, "supervise", "supervisor", words="请抓紧。", days=30)
    matters.sweep(house.after(days=30))
    told = [n.text for n in notify.inbox(house.person("leader").pk)]
    assert "notice.act_refused" not in told


@pytest.mark.parametrize(
    ("body", "subject"),
    [
        ("路灯坏了。", "路灯坏了"),
        ("公租房怎么申请？", "公租房怎么申请"),
        (
            "2026年12月1日晚上，和平路12号楼下烧烤摊油烟和噪声很大，一直到凌晨两点，希望尽快处理。",
            "2026年12月1日晚上，和平路12号楼下烧烤摊油烟和噪声很大，一直到凌晨两点",
        ),
        ("您好，" + "人民路三号楼下水道堵了很久一直没有人来修" * 3, ("您好，" + "人民路三号楼下水道堵了很久一直没有人来修" * 3)[:40]),
        ("水压3.5公斤太低 " * 8, ("水压3.5公斤太低 " * 8)[:39]),
        ("救救！！", "救救"),
    ],
)  # fmt: skip
def test_a_text_without_a_title_is_called_by_its_beginning(house, body, subject):
    assert house.open(body).matter.subject == subject

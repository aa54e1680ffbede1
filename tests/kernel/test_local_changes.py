"""Local changes of choices and fields: where and when they hold, what refuses them, what stays."""

from datetime import date, timedelta

import pytest

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import verify
from bihuan.foundation.notify import api as notify
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes.api import ProgrammeError
from bihuan.lib.problems import InputError, RefusedError

pytestmark = pytest.mark.django_db
HEATING = {"words": {"zh-Hans": "供暖", "en": "Heating"}}
MARCH = date(2026, 3, 1)


def change(house, part, name, value, *, org="center", start=MARCH, actor=SYSTEM, **more):
    voice = next(p for p in programmes.known() if p.id == "public_voice")
    return programmes.override(
        voice,
        name,
        value,
        part=part,
        org=house.org(org),
        start=start,
        clause="市府办〔2026〕1号",
        at=house.at,
        actor=actor,
        **more,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [("limit_answer", 0), ("limit_answer", 61), ("reopen_limit", 0), ("extension", 31),
     ("limit_answer", True), ("second_signature", 1)],
)  # fmt: skip
def test_a_value_out_of_its_bounds_is_refused(house, name, value):
    with pytest.raises(ProgrammeError):
        change(house, "setting", name, value)
    assert programmes.overrides("public_voice") == []


def test_what_binds_a_unit_is_set_from_above_and_told(house):
    """An administrator of 车辆管理所 sets its limits, and neither sets nor ends its second signature."""
    who, at, city = house.person("stranger"), house.at, house.actor("admin")
    access.give(who.pk, "admin", house.org("vehicles").pk, start=house.day, at=at, actor="system")
    own = house.actor("stranger")
    given = {"org": "vehicles", "start": house.day}
    with pytest.raises(ProgrammeError, match="only_from_above"):
        change(house, "setting", "second_signature", value=False, actor=own, **given)
    set_above = change(house, "setting", "second_signature", value=True, actor=city, **given)
    with pytest.raises(ProgrammeError, match="only_from_above"):
        programmes.end_override(set_above.pk, on=house.day, at=at, actor=own)
    change(house, "setting", "limit_slice", 3, actor=own, **given)
    told = [n.text for n in notify.inbox(house.person("admin").pk)]
    assert told == ["notice.local_change"], "of the unit's own change; not of one's own"
    # A root has nobody above it: its own administrator decides, and the others are told.
    change(
        house, "setting", "second_signature", value=True, actor=city, org="city", start=house.day
    )
    assert notify.inbox(house.person("keeper").pk)[0].text == "notice.local_change"


def kind_at(house, org="center", on=MARCH):
    return programmes.held("public_voice", house.org(org).path, on).programme.kinds["voice"]


def test_added_category_is_taken_below_its_place_and_nowhere_else(house):
    change(house, "choice", "voice.category.heating", HEATING)
    opened = house.open(category="heating")
    assert opened.matter.category == "heating"
    spec = programmes.spec_of(opened.matter.release_id)
    assert spec.strings["zh-Hans"]["choices.category.heating"] == "供暖"
    clerk, schools = house.person("desk2"), house.org("schools")
    access.give(clerk.pk, "desk", schools.pk, start=house.day, at=house.at, actor="system")
    with pytest.raises(InputError) as error:
        house.open(category="heating", home="schools", key="elsewhere")
    assert "category" in error.value.fields


def test_change_holds_from_its_day_until_its_day(house):
    change(house, "choice", "voice.category.heating", HEATING, end=MARCH + timedelta(days=5))
    assert "heating" not in kind_at(house, on=MARCH - timedelta(days=1)).fields["category"].choices
    assert "heating" in kind_at(house, on=MARCH + timedelta(days=4)).fields["category"].choices
    assert "heating" not in kind_at(house, on=MARCH + timedelta(days=5)).fields["category"].choices


def test_a_matter_keeps_the_release_of_its_day_and_still_verifies(house):
    row = change(house, "field", "voice.close.callback", {"required": True})
    opened = house.open()
    programmes.end_override(row.pk, on=MARCH, at=house.at, actor=SYSTEM)
    later = house.open("另一件事，窗口排队时间太长了。", key="later")
    assert opened.matter.release_id != later.matter.release_id
    for one in (opened, later):
        house.answered(one)
    house.act(later, "close", "desk")
    with pytest.raises(InputError) as error:
        house.act(opened, "close", "desk")
    assert "callback" in error.value.fields
    house.act(opened, "close", "desk", callback="已电话回访")
    assert list(verify.everything()) == []


def test_the_same_changes_make_one_release(house):
    change(house, "choice", "voice.category.heating", HEATING)
    first, second = house.open(), house.open("第二件事，公交站牌倒了没有人管。", key="two")
    assert first.matter.release_id == second.matter.release_id
    assert programmes.release_row(first.matter.release_id).base_id is not None
    assert first.matter.release_id not in [r.pk for r in programmes.releases()]


def test_retired_category_is_refused_for_new_and_shown_for_old(house):
    old = house.open(category="suggestion")
    change(house, "choice", "voice.category.suggestion", {"retired": True}, org="city")
    with pytest.raises(InputError):
        house.open(category="suggestion", key="new")
    assert house.act(old, "accept", "desk").category == "suggestion"
    held = programmes.held("public_voice", house.org("center").path, MARCH).programme
    assert held.strings["zh-Hans"]["choices.category.suggestion"]


def test_nearest_place_has_the_last_word(house):
    change(house, "choice", "voice.category.heating", HEATING, org="city")
    nearer = {"words": {"zh-Hans": "集中供热", "en": "District heating"}}
    change(house, "choice", "voice.category.heating", nearer, org="center")
    center = programmes.held("public_voice", house.org("center").path, MARCH).programme
    schools = programmes.held("public_voice", house.org("schools").path, MARCH).programme
    assert center.strings["zh-Hans"]["choices.category.heating"] == "集中供热"
    assert schools.strings["zh-Hans"]["choices.category.heating"] == "供暖"


def test_hidden_field_is_no_longer_taken(house):
    change(house, "field", "voice.place", {"hidden": True})
    assert "place" not in kind_at(house).fields
    with pytest.raises(InputError):
        house.open(fields={"place": "人民路"})


@pytest.mark.parametrize(
    ("part", "name", "value", "key"),
    [
        ("field", "voice.nothing", {"required": True}, "no_field"),
        ("field", "voice.category", {"hidden": True}, "already_required"),
        ("field", "voice.settle.reply", {"required": True}, "already_required"),
        ("field", "voice.rating", {"hidden": True}, "field_used"),
        ("field", "voice.place", {}, "nothing_changed"),
        ("field", "voice.place", {"help": {"zh-Hans": "写到门牌号"}}, "words_missing"),
        ("field", "voice.place", {"required": True, "hidden": True}, "bad_value"),
        ("field", "voice.dispatch.person", {"hidden": True}, "overlay_broken"),
        ("choice", "voice.place.here", HEATING, "no_choices"),
        ("choice", "voice.category.unknown", {"retired": True}, "no_choice"),
        ("choice", "voice.channel.hotline", {"retired": True}, "choice_used"),
        ("choice", "voice.rate.rating.not_satisfied", {"retired": True}, "choice_used"),
        ("choice", "voice.category.heating", {"words": {"en": "Heating"}}, "words_missing"),
        ("choice", "voice.category.Heating!", HEATING, "bad_value"),
        ("other", "voice.place", {"required": True}, "bad_value"),
    ],
)
def test_what_the_check_refuses_is_not_saved(house, part, name, value, key):
    with pytest.raises(ProgrammeError) as error:
        change(house, part, name, value)
    assert error.value.key == f"programmes.{key}"
    assert programmes.overrides("public_voice") == []


def test_last_choice_stays(house):
    for choice in ("consult", "complaint"):
        change(house, "choice", f"voice.category.{choice}", {"retired": True})
    with pytest.raises(ProgrammeError) as error:
        change(house, "choice", "voice.category.suggestion", {"retired": True})
    assert error.value.key == "programmes.last_choice"


def test_change_that_would_empty_a_place_below_is_refused(house):
    change(house, "field", "voice.place", {"required": True}, org="center")
    with pytest.raises(ProgrammeError) as error:
        change(house, "field", "voice.place", {"hidden": True}, org="city")
    assert error.value.key == "programmes.overlay_conflict"


def test_promise_follows_the_receiver_and_slice_follows_the_unit(house):
    change(house, "setting", "limit_answer", 3, org="center")
    change(house, "setting", "limit_answer", 9, org="vehicles")
    change(house, "setting", "limit_slice", 2, org="vehicles")
    change(house, "setting", "limit_slice", 4, org="center")
    found = clocks.of(house.dispatched(house.open(category="consult")).matter.stream)
    promise, own = found["promise"], found["slice"]
    assert (promise.n, promise.source["origin"], promise.source["follows"]) == (
        3,
        "受理中心",
        "home",
    )
    assert (own.n, own.source["origin"], own.source["follows"]) == (2, "车辆管理所", "unit")


def test_slice_takes_the_nearest_ancestor_of_the_unit(house):
    change(house, "setting", "limit_slice", 2, org="city")
    change(house, "setting", "limit_slice", 1, org="vehicles")
    opened = house.open()
    house.act(opened, "accept", "desk")
    house.act(opened, "dispatch", "desk", unit=house.org("vehicles_one").pk)
    assert clocks.of(opened.matter.stream)["slice"].n == 1


def test_second_signature_is_the_handling_units_own_rule(house):
    change(house, "setting", "second_signature", True, org="vehicles")
    opened = house.handling()
    with pytest.raises(RefusedError):
        house.act(opened, "reply", "handler", reply="经查，已修复。")
    assert house.act(opened, "draft_reply", "handler", draft="经查，已修复。").state == "reviewing"

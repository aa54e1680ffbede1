"""Releases, moves of the tree, calendars, retention, idempotency."""

import io
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest
from at_once import at_once
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import standing, vault
from bihuan.foundation.files import api as files
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Filter
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes.api import ProgrammeError
from bihuan.kernel.senders import api as senders
from bihuan.kernel.upkeep import api as upkeep
from bihuan.kernel.upkeep import retention
from bihuan.kernel.upkeep.retention import Kept
from bihuan.kernel.workbench import api as workbench
from bihuan.lib.problems import GoneError, InputError, ProblemError, RefusedError
from bihuan.web import words

VOICE = next(p for p in programmes.folders() if p.name == "public_voice")


def edited(tmp_path, *changes, version="9.2.0"):
    """A copy of the shipped programme as its next release."""
    folder = tmp_path / version / "public_voice"
    shutil.copytree(VOICE, folder)
    manifest = folder / "programme.toml"
    text = manifest.read_text(encoding="utf-8")
    old = next(line for line in text.splitlines() if line.startswith("version"))
    manifest.write_text(text.replace(old, f'version = "{version}"'), encoding="utf-8")
    for file, before, after in changes:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
    return folder


LONGER = (
    "settings.toml",
    "[[limit_answer.values]]\nvalue = 5",
    "[[limit_answer.values]]\nvalue = 8",
)


def release_in_force(house, folder, start=None):
    release = programmes.install(folder, at=house.at, actor="system")
    programmes.put_in_force(
        release.pk, house.org("city"), start=start or house.day, at=house.at, actor=SYSTEM
    )
    return release


# --- releases ----------------------------------------------------------------------------------


def test_matters_stay_on_the_release_they_opened_under(house, tmp_path):
    old = house.open()
    release = release_in_force(house, edited(tmp_path, LONGER))
    new = house.open()
    assert new.matter.release_id == release.pk != old.matter.release_id
    assert clocks.of(new.matter.stream)["promise"].n == 8
    again = house.answered(old)
    house.act(again, "rate", "sender", rating="not_satisfied", reason="没修好")
    assert clocks.of(old.matter.stream)["promise"].n == 5, "the old release, also when reopened"


def test_moving_takes_all_or_none_and_names_the_blocked(house, tmp_path):
    first, second = house.open(), house.handling()
    renamed = [
        ("matters.toml", "disputed = {", "contested = {"),
        ("matters.toml", '"disputed"', '"contested"'),
        ("matters.toml", '"notice.disputed"', '"notice.contested"'),
        ("strings/zh-Hans.toml", "disputed = ", "contested = "),
        ("strings/en.toml", "disputed = ", "contested = "),
    ]
    third = house.dispatched()
    house.act(third, "dispute", "handler", reason="不属于")
    release = programmes.install(edited(tmp_path, *renamed), at=house.at, actor="system")
    old = first.matter.release_id
    assert upkeep.blocked_moves(old, release.pk) == [third.matter.number]
    actor = house.actor("admin")
    with pytest.raises(RefusedError, match=third.matter.number):
        upkeep.move_release(old, release.pk, actor=actor, at=house.at)
    assert matters.by_code(first.code).release_id == old
    house.act(third, "redispatch", "desk", unit=house.org("streets").pk)
    moved, changes = upkeep.move_release(old, release.pk, actor=actor, at=house.at)
    assert moved == 3
    assert any("states.contested" in path for path, _, _ in changes)
    for opened in (first, second, third):
        found = matters.by_code(opened.code)
        assert found.release_id == release.pk
        assert audit.history(found.stream)[-1].type == "matter.release_moved"
        assert audit.stream(found.stream) == []
    assert house.act(second, "reply", "handler", reply="已修好").state == "answered"


def test_moving_to_another_programme_is_refused(house):
    voice, other = (
        next(r for r in programmes.releases() if r.programme == p)
        for p in ("public_voice", "supervision")
    )
    with pytest.raises(ProblemError, match="other_programme"):
        upkeep.move_release(voice.pk, other.pk, actor=house.actor("admin"), at=house.at)


def test_the_same_version_with_other_contents_is_refused(house, tmp_path):
    voice = next(one for one in programmes.known() if one.id == "public_voice")
    version = voice.manifest.version
    with pytest.raises(ProgrammeError, match="version_taken"):
        programmes.install(edited(tmp_path, LONGER, version=version), at=house.at, actor="system")


def test_installing_twice_is_once(house, tmp_path):
    folder = edited(tmp_path, LONGER)
    first = programmes.install(folder, at=house.at, actor="system")
    assert programmes.install(folder, at=house.at, actor="system").pk == first.pk


def test_not_in_force_there_or_then(house):
    with pytest.raises(ProgrammeError, match="not_in_force") as told:
        house.open(at=house.at - timedelta(days=800))
    assert "public_voice" not in words.text(f"error.{told.value.key}", **told.value.values)


def test_the_nearest_organisation_wins(house, tmp_path):
    release = programmes.install(edited(tmp_path, LONGER), at=house.at, actor="system")
    programmes.put_in_force(
        release.pk, house.org("center"), start=house.day, at=house.at, actor=SYSTEM
    )
    assert house.open().matter.release_id == release.pk
    other = house.open(by="outsider", home="neighbour_center").matter
    assert other.release_id != release.pk


# --- settings ----------------------------------------------------------------------------------


def override(house, value, **more):
    voice = next(p for p in programmes.known() if p.id == "public_voice")
    return programmes.override(
        voice,
        more.pop("name", "limit_answer"),
        value,
        org=house.org(more.pop("org", "city")),
        start=more.pop("start", house.day),
        clause=more.pop("clause", "本市通知"),
        at=house.at,
        actor=SYSTEM,
        **more,
    )


def limit(opened):
    return clocks.of(opened.matter.stream)["promise"].n


def test_local_values_win_and_the_nearest_of_them(house):
    override(house, 3)
    assert limit(house.open()) == 3
    override(house, 2, org="center")
    assert limit(house.open()) == 2
    override(house, 1, org="center", scope={"category": "consult"})
    assert limit(house.open(category="consult")) == 1
    assert limit(house.open()) == 2


def test_values_hold_from_a_day_to_a_day(house):
    override(house, 3, start=date(2026, 3, 5), end=date(2026, 3, 8))
    assert [limit(house.open(at=house.after(days=n))) for n in (0, 3, 5, 6)] == [5, 3, 3, 5]


def test_an_ended_value_leaves_what_it_decided(house):
    row = override(house, 3)
    opened = house.open()
    programmes.end_override(row.pk, on=house.day + timedelta(days=1), at=house.at, actor=SYSTEM)
    assert limit(opened) == 3
    assert limit(house.open(at=house.after(days=1))) == 5


@pytest.mark.parametrize(
    ("value", "more", "key"),
    [
        (0, {}, "out_of_bounds"),
        (-1, {}, "out_of_bounds"),
        (True, {}, "bad_value"),
        ("5", {}, "bad_value"),
        (5000, {}, "out_of_bounds"),
        (5, {"name": "nothing"}, "no_setting"),
        (1, {"name": "second_signature"}, "bad_value"),
        (5, {"clause": "  "}, "clause_missing"),
        (5, {"end": date(2026, 3, 2)}, "ends_before_start"),
    ],
)
def test_bad_values_are_refused(house, value, more, key):
    with pytest.raises(ProgrammeError, match=key):
        override(house, value, **more)


# --- the tree and the calendar move ----------------------------------------------------------------


def test_a_moved_organisation_takes_its_matters_along(house):
    opened = house.handling()
    house.act(opened, "co_handle", "leader", units=[house.org("vehicles_one").pk])
    moved = orgs.move_org(
        house.org("vehicles").pk, under=house.org("streets").pk, at=house.at, actor="system"
    )
    assert len(moved) == 2
    assert upkeep.follow_moves(moved, at=house.at, actor="system") == 2
    found = matters.by_code(opened.code)
    assert found.unit_path == house.org("vehicles").path
    assert found.unit_path.startswith(house.org("streets").path)
    assert matters.sees(house.actor("other_handler"), found), "scope follows"
    assert matters.sees(house.actor("handler"), found)
    assert list(audit.everything()) == []


def test_nothing_moves_into_itself(house):
    with pytest.raises(orgs.OrgError, match="move_into_itself"):
        orgs.move_org(
            house.org("vehicles").pk,
            under=house.org("vehicles_one").pk,
            at=house.at,
            actor="system",
        )


def test_a_year_announced_moves_the_dates_that_rested_on_it(house):
    at = house.at.replace(year=2026, month=12, day=29)
    opened, other = house.open(at=at), house.open()
    promise = clocks.of(opened.matter.stream)["promise"]
    assert promise.provisional
    assert not clocks.of(other.matter.stream)["promise"].provisional
    before = promise.due_at
    calendar = orgs.calendars.default()
    raw = {
        "year": 2027,
        "status": "announced",
        "source": "国务院办公厅通知",
        "off": [["2027-01-01", "元旦"], ["2027-01-02", "元旦"], ["2027-01-03", "元旦"]],
        "work": [],
    }
    orgs.calendars.set_year(calendar, raw, at=at, actor="system")
    assert matters.recalculate(calendar.pk, at) == 1
    matter = matters.by_code(opened.code)
    promise = clocks.of(matter.stream)["promise"]
    assert not promise.provisional
    assert promise.due_at == before + timedelta(days=1)
    assert matter.due_at == promise.due_at
    event = audit.history(matter.stream)[-1]
    assert event.type == "matter.recalculated"
    assert audit.read(event)["moved"][0][0] == "promise"
    assert matters.recalculate(calendar.pk, at) == 0
    assert audit.stream(matter.stream) == []


# --- forgetting ------------------------------------------------------------------------------------


def test_retention_forgets_and_verify_stays_clean(house):
    person = vault.Person("乔映雪", "13912345678", "qiao@example.org")
    closed, still_open = (
        house.closed(house.open("闭环事项正文甲", contact=person)),
        house.open(contact=person),
    )
    assert upkeep.erase_due(house.after(days=700), words="已按期限清除") == 0
    assert upkeep.erase_due(house.after(days=740), words="已按期限清除") == 1
    assert not vault.has(closed.matter.stream)
    assert vault.has(still_open.matter.stream), "an open matter keeps its sender"
    assert upkeep.erase_due(house.after(days=365 * 5 + 10), words="已按期限清除") == 1
    found = matters.Matter.objects.get(pk=closed.matter.pk)
    assert found.subject == "已按期限清除"
    assert found.state == "closed"
    assert found.facts["rating"] == "satisfied"
    with pytest.raises(LookupError):
        matters.by_code(closed.code)
    told = matters.timeline(found, SYSTEM)
    assert "闭环事项正文甲" not in repr(told)
    assert senders.last_reply(found) == ""
    assert list(audit.everything()) == []
    actor = house.actor("leader")
    assert matters.matters(actor, Filter(text="闭环事项正文")).rows == []
    assert upkeep.erase_due(house.after(days=365 * 6), words="已按期限清除") == 0


def test_what_was_over_long_before_it_came_keeps_its_texts_for_its_time(house, monkeypatch):
    """Neither an old register that is taken in, nor a story of years ago, is emptied on the first day."""
    old = house.closed()
    long_ago = house.at - timedelta(days=365 * 12)
    matters.Matter.objects.filter(pk=old.matter.pk).update(closed_at=long_ago)
    assert upkeep.erase_due(house.after(days=30), words="已清除") == 0
    assert upkeep.erase_due(house.after(days=365 * 4), words="已清除") == 0
    assert upkeep.erase_due(house.after(days=365 * 5 + 10), words="已清除") == 1


DAYS = {
    "2025-12-31": None,
    "2026-01-01": None,
    "2030-12-31": None,
    "2031-01-01": "2026-01-01",
    "2032-02-29": "2027-02-28",
}


@pytest.mark.parametrize("on", DAYS)
def test_a_value_forgets_nothing_before_its_own_time_is_over(on):
    found = retention.over_by(date.fromisoformat(on))
    assert (found and found.isoformat()) == DAYS[on]
    (kept,) = retention.known()
    assert (kept.years, kept.grade, bool(kept.clause)) == (5, "H", True)


def kept(years, start):
    return Kept.model_validate({"years": years, "from": start, "clause": "x", "grade": "H"})


def test_a_shorter_value_does_not_hold_up_the_one_before_it():
    values = kept(5, date(2026, 1, 1)), kept(3, date(2032, 1, 1))
    days = {
        date(2033, 1, 1): date(2028, 1, 1),
        date(2036, 12, 31): date(2031, 12, 31),
        date(2037, 1, 1): date(2034, 1, 1),
    }
    assert {day: retention.over_by(day, values) for day in days} == days


ANY_DAY = st.dates(date(2024, 1, 1), date(2060, 12, 31))


@given(
    st.lists(
        st.tuples(st.integers(1, 12), ANY_DAY), min_size=1, max_size=4, unique_by=lambda v: v[1]
    ),
    st.lists(ANY_DAY, min_size=2, max_size=6),
    ANY_DAY,
)
@settings(max_examples=80)
def test_what_is_forgotten_only_grows_and_had_the_time_of_its_value(said, days, over):
    values = [kept(*one) for one in sorted(said, key=lambda one: one[1])]
    found = [retention.over_by(day, values) or date.min for day in sorted(days)]
    assert found == sorted(found)
    mine = [one for one in values if one.from_ <= over] or values[:1]
    for day, before in zip(sorted(days), found, strict=True):
        if over < before:
            # Years are counted back: 29 February has no counterpart.
            assert day.year * 372 + day.month * 31 + day.day > (
                (over.year + mine[-1].years) * 372 + over.month * 31 + over.day
            )


def test_contacts_of_open_matters_do_not_stand_in_the_way_of_others(house, monkeypatch):
    monkeypatch.setattr("bihuan.kernel.upkeep.erasing.DUE_PAGE", 2)
    person = vault.Person("乔映雪", "13912345678", "")
    going_on = [house.open(contact=person) for _ in range(5)]
    over = [house.closed(house.open(contact=person)) for _ in range(3)]
    late = house.after(days=740)
    assert [upkeep.erase_due(late, words="已清除", limit=2) for _ in range(3)] == [2, 1, 0]
    assert [vault.has(o.matter.stream) for o in going_on] == [True] * 5
    assert [vault.has(o.matter.stream) for o in over] == [False] * 3


def test_attachments_go_with_the_text(house):
    out = io.BytesIO()
    Image.new("RGB", (61, 9)).save(out, "PNG")
    photo = files.accept("家.png", out.getvalue())
    opened = house.closed(house.open(files=[photo]))
    late = house.after(days=365 * 5 + 10)
    upkeep.erase_due(late, words="已清除")
    assert files.of(opened.matter.stream) == []
    files.collect_orphans(datetime.now(UTC) + timedelta(days=2))
    assert not files.path_of(photo.sha256).exists()
    assert audit.stream(opened.matter.stream) == []


def test_an_erased_text_put_back_is_found(house, unlocked):
    opened = house.closed(house.open("闭环事项正文甲"))
    events = audit.history(opened.matter.stream)
    text = events[0].private
    upkeep.erase_due(house.after(days=365 * 5 + 10), words="已清除")
    audit.Event.objects.filter(pk=events[0].pk).update(private=text.replace("甲", "乙"))
    assert [f.what for f in audit.stream(opened.matter.stream)] == ["its private text was altered"]


# --- once and only once -----------------------------------------------------------------------------


def test_the_same_key_opens_once(house):
    first = house.open(key="k-1")
    again = house.open(key="k-1")
    assert (again.matter.pk, again.code, again.repeated) == (first.matter.pk, first.code, True)
    assert house.open(key="k-2").matter.pk != first.matter.pk
    assert house.open().code != house.open().code


def test_two_senders_with_one_key_never_meet(house):
    first = house.open("第一个人的私事：家里漏水", key="1")
    second = house.open("第二个人的路灯不亮", key="1")
    assert second.matter.pk != first.matter.pk
    assert second.code != first.code


def test_the_same_key_acts_once(house):
    opened = house.open()
    house.act(opened, "add", "sender", text="补充", key="k")
    house.act(opened, "add", "sender", text="补充", key="k")
    assert len(audit.history(opened.matter.stream)) == 2
    house.act(opened, "add", "sender", text="补充", key="other")
    assert len(audit.history(opened.matter.stream)) == 3


def test_two_senders_acting_with_one_key_both_act(house):
    first, second = house.open("甲事"), house.open("乙事")
    for opened in (first, second):
        matters.act(
            0,
            "add",
            actor=house.actor("sender"),
            at=house.at,
            code=opened.code,
            data={"text": "补充"},
            key="1",
        )
        assert len(audit.history(opened.matter.stream)) == 2


def test_the_same_key_notes_once(house):
    pk = house.open().matter.pk
    for _ in range(2):
        matters.note(pk, "看一下", actor=house.actor("desk"), at=house.at, key="k")
    assert len(audit.history(f"matter:{pk}")) == 2


def test_a_stale_version_is_told(house):
    matter = house.open().matter
    house.act(matter, "accept", "desk")
    with pytest.raises(GoneError, match=matter.number):
        matters.act(
            matter.pk, "accept", actor=house.actor("desk2"), at=house.at, version=matter.version
        )


def test_time_never_runs_backwards_within_a_matter(house):
    opened = house.open(at=house.after(days=1))
    matter = house.act(opened, "accept", "desk", at=house.at)
    assert matter.changed_at == house.after(days=1)
    house.act(opened, "dispatch", "desk", at=house.at, unit=house.org("vehicles").pk)
    times = [e.at for e in audit.history(opened.matter.stream)]
    assert times == sorted(times)


# --- what people keep for themselves ------------------------------------------------------------------


def test_filters_are_one_s_own(house):
    mine, other = house.person("desk").pk, house.person("desk2").pk
    row = workbench.save_filter(mine, "  超期 ", "level=late")
    workbench.save_filter(mine, "超期", "level=urgent")
    assert [(f.name, f.query) for f in workbench.filters_of(mine)] == [("超期", "level=urgent")]
    workbench.delete_filter(other, row.pk)
    assert len(workbench.filters_of(mine)) == 1
    workbench.delete_filter(mine, row.pk)
    assert workbench.filters_of(mine) == []


def test_phrases_reach_down_the_tree(house):
    city = workbench.add_phrase(
        house.org("city"), "收悉", "您好，来信收悉。", at=house.at, actor=SYSTEM
    )
    workbench.add_phrase(house.org("streets"), "占道", "已通知中队。", at=house.at, actor=SYSTEM)
    assert [p.shortcut for p in workbench.phrases_for(house.org("vehicles_one").path)] == ["收悉"]
    assert len(workbench.phrases_for(house.org("streets").path)) == 2
    with pytest.raises(LookupError):
        workbench.drop_phrase(house.org("streets"), city.pk, at=house.at, actor=SYSTEM)
    for _ in range(2):
        workbench.drop_phrase(house.org("city"), city.pk, at=house.at, actor=SYSTEM)
    assert workbench.phrases_for(house.org("vehicles").path) == ()


@pytest.mark.django_db(transaction=True)
def test_a_phrase_added_by_two_at_once_is_one(house):
    def add(body):
        with standing.steady():
            return workbench.add_phrase(house.org("city"), "收悉", body, at=house.at, actor=SYSTEM)

    at_once([lambda n=n: add(f"来信收悉{n % 2}。") for n in range(6)])
    assert len(workbench.phrases_of(house.org("city"))) == 1


def test_a_phrase_is_one_of_its_name(house):
    def add(body):
        return workbench.add_phrase(house.org("city"), "收悉", body, at=house.at, actor=SYSTEM).pk

    first = add("来信收悉。")
    assert add("来信收悉。") == first
    with pytest.raises(InputError) as refused:
        add("您好。")
    assert refused.value.fields["shortcut"][0] == "matters.phrase_taken"
    workbench.drop_phrase(house.org("city"), first, at=house.at, actor=SYSTEM)
    assert add("您好。") != first

"""What is owed by period: who owes it when, what met it, who is free of it, who is told."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime

import house as city
import owed
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import memberships
from bihuan.kernel.matters import api as matters
from bihuan.kernel.obligations import api as obligations
from bihuan.kernel.obligations import reminding
from bihuan.kernel.obligations.api import Waiving
from bihuan.kernel.obligations.models import Deed, ToldOf
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import GoneError, InputError, NotAllowedError, RefusedError
from bihuan.rules.owing import State
from bihuan.spec import ways
from bihuan.spec.arguments import Args

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(house):
    return owed.land()


def at(month: int, day: int, hour: int = 2) -> datetime:
    """Ten o'clock in the city on a day of 2026."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


MONTHS = ["2026-01", "2026-02", "2026-03", "2026-04"]


def test_a_month_is_met_late_missed_due_or_ahead(house):
    owed.held(house, "cell_a", at(1, 20))
    # In the days of grace after February, and only then its own month's.
    owed.held(house, "cell_a", at(3, 2))
    owed.held(house, "cell_b", at(2, 28))
    found = owed.lines(owed.SITTINGS, MONTHS, date(2026, 3, 20))
    assert owed.states(found["第一小组"]) == ["in_time", "late", "due", "ahead"]
    assert owed.states(found["第二小组"]) == ["missed", "in_time", "due", "ahead"]
    assert [one.lacks for one in found["第一小组"].cells] == [0, 0, 1, 1]
    assert owed.states(owed.lines(owed.SITTINGS, ["2026-03"], date(2026, 4, 4))["第三小组"]) == [
        "missed"
    ]
    assert owed.states(owed.lines(owed.SITTINGS, ["2026-03"], date(2026, 4, 3))["第三小组"]) == [
        "due"
    ]


def founded(house, name, where, on, level="vvv-cell"):
    """A new cell, with two members of others."""
    made = orgs.create_org(
        name, parent=house.org(where), at=on, actor="system", code=name, level=level
    )
    for who in ("vvv_a", "vvv_b"):
        pk = house.person(who).pk
        people.begin(pk, made, owed.GUILD, "sworn", start=city.SINCE, at=on, actor=SYSTEM)
    return made


def test_founding_closing_moving_and_merging_change_what_is_owed_from_that_day(house):
    founded(house, "早建", "streets", at(3, 5))
    late = founded(house, "晚建", "streets", at(3, 25))
    no_cell = founded(house, "后为小组", "streets", at(1, 5), level="")
    orgs.change_org(no_cell.pk, at=at(3, 10), actor="system", level="vvv-cell")
    orgs.change_org(house.org("cell_b").pk, at=at(3, 28), actor="system", active=False)
    orgs.close_into(house.org("cell_c").pk, house.org("cell_a").pk, at=at(4, 5), actor="system")
    before = owed.lines(owed.SITTINGS, MONTHS, date(2026, 5, 20))
    assert owed.states(before["早建"]) == ["none", "none", "missed", "missed"]
    assert owed.states(before["晚建"]) == ["none", "none", "none", "missed"]
    assert owed.states(before["后为小组"]) == ["none", "none", "missed", "missed"]
    assert owed.states(before["第二小组"]) == ["missed", "missed", "missed", "none"]
    assert owed.states(before["第三小组"]) == ["missed", "missed", "missed", "none"]
    # Out of the programme's reach from that day on.
    orgs.move_org(late.pk, under=house.org("neighbour").pk, at=at(5, 3), actor="system")
    moved, _ = obligations.lines(
        obligations.find(owed.SITTINGS), owed.periods("2026-04", "2026-05"), "", date(2026, 6, 20)
    )
    assert {one.name: owed.states(one) for one in moved}["晚建"] == ["missed", "none"]
    # Where it lay, and where it lies, is told as the tree is now.
    streets = owed.lines(owed.SITTINGS, ["2026-04"], date(2026, 6, 20), house.org("streets").path)
    assert set(streets) == {"第一小组", "早建", "后为小组"}


def test_a_programme_that_is_ended_and_settings_of_a_place_count_from_their_day(house):
    one = obligations.find(owed.SITTINGS)
    programmes.override(
        one.programme,
        "how_often",
        3,
        org=house.org("streets"),
        start=date(2026, 3, 1),
        clause="局发〔2026〕3号",
        at=at(2, 20),
        actor=SYSTEM,
    )
    force = programmes.in_force("vvv_owed", house.org("city").path, date(2026, 3, 2))
    programmes.end_in_force(force.pk, on=date(2026, 4, 11), at=at(4, 1), actor=SYSTEM)
    found = owed.lines(owed.SITTINGS, [*MONTHS, "2026-05"], date(2026, 6, 1))
    assert [one.owed for one in found["第一小组"].cells] == [1, 1, 3, 1, 0]
    assert [one.owed for one in found["第三小组"].cells] == [1, 1, 1, 0, 0]


def test_one_sitting_counts_for_both_that_share_it_and_only_a_lesson_for_lessons(house):
    owed.held(house, "cell_a", at(2, 10), "lesson")
    owed.held(house, "cell_b", at(2, 10))
    months, quarter = (
        owed.lines(full, [text], date(2026, 4, 1))
        for full, text in ((owed.SITTINGS, "2026-02"), (owed.LESSONS, "2026-Q1"))
    )
    assert owed.states(months["第一小组"]) + owed.states(quarter["第一小组"]) == [
        "in_time",
        "in_time",
    ]
    assert owed.states(months["第二小组"]) + owed.states(quarter["第二小组"]) == [
        "in_time",
        "missed",
    ]
    (thing,) = obligations.things(
        obligations.find(owed.LESSONS), quarter["第一小组"], quarter["第一小组"].cells[0]
    )
    (same,) = obligations.things(
        obligations.find(owed.SITTINGS), months["第一小组"], months["第一小组"].cells[0]
    )
    assert (thing.stream, thing.seq, thing.day) == (same.stream, 2, date(2026, 2, 10))


def test_people_owe_each_for_themselves_and_who_is_exempt_does_not(house):
    owed.walked(house, "vvv_a", "cell_a", at(12, 31))
    (row,) = memberships.memberships_of(house.person("vvv_b").pk)
    people.exempt(row.pk, "ill", start=date(2026, 12, 1), at=at(11, 30), actor=SYSTEM)
    # The week lies in both years; it is one of 2026.
    found = owed.lines(owed.WALKS, ["2026-W53"], date(2027, 1, 20))
    assert owed.states(found["庚庚a"]) == ["in_time"]
    assert owed.states(found["辛辛a"]) == ["missed"]
    (cell,) = found["庚庚b"].cells
    assert (cell.state.value, cell.reason) == ("freed", obligations.AS_MEMBER)
    within, count = obligations.lines(
        obligations.find(owed.WALKS),
        owed.periods("2026-W53"),
        house.org("cell_a").path,
        date(2027, 1, 20),
        most=1,
    )
    assert ([one.name for one in within], count) == (["庚庚a"], 2)


def test_a_rule_frees_whoever_is_too_few(house):
    only = orgs.person_called("vvv_c")
    rows = memberships.memberships_of(only.pk)
    memberships.end_membership(rows[0].pk, end=date(2026, 2, 10), at=at(2, 10), actor="system")
    found = owed.lines(owed.SITTINGS, MONTHS[:3], date(2026, 4, 20))["第三小组"]
    assert owed.states(found) == ["missed", "freed", "freed"]
    assert found.cells[1].reason == "small"
    # In one query, however many periods are looked at, and of the place asked about alone.
    with CaptureQueriesContext(connection) as asked:
        obligations.lines_at(
            [(obligations.find(owed.SITTINGS), owed.periods(*MONTHS), [house.org("cell_c").pk])],
            date(2026, 4, 20),
        )
    (members,) = [one["sql"] for one in asked if 'FROM "orgs_membership"' in one["sql"]]
    assert house.org("cell_c").path in members


def waiving(house, **more):
    given = {"reason": "flooded", "start": date(2026, 2, 1), "end": date(2026, 2, 28)} | more
    return Waiving(obligations.find(owed.SITTINGS), house.org("cell_a"), **given)


def test_who_stands_above_frees_for_a_time_with_a_reason(house):
    above, keeper = house.actor("vvv_above"), house.actor("vvv_a")
    with pytest.raises(NotAllowedError):
        obligations.waive(waiving(house), actor=keeper, at=at(2, 2))
    with pytest.raises(InputError) as bad:
        obligations.waive(
            waiving(house, reason="lazy", end=date(2026, 1, 1)), actor=above, at=at(2, 2)
        )
    assert set(bad.value.fields) == {"reason", "end"}
    # Nor does whoever belongs to it, whatever they are above it.
    mine = replace(above, belongs=(house.org("cell_a").path,))
    with pytest.raises(NotAllowedError):
        obligations.waive(waiving(house), actor=mine, at=at(2, 2))
    row = obligations.waive(waiving(house, note="大水"), actor=above, at=at(2, 2), key="k1")
    assert obligations.waive(waiving(house, note="大水"), actor=above, at=at(2, 2), key="k1") == row
    with pytest.raises(RefusedError):
        obligations.waive(waiving(house), actor=above, at=at(2, 2))
    found = owed.lines(owed.SITTINGS, MONTHS[:3], date(2026, 4, 20))["第一小组"]
    assert owed.states(found) == ["missed", "freed", "missed"]
    assert found.cells[1].reason == "flooded"
    assert obligations.said_by(row) == "庚庚一"
    with pytest.raises(NotAllowedError):
        obligations.end_waiver(row.pk, on=date(2026, 2, 5), actor=keeper, at=at(2, 5))
    obligations.end_waiver(row.pk, on=date(2026, 2, 5), actor=above, at=at(2, 5))
    assert owed.states(owed.lines(owed.SITTINGS, ["2026-02"], date(2026, 4, 20))["第一小组"]) == [
        "missed"
    ]
    with pytest.raises(RefusedError):
        obligations.end_waiver(row.pk, on=date(2026, 2, 20), actor=above, at=at(2, 20))


def inbox(house, who):
    return [(one.text, one.values) for one in notify.inbox(house.person(who).pk)]


def test_who_lacks_something_is_reminded_once_in_working_hours(house):
    owed.held(house, "cell_a", at(3, 20))
    access.give(
        house.person("vvv_b").pk,
        "vvv_keeper",
        house.org("cell_c").pk,
        start=city.SINCE,
        at=city.BUILT,
        actor="system",
    )
    # Saturday; Monday too early in the morning; then at ten.
    assert obligations.remind(at(3, 28)) == 0
    assert obligations.remind(at(3, 29, 23)) == 0
    assert obligations.remind(at(3, 30)) > 0
    for again in (at(3, 30, 3), at(3, 31)):
        obligations.remind(again)
    months = {
        who: [v for text, v in inbox(house, who) if text == "notice.obligation_remind_unit"]
        for who in ("vvv_a", "vvv_b", "vvv_c")
    }
    assert months["vvv_a"] == []
    # Two cells, one notice.
    ((both,), (one,)) = months["vvv_b"], months["vvv_c"]
    assert (both["count"], both["names"], both["name"], both["period"], both["last"]) == (
        2,
        "第二小组、第三小组",
        "每月例会",
        "2026-03",
        "2026-03-31",
    )
    assert (one["count"], one["names"]) == (1, "第三小组")


def test_people_are_reminded_themselves(house):
    owed.walked(house, "vvv_a", "cell_a", at(3, 5))
    # A day before the end is a Saturday, which is quiet: the last working day before it is meant.
    obligations.remind(at(3, 5))
    assert inbox(house, "vvv_b") == []
    for day in (6, 7):
        obligations.remind(at(3, day))
    told = {who: [text for text, _ in inbox(house, who)] for who in ("vvv_a", "vvv_b")}
    assert told == {"vvv_a": [], "vvv_b": ["notice.obligation_remind_own"]}


def test_what_was_missed_is_told_above_when_no_grace_is_left_and_opens_a_matter_once(house):
    owed.held(house, "cell_a", at(3, 20))

    def told():
        return {
            v["period"]: v["count"] for text, v in inbox(house, "vvv_above") if "missed" in text
        }

    # January is told of to nobody any more; of March there is a day left. It is Friday: six walk yet.
    assert obligations.remind(at(4, 3)) == 4 + 6
    assert told() == {"2026-02": 3}
    obligations.remind(at(4, 7))
    assert told() == {"2026-02": 3, "2026-03": 2}
    slips = matters.Matter.objects.filter(kind="slip", subject="每季一课 2026-Q1")
    assert sorted(one.unit.code for one in slips) == ["cell_a", "cell_b", "cell_c"]
    obligations.remind(at(4, 8))
    assert slips.count() == 3


def test_killed_in_the_middle_nobody_is_told_twice_and_everybody_once(house, monkeypatch):
    real, count = reminding.matters.open_matter, []

    def killed(*given, **more):
        count.append(1)
        if len(count) == 2:
            raise KeyboardInterrupt
        return real(*given, **more)

    monkeypatch.setattr(reminding.matters, "open_matter", killed)
    with pytest.raises(KeyboardInterrupt):
        obligations.remind(at(4, 7))
    slips = matters.Matter.objects.filter(kind="slip", subject="每季一课 2026-Q1")
    assert slips.count() == 1
    obligations.remind(at(4, 7, 3))
    assert slips.count() == 3


def test_what_happened_before_it_was_counted_is_read_once(house):
    owed.held(house, "cell_a", at(3, 20), "lesson")
    owed.walked(house, "vvv_a", "cell_a", at(3, 21))
    written = {
        (row.matter_id, row.seq): Deed.objects.filter(pk=row.pk).values().get()
        for row in Deed.objects.all()
    }
    Deed.objects.all().delete()
    assert obligations.catch_up(at(4, 1)) == 3
    for row in Deed.objects.all():
        again = Deed.objects.filter(pk=row.pk).values().get()
        assert {**again, "id": 0} == {**written[row.matter_id, row.seq], "id": 0}
    assert [obligations.catch_up(at(4, 1, hour)) for hour in (2, 3, 4)] == [0, 3, 0]
    assert Deed.objects.count() == 3
    Deed.objects.update(day=date(2020, 1, 1))
    assert obligations.recount(at(4, 2)) == 3
    assert {row.day for row in Deed.objects.all()} == {date(2026, 3, 20), date(2026, 3, 21)}


def test_units_right_below_in_numbers(house):
    owed.held(house, "cell_a", at(2, 10))
    one = obligations.find(owed.SITTINGS)
    below = obligations.summed(
        one, owed.periods("2026-01", "2026-02"), house.org("city").path, date(2026, 4, 20)
    )
    assert {each.name: dict(each.states) for each in below} == {
        "城管局": {State.MISSED: 3, State.MET: 1},
        "教育局": {State.MISSED: 2},
    }


def test_people_are_counted_by_whom_a_matter_names(house):
    """Whoever opened it, or whom a field names, not who took the step; of organisations it says nothing."""
    beside = house.person("vvv_b").pk
    found = owed.walked(house, "vvv_a", "cell_a", at(3, 5), beside)
    matters.act(found.pk, "tell_of", actor=house.actor("vvv_above"), at=at(3, 9))
    way, thing = ways.WAYS["action"], f"matter:{found.pk}"

    def told(person, *, persons=True, who=None):
        said = {"kind": "walk", "actions": ["tell_of"], "person": person}
        looked = ways.Looked("vvv_owed", persons, who, date(2026, 3, 1), date(2026, 4, 1))
        (days,) = way.done([(way.args.model_validate(said), looked)])
        return [one[:3] for one in days]

    opener = house.person("vvv_a").pk
    assert told(None) == [(house.person("vvv_above").pk, date(2026, 3, 9), thing)]
    assert told("opener") == [(opener, date(2026, 3, 9), thing)]
    assert told("beside") == [(beside, date(2026, 3, 9), thing)]
    assert told("beside", who=frozenset({opener})) == []
    assert told("beside", persons=False) == [(house.org("cell_a").pk, date(2026, 3, 9), thing)]
    of = (
        way.args(kind="walk", actions=("open",), person=one) for one in (None, "opener", "beside")
    )
    assert len({way.marked(one, "vvv_owed") for one in of}) == 3


def test_an_app_brings_a_way_of_its_own(house):
    """The planted way counts letters of an organisation's name on days that it says."""

    class Told(Args):
        days: tuple[date, ...]

    def things(args, looked):
        for day in args.days:
            if looked.start <= day < looked.after:
                yield ways.Thing(house.org("cell_a").pk, day, "planted:1", day.toordinal())

    planted = ways.register(ways.Way("planted_days", "days that are written down", Told, things))
    one = obligations.find(owed.LESSONS)
    declared, before = obligations.OBLIGATIONS.of(one.programme), one.spec
    said = {"by": "planted_days", "args": {"days": ["2026-02-02"]}}
    use = before.met_by[0].model_copy(update=said)
    try:
        declared["lessons"] = before.model_copy(update={"met_by": (use,)})
        found = owed.lines(owed.LESSONS, ["2026-Q1", "2026-Q2"], date(2026, 7, 20))
        assert owed.states(found["第一小组"]) == ["in_time", "missed"]
        assert owed.states(found["第二小组"]) == ["missed", "missed"]
        assert planted.marked(Told(days=()), "x") == {'planted_days {"days":[]}'}
    finally:
        declared["lessons"] = before
        del ways.WAYS["planted_days"]


@pytest.fixture
def spec():
    """Lets a test say of an obligation what the folder does not."""
    kept = {}

    def change(full, **said):
        one = obligations.find(full)
        declared = obligations.OBLIGATIONS.of(one.programme)
        kept.setdefault(full, (declared, one.name, one.spec))
        declared[one.name] = one.spec.model_copy(update=said)

    yield change
    for declared, name, before in kept.values():
        declared[name] = before


def test_a_person_is_freed_only_where_they_owe_it_and_once_at_a_time(house):
    walks, mine = obligations.find(owed.WALKS), house.person("vvv_a2").pk
    keeper, other = house.actor("vvv_a"), house.actor("vvv_b")

    def free(who, code, person, start=date(2026, 3, 9), end=date(2026, 3, 15)):
        wanted = Waiving(walks, house.org(code), "flooded", start, end, person)
        return obligations.waive(wanted, actor=who, at=at(3, 12))

    for person, start, field in (
        (house.person("vvv_b2").pk, date(2026, 3, 9), "person"),  # of another cell
        (house.person("vvv_above").pk, date(2026, 3, 9), "person"),  # of no roster
        (10**9, date(2026, 3, 9), "person"),
        (mine, date(2019, 1, 1), "start"),
        (mine, date(2026, 3, 1), "start"),  # the week before the last
    ):
        with pytest.raises(InputError) as bad:
            free(keeper, "cell_a", person, start)
        assert field in bad.value.fields
    row = free(keeper, "cell_a", mine)
    guild = house.org("cell_b")
    people.begin(mine, guild, owed.GUILD, "sworn", start=city.SINCE, at=at(3, 1), actor=SYSTEM)
    with pytest.raises(RefusedError):
        free(other, "cell_b", mine)
    assert list(obligations.waivers("vvv_owed", "walks")) == [row]
    # The reason is for them and for who may free them; others read that they are free.
    (line,) = (owed.lines(owed.WALKS, ["2026-W11"], date(2026, 3, 12))[name] for name in ["辛辛a"])
    for who, reason in (("vvv_a", "flooded"), ("vvv_a2", "flooded"), ("vvv_above", "")):
        (cell,) = obligations.veiled(house.actor(who), walks, line).cells
        assert (cell.state, cell.reason) == (State.SPARED, reason), who


def test_ones_own_is_what_people_owe(house):
    sittings, walks = obligations.find(owed.SITTINGS), obligations.find(owed.WALKS)
    me, place = house.actor("vvv_a"), house.org("cell_b")
    assert not obligations.sees(me, sittings, place.path, me.person_id)
    assert obligations.sees(me, walks, place.path, me.person_id)
    for one, person in ((sittings, me.person_id), (walks, None)):
        with pytest.raises(LookupError):
            obligations.line_of(one, owed.periods("2026-03"), place, date(2026, 3, 20), person)


def test_the_line_of_a_person_reads_no_other_rows(house):
    walks, weeks = obligations.find(owed.WALKS), owed.periods("2026-W11")
    me = house.person("vvv_a").pk
    root = house.org("city")
    with CaptureQueriesContext(connection) as asked:
        line = obligations.line_of(walks, weeks, root, date(2026, 3, 12), me)
    assert (line.person_id, line.org_id) == (me, house.org("cell_a").pk)
    members = [one["sql"] for one in asked if 'FROM "orgs_membership"' in one["sql"]]
    assert members
    assert all('"person_id" = ' in sql for sql in members)


def test_who_has_a_role_or_a_post_owes_too_and_is_read_once(house):
    walks, weeks = obligations.find(owed.WALKS), owed.periods("2026-W11", "2026-W12")
    rosters = people.ROSTERS.of(walks.programme)
    before = rosters["sworn"]
    (grant,) = access.grants_of(house.person("vvv_b").pk, date(2026, 3, 1))
    access.end(grant.pk, on=date(2026, 3, 16), at=at(3, 16), actor="system")
    try:
        for said, table, second in (
            ({"roles": ("vvv_keeper",)}, "access_grant", ["missed", "none"]),
            ({"staff": True}, "orgs_post", ["missed", "missed"]),
        ):
            rosters["sworn"] = before.model_copy(update={"members": None, **said})
            with CaptureQueriesContext(connection) as asked:
                found, _ = obligations.lines(
                    walks, weeks, house.org("streets").path, date(2026, 4, 1)
                )
            told = {line.name: owed.states(line) for line in found}
            assert (told["庚庚a"], told["庚庚b"]) == (["missed", "missed"], second)
            assert "辛辛a" not in told
            assert len([one for one in asked if f'FROM "{table}"' in one["sql"]]) == 1
    finally:
        rosters["sworn"] = before


def test_a_matter_counts_once_for_a_period_and_not_beside_the_one_it_joined(house, spec):
    found = owed.walked(house, "vvv_a", "cell_a", at(3, 12))
    house.act(found, "tell_of", "vvv_a", at=at(3, 13))
    other = owed.walked(house, "vvv_a", "cell_a", at(3, 14))
    use = obligations.find(owed.WALKS).spec.met_by[0]
    more = use.model_copy(update={"args": {"kind": "walk", "actions": ["tell_of"]}})
    spec(owed.WALKS, met_by=(use, more), times=3)

    def told():
        line = owed.lines(owed.WALKS, ["2026-W11"], date(2026, 3, 30))["庚庚a"]
        there = obligations.things(obligations.find(owed.WALKS), line, line.cells[0])
        return line.cells[0].done, [(one.stream, one.day.day) for one in there]

    assert told() == (2, [(found.stream, 12), (other.stream, 14)])
    matters.Matter.objects.filter(pk=other.pk).update(merged_into=found)
    assert told() == (1, [(found.stream, 12)])


def released(tmp_path, tag, **changed):
    """A newer release: `changed` are texts of obligations.toml, and what stands instead."""
    copy = tmp_path / tag / "vvv_owed"
    shutil.copytree(owed.FOLDER, copy)
    for file, old, new in (("programme.toml", "0.1.0", tag), *changed.get("said", ())):
        text = (copy / file).read_text(encoding="utf-8")
        assert old in text
        (copy / file).write_text(text.replace(old, new), encoding="utf-8")
    return programmes.install(copy, at=at(1, 2), actor="system")


def test_a_release_that_is_in_force_nowhere_says_nothing_and_what_retires_keeps_its_history(
    house, tmp_path
):
    walks = (owed.FOLDER / "obligations.toml").read_text(encoding="utf-8").partition("[walks]")[2]
    said = [
        ("obligations.toml", "grace = 3", "grace = 9"),
        ("obligations.toml", f"[walks]{walks}", ""),
    ]
    for locale in ("zh-Hans", "en"):
        text = (owed.FOLDER / "strings" / f"{locale}.toml").read_text(encoding="utf-8")
        said += [(f"strings/{locale}.toml", one, "") for one in _of_walks(text)]
    newer = released(tmp_path, "0.2.0", said=said)
    assert obligations.find(owed.SITTINGS).spec.grace == 3
    programmes.put_in_force(
        newer.pk, house.org("city"), start=date(2026, 6, 1), at=at(5, 1), actor=SYSTEM
    )
    assert obligations.find(owed.SITTINGS).spec.grace == 9
    found = owed.lines(owed.WALKS, ["2026-W11", "2026-W12"], date(2026, 7, 1))
    assert owed.states(found["庚庚a"]) == ["missed", "missed"]
    later = owed.lines(owed.WALKS, ["2026-W24"], date(2026, 7, 1))
    assert later == {}
    # Newer still and over already: what holds rules, not what came last.
    over = released(tmp_path, "0.3.0", said=[("obligations.toml", "grace = 3", "grace = 1")])
    place = house.org("neighbour")
    force = programmes.put_in_force(
        over.pk, place, start=date(2026, 2, 1), at=at(1, 20), actor=SYSTEM
    )
    assert obligations.find(owed.SITTINGS).spec.grace == 1
    programmes.end_in_force(force.pk, on=date(2026, 3, 1), at=at(2, 20), actor=SYSTEM)
    assert obligations.find(owed.SITTINGS).spec.grace == 9


def _of_walks(text):
    """What only walks, the obligation, needs."""
    exempted = "[exempted.walks]" + text.partition("[exempted.walks]")[2].partition("\n[")[0]
    lines = [each for each in text.splitlines(keepends=True) if each.startswith("walks =")]
    return [exempted, *lines]


def test_what_is_not_understood_any_more_stops_no_step(house, spec):
    use = obligations.find(owed.WALKS).spec.met_by[0]
    spec(owed.WALKS, met_by=(use.model_copy(update={"args": {"sort": "walk"}}),))
    owed.held(house, "cell_a", at(3, 10))
    owed.walked(house, "vvv_a", "cell_a", at(3, 10))
    assert {row.kind for row in Deed.objects.all()} == {"sitting"}


def test_long_grace_is_told_of_when_it_is_over_and_what_cannot_open_now_opens_later(
    house, spec, monkeypatch
):
    spec(owed.LESSONS, grace=60)
    slips = matters.Matter.objects.filter(kind="slip", subject="每季一课 2026-Q1")
    obligations.remind(at(5, 29))
    assert slips.count() == 0
    real = reminding.matters.open_matter

    def busy(opening, **more):
        if opening.home.code != "cell_b":
            raise GoneError("matters.changed")
        return real(opening, **more)

    orgs.change_org(house.org("cell_c").pk, at=at(5, 30), actor="system", active=False)
    with monkeypatch.context() as patched:
        patched.setattr(reminding.matters, "open_matter", busy)
        for hour in (2, 3):
            obligations.remind(at(6, 1, hour))
    assert [one.unit.code for one in slips] == ["cell_b"]
    obligations.remind(at(6, 2))
    assert {one.unit.code for one in slips.all()} == {"cell_a", "cell_b"}
    noted = ToldOf.objects.filter(obligation="lessons", period="2026-Q1")
    assert {row.what for row in noted} >= {"missed", f"org:{house.org('cell_c').pk}"}

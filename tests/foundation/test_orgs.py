"""The tree, its people, its calendars."""

from datetime import date

import pytest

from bihuan.foundation.audit import api as audit
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Entry, Org, OrgError


def test_a_name_is_needed(house):
    with pytest.raises(OrgError, match="name_missing"):
        orgs.create_org("  ", parent=None, at=house.at, actor="system")


def test_a_tree_loads_at_once(house):
    city = house.org("city")
    entries = [
        Entry("a", "甲区"),
        Entry("a1", "甲区一所", "a"),
        Entry("a2", "甲区二所", "a"),
        Entry("b", "乙区"),
    ]
    assert orgs.load_tree(entries, at=house.at, actor="system", under=city) == 4
    assert Org.objects.find_problems() == ([], [], [], [], [])
    later = orgs.create_org("丙区", parent=house.org("a"), at=house.at, actor="system")
    assert later.path > house.org("a2").path
    assert list(audit.everything()) == []


def test_a_tree_loads_beside_a_gap_that_a_move_left(house):
    orgs.move_org(
        house.org("center").pk, under=house.org("schools").pk, at=house.at, actor="system"
    )
    assert (
        orgs.load_tree([Entry("x", "新局")], at=house.at, actor="system", under=house.org("city"))
        == 1
    )
    assert orgs.load_tree([Entry("y", "第三市")], at=house.at, actor="system") == 1
    assert Org.objects.find_problems() == ([], [], [], [], [])


@pytest.mark.parametrize(
    ("entries", "key"),
    [
        ([Entry("a", "甲"), Entry("a", "乙")], "code_twice"),
        ([Entry("b", "乙", "a")], "parent_unknown"),
    ],
)
def test_a_tree_that_cannot_be(house, entries, key):
    before = Org.objects.count()
    with pytest.raises(OrgError, match=key):
        orgs.load_tree(entries, at=house.at, actor="system")
    assert Org.objects.count() == before


def test_moving_moves_the_subtree(house):
    moved = orgs.move_org(
        house.org("vehicles").pk, under=house.org("schools").pk, at=house.at, actor="system"
    )
    assert [old for old, _ in moved] == sorted(old for old, _ in moved)
    assert house.org("vehicles_one").path.startswith(house.org("schools").path)
    assert Org.objects.find_problems() == ([], [], [], [], [])
    assert list(audit.everything()) == []


def test_finding(house):
    assert [o.code for o in orgs.find_orgs("车辆")] == ["vehicles"]
    assert [o.code for o in orgs.find_orgs("受理", within=house.org("city").path)] == ["center"]
    assert [o.code for o in orgs.find_orgs("VEHICLES")] == ["vehicles"]
    assert list(orgs.find_orgs("%")) == []
    assert [p.username for p in orgs.find_people("林")] == ["handler"]


def test_people_of_a_subtree_on_a_day(house):
    path = house.org("vehicles").path
    on = house.day
    assert {p.username for p in orgs.people_of(path, on)} == {"handler", "handler2"}
    assert not orgs.people_of(path, date(2024, 1, 1)).exists()
    post = house.person("handler").posts.get()
    orgs.end_post(post.pk, end=on, at=house.at, actor="system")
    assert {p.username for p in orgs.people_of(path, date(2026, 3, 3))} == {"handler2"}
    with pytest.raises(OrgError, match="ends_before_start"):
        orgs.end_post(post.pk, end=date(2020, 1, 1), at=house.at, actor="system")


@pytest.mark.parametrize(
    ("username", "name", "password", "key"),
    [("desk", "重名", None, "username_taken"), ("", "无名", None, "incomplete"), ("x", " ", None, "incomplete"),
     ("x", "新人", "short", "password_short"), ("x", "新人", "1q2w3e4r5t", "password_common"),
     ("x", "新人", "password1234", "password_guessable")],
)  # fmt: skip
def test_accounts_that_cannot_be(house, username, name, password, key):
    with pytest.raises(OrgError, match=key):
        orgs.create_person(username, name, at=house.at, actor="system", password=password)


def test_passwords_stay_out_of_the_log(house):
    who = house.person("desk")
    orgs.set_password(who.pk, "another-Long-word-9", at=house.at, actor="system")
    assert house.person("desk").check_password("another-Long-word-9")
    assert "another-Long" not in repr(list(audit.Event.objects.values()))
    assert house.person("desk").password not in repr(list(audit.Event.objects.values()))
    assert list(audit.everything()) == []


YEAR = {"year": 2027, "status": "announced", "source": "通知", "off": [], "work": []}


@pytest.mark.parametrize(
    ("change", "key"),
    [({"status": "sure"}, "bad_status"), ({"off": [["2027-02-30", "x"]]}, "bad_date"), ({"off": [["2026-01-01", "x"]]}, "wrong_year"),
     ({"off": [["2027-01-01", "x"]], "work": [["2027-01-01", "y"]]}, "twice")],
)  # fmt: skip
def test_years_that_cannot_be(house, change, key):
    with pytest.raises(orgs.calendars.CalendarError, match=key):
        orgs.calendars.set_year(
            orgs.calendars.default(), {**YEAR, **change}, at=house.at, actor="system"
        )


def test_a_year_set_anew_is_seen_at_once(house):
    calendar = orgs.calendars.default()
    assert orgs.calendars.load(calendar.pk).is_working(date(2027, 1, 1))
    orgs.calendars.set_year(
        calendar, {**YEAR, "off": [["2027-01-01", "元旦"]]}, at=house.at, actor="system"
    )
    assert not orgs.calendars.load(calendar.pk).is_working(date(2027, 1, 1))
    orgs.calendars.set_year(calendar, YEAR, at=house.at, actor="system")
    assert orgs.calendars.load(calendar.pk).is_working(date(2027, 1, 1))


def test_installing_twice_is_once(house):
    before = audit.Event.objects.count()
    orgs.calendars.install(at=house.at, actor="system")
    assert audit.Event.objects.count() == before

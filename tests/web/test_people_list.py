"""The list of people: where they work, what they hold, whether their account works, what changed last."""

import re

import pytest

from bihuan.foundation.access import api as access
from bihuan.foundation.access import governing, holders
from bihuan.foundation.orgs import api as orgs

pytestmark = pytest.mark.django_db


def _names(client, **asked):
    page = client.get("/studio/people", asked).content.decode()
    return set(re.findall(r'/studio/people/\d+">([^<]+)</a>', page)), page


def _row(page, name):
    return next(one for one in page.split("<tr data-row>") if f">{name}</a>" in one)


def test_a_row_says_post_role_account_and_last_change_in_words(house):
    admin, pk = house.actor("admin"), house.person("handler").pk
    governing.reset_password(pk, "Kiefern-am-Ufer-9", at=house.at, actor=admin)
    _, page = _names(house.client("admin"))
    row = _row(page, house.person("handler").name)
    assert house.org("vehicles").name in row
    assert "承办" in row
    assert "待本人改密码" in row
    assert house.person("admin").name in row, "who did it"


def test_the_list_narrows_by_organisation_role_and_account(house):
    client = house.client("admin")
    handler, desk = house.person("handler").name, house.person("desk").name
    everybody, _ = _names(client)
    assert {handler, desk} <= everybody
    there, page = _names(client, org=house.org("center").pk)
    assert desk in there
    assert handler not in there
    assert "显示全部" in page
    found, _ = _names(client, role="public_voice:handler")
    assert handler in found
    assert desk not in found
    governing.change_person(
        house.person("desk").pk, at=house.at, actor=house.actor("admin"), is_active=False
    )
    closed, page = _names(client, standing="locked")
    assert closed == {desk}
    assert "已停用" in _row(page, desk)


def test_what_matches_nobody_says_so_and_what_is_unclear_is_told(house):
    client = house.client("admin")
    found, page = _names(client, q="没有这个人")
    assert found == set()
    assert "没有符合条件的人员" in page
    found, page = _names(client, **{"org-text": "不存在的机构"})
    assert found
    assert "不存在的机构" in page


def test_an_administrator_of_a_part_sees_nobody_elses_posts_and_nobody_gone_for_good(house):
    here, outside = house.org("vehicles"), house.org("center")
    person = orgs.create_person("zonenadmin", "区管", at=house.at, actor="system")
    access.give(person.pk, "admin", here.pk, start=house.day, at=house.at, actor="system")
    both = house.person("handler").pk
    orgs.give_post(both, outside.pk, start=house.day, at=house.at, actor="system")
    part = access.actor(person, house.day)
    rows = holders.entries(part, holders.Wanted(), house.at, limit=50)
    mine = next(one for one in rows if one.person.pk == both)
    assert {post.org_id for post in mine.posts} == {here.pk}
    assert all(orgs.tree.covers(here.path, p.org.path) for one in rows for p in one.posts)
    assert house.person("desk").pk not in {one.person.pk for one in rows}


def test_each_state_of_an_account_has_its_name(house):
    person = orgs.create_person("niemand", "无密", at=house.at, actor="system")
    assert holders.standing_of(person) == holders.NONE
    assert holders.standing_of(house.person("admin")) == holders.ACTIVE
    absent = orgs.add_person("无账", at=house.at, actor="system")
    assert holders.standing_of(absent) == holders.ABSENT

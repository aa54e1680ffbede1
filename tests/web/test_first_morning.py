"""The first morning of whoever administers a part: what is theirs to do, what is set above, whom to ask."""

import pytest
from django.test import Client
from django.utils import timezone

from bihuan.foundation.access import api as access
from bihuan.foundation.identity import api as identity
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.upkeep import api as upkeep
from tests.house import PASSWORD

pytestmark = pytest.mark.django_db


def _admin_of(house, org, username="part_admin"):
    made = orgs.create_person(
        username, "区管员", at=house.at, actor="system", password=PASSWORD, published=True
    )
    since = timezone.localdate()
    orgs.give_post(made.pk, org.pk, start=since, at=house.at, actor="system")
    access.give(made.pk, "admin", org.pk, start=since, at=house.at, actor="system")
    client = Client()
    client.force_login(orgs.person(made.pk))
    return made, client


def test_an_administrator_of_a_part_sees_their_own_list_and_who_sets_the_rest(house):
    _, client = _admin_of(house, house.org("schools"))
    assert client.get("/desk/home").headers["Location"] == "/studio/"
    page = client.get("/studio/").content.decode()
    assert 'href="/studio/"' in client.get("/studio/orgs").content.decode(), "in the menu"
    keeper = house.person("keeper").name
    assert f"由同时管理平安市、邻市的管理员设置：{keeper}。" in page
    todo = [one for one in page.split("<li") if "去完成" in one]
    assert len(todo) == 1
    assert 'href="/studio/people"' in todo[0]
    assert "现有机构 1 个" in page, "an office alone needs none below it"


def test_what_is_left_above_is_told_and_holds_nobody_up_who_cannot_do_it(house):
    made, client = _admin_of(house, house.org("vehicles"))
    who = access.actor(orgs.person(made.pk), timezone.localdate())
    left = {t.name for t in upkeep.first_steps(who, timezone.localdate()) if not t.done}
    assert "site" in left
    assert not upkeep.is_beginning(who, timezone.localdate(), own=True)
    assert client.get("/desk/home").headers["Location"] == "/desk/today", "nothing for them to do"
    page = client.get("/studio/").content.decode()
    assert "去完成" not in page
    assert page.count("由上级设置") == len(left)


def test_site_and_calendar_are_read_without_dead_forms_and_say_who_sets_them(house):
    given = {"name": "平安市", "hotline": "12345"}
    identity.put(given, at=house.at, actor=house.actor("keeper"))
    client, keeper = house.client("admin"), house.person("keeper").name
    for page in ("/studio/site", "/studio/calendar"):
        told = client.get(page).content.decode()
        main = told[told.index("<main") : told.index("</main>")]
        assert keeper in main
        assert "<input" not in main
        assert "disabled" not in main
    assert "12345" in client.get("/studio/site").content.decode()
    assert 'name="special"' in house.client("keeper").get("/studio/calendar").content.decode()


def test_what_is_set_above_names_the_organisation_and_the_person(house):
    _, client = _admin_of(house, house.org("schools"))
    page = client.get("/studio/switches").content.decode()
    admin = house.person("admin").name
    assert "由平安市的管理员设置：" in page
    assert admin in page
    assert "由平安市的管理员设置：" in client.get("/studio/programmes").content.decode()

"""The places of the desk, today, and the box over everything."""

import re

import company as company_of_issues
import pytest

from bihuan.foundation.access.models import Account
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import vault
from bihuan.foundation.audit.vault import Person
from bihuan.web import navigation

pytestmark = pytest.mark.django_db


def test_there_are_six_places_and_the_office():
    assert len(navigation.PLACES) == 6
    addresses = [r.address for p in (*navigation.PLACES, navigation.STUDIO) for r in p.rooms]
    assert len(addresses) == len(set(addresses))


@pytest.mark.parametrize(
    ("role", "home"),
    [
        ("desk", "/desk/"),
        ("leader", "/desk/cockpit"),
        ("handler", "/desk/today"),
        ("stranger", "/m/"),
    ],
)
def test_the_day_begins_where_ones_work_is(house, role, home):
    assert house.client(role).get("/desk/home")["Location"] == home


def test_a_menu_has_only_what_is_open_to_one(house):
    desk = house.client("desk").get("/desk/").content.decode()
    handler = house.client("handler").get("/desk/").content.decode()
    assert 'href="/desk/register"' in desk
    assert 'href="/desk/register"' not in handler
    assert 'href="/studio/"' not in desk
    assert 'href="/studio/"' in house.client("admin").get("/desk/today").content.decode()


MENU = re.compile(r'<nav class="rail noprint".*?</nav>', re.DOTALL)


def doors(client):
    page = client.get("/desk/today").content.decode()
    (menu,) = MENU.findall(page)
    return re.findall(r'<a [^>]*href="(/[^"]+)"', menu)


def test_no_door_of_a_menu_is_shut(house):
    """Whatever is in force: of the house's own cast, and of a company's, whose roles receive issues and
    have neither a window nor callers."""
    casts = {
        who: house.client(who)
        for who in ("desk", "handler", "leader", "admin", "publisher", "stranger")
    }
    company = company_of_issues.build()
    casts |= {who: company.client(who) for who in ("finder", "one_owner", "organizer")}
    for who, client in casts.items():
        found = doors(client)
        # Whoever has no role has the member's places around every page.
        assert ("/m/" if who == "stranger" else "/desk/today") in found
        for door in found:
            # Without facts there are no figures yet, and the cockpit says so.
            shown = client.get(door, follow=True).status_code
            assert shown == 200 or (door, shown) == ("/desk/cockpit", 400), (who, door)


def test_today_lists_what_is_in_ones_hands_by_when_it_is_due(house):
    opened = house.handling()
    text = house.client("handler").get("/desk/today").content.decode()
    assert f'href="/desk/matters/{opened.matter.pk}"' in text
    assert (
        f'href="/desk/matters/{opened.matter.pk}"'
        not in house.client("stranger").get("/desk/today").content.decode()
    )


def test_today_lists_what_waits_for_who_opened_it_and_nobody_else(house):
    del house
    company = company_of_issues.build()
    issue = company.open()
    company.act(issue, "classify", "one_owner", gravity="major", cause="……")
    solver = company.person("one_owner")
    company.act(issue, "plan_it", "one_owner", scheme="……", person=solver)
    page = company.client("finder").get("/desk/today").content.decode()
    assert "等您确认" not in page
    company.act(issue, "solve", "one_owner", result="合成一张表。")
    page = company.client("finder").get("/desk/today").content.decode()
    assert "等您确认" in page
    assert f'href="/desk/matters/{issue.pk}"' in page
    assert "等您确认" not in company.client("organizer").get("/desk/today").content.decode()
    company.act(issue, "confirm_end", "finder", contentment="content")
    assert "等您确认" not in company.client("finder").get("/desk/today").content.decode()


def test_a_number_opens_its_matter_for_who_may_see_it(house):
    matter = house.open().matter
    there = house.client("desk").get("/desk/find", {"q": matter.number.lower()})
    assert there["Location"] == f"/desk/matters/{matter.pk}"
    assert house.client("stranger").get("/desk/find", {"q": matter.number}).status_code == 200


def test_a_number_may_be_typed_short(house):
    matter = house.open().matter
    desk, where = house.client("desk"), f"/desk/matters/{matter.pk}"
    for short in (f"{matter.pk}", f"{matter.pk:06d}", f"{matter.prefix.lower()}{matter.pk}"):
        assert desk.get("/desk/find", {"q": short})["Location"] == where, short
        typing = desk.get("/desk/find", {"q": short}, headers={"HX-Request": "true"})
        assert f'href="{where}"' in typing.content.decode(), short
        assert house.client("stranger").get("/desk/find", {"q": short}).status_code == 200
    for other in (f"ZZ{matter.pk}", f"{matter.pk}1", "0", "9" * 30):
        assert desk.get("/desk/find", {"q": other}).status_code == 200, other


def test_who_called_is_looked_for_on_purpose_and_that_is_said(house):
    """While a number is typed nobody is looked up; "nothing found" would be read as a first call."""
    house.open(contact=Person("乔映雪", "13912345678"))
    desk, asked = house.client("desk"), {"q": "13912345678"}
    typing = desk.get("/desk/find", asked, headers={"HX-Request": "true"}).content.decode()
    assert "按回车按来电号码查找" in typing
    assert "没有找到" not in typing
    entered = desk.get("/desk/find", asked).content.decode()
    assert "按回车按来电号码查找" not in entered
    assert "/desk/matters/" in entered


def test_everything_one_may_see_is_found_from_one_box(house):
    matter = house.handling().matter
    client = house.client("desk")
    word = matter.subject[:4]
    for more in ({}, {"headers": {"HX-Request": "true"}}):
        text = client.get("/desk/find", {"q": word}, **more).content.decode()
        assert f'href="/desk/matters/{matter.pk}"' in text
    text = client.get("/desk/find", {"q": "djld"}).content.decode()
    assert 'href="/desk/register"' in text, "登记来电来信 by its letters"
    assert (
        matter.subject
        not in house.client("stranger").get("/desk/find", {"q": word}).content.decode()
    )


def test_people_say_organisations_short(house):
    unit = house.org("vehicles")
    for said in ("车管", "clgl", "cheliangguan"):
        assert unit.name in house.client("desk").get("/desk/find", {"q": said}).content.decode(), (
            said
        )


def test_a_callers_number_is_found_by_who_receives_and_that_is_logged(house):
    opened = house.open(contact=vault.Person("", "13900001234", ""))
    desk, handler = house.client("desk"), house.client("handler")
    text = desk.get("/desk/find", {"q": "139 0000 1234"}).content.decode()
    assert opened.matter.number in text
    assert (
        opened.matter.number not in handler.get("/desk/find", {"q": "13900001234"}).content.decode()
    )
    row = Account.objects.get(number=house.person("desk").pk)
    said = [e for e in audit.history(row.stream) if e.type == "caller.sought"]
    assert len(said) == 1
    assert "13900001234" not in str(audit.read(said[0]))


def test_a_list_narrowed_to_an_organisation_says_so_and_stays_so(house):
    here, elsewhere = house.handling().matter, house.open().matter
    unit = house.org("vehicles")
    text = house.client("desk").get("/desk/", {"tab": "all", "unit": unit.pk}).content.decode()
    assert f'/desk/matters/{here.pk}"' in text
    assert f'/desk/matters/{elsewhere.pk}"' not in text
    assert f'name="unit" value="{unit.pk}"' in text
    assert house.client("desk").get("/desk/", {"unit": "x"}).status_code == 200

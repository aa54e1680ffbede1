"""What a member meets on 今日 and on a matter: what they may open, news once for each matter."""

import pytest
from django.test import Client
from house import House

from bihuan.foundation.notify import api as notify
from bihuan.web import words
from bihuan.web.desk.inbox import lines, newest
from bihuan.web.desk.openings import doors_of

pytestmark = pytest.mark.django_db


def page(house: House, key: str, address: str, language: str = "en") -> str:
    browser = Client()
    browser.force_login(house.person(key))
    answer = browser.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_today_leads_to_what_one_may_open_where_that_is_little(house):
    for key in ("handler", "leader", "desk"):
        doors = doors_of(house.actor(key))
        found = page(house, key, "/desk/today").partition("<h1>")[2]
        shown = [door.url for door in doors if f'href="{door.url}"' in found]
        assert shown == ([door.url for door in doors] if len(doors) <= 4 else []), key


def test_todays_news_tells_each_matter_once(house):
    opened = house.dispatched(person=True)
    person = house.person("handler").pk
    for text in ("notice.received", "notice.assigned"):
        notify.tell([person], text, key=text, at=house.at, ref=opened.matter.stream)
    told = lines(house.actor("handler"), notify.inbox(person))
    (line,) = newest(told)
    assert line.notice.pk == told[0].notice.pk
    assert line.earlier == len(told) - 1 > 0
    assert f"{line.earlier} earlier" in page(house, "handler", "/desk/today")


def test_nothing_leads_to_steps_where_there_is_none(house):
    opened = house.dispatched(person=True)
    address = f"/desk/matters/{opened.matter.pk}"
    led = set()
    for key in ("desk", "handler", "leader", "supervisor", "publisher"):
        found = page(house, key, address)
        leads = 'href="#actions"' in found
        assert leads != (words.house().text("desk.no_actions", "en") in found), key
        led.add(leads)
    assert led == {True, False}


def test_the_catalogue_leads_to_work_only_where_one_has_some(house):
    found = page(house, "stranger", "/desk/programmes")
    assert "tab=active&amp;programme=" not in found
    assert "tab=active&amp;programme=public_voice" in page(house, "desk", "/desk/programmes")

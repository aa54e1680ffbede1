"""The front page's doors: one for each thing to send while they are few, most taken first."""

import re

import aliens
import pytest

from bihuan.web.portal import pages

pytestmark = pytest.mark.django_db


def doors(client):
    page = client.get("/").content.decode()
    return re.findall(r'class="btn btn-primary btn-lg" href="(/ask[^"]*)"', page)


def test_one_thing_to_send_has_the_house_s_own_words(house):
    assert doors(house.client()) == ["/ask"]


def test_a_few_have_a_door_each(house, monkeypatch):
    aliens.land()
    monkeypatch.setattr(pages, "DOORS", 9)
    found = doors(house.client())
    assert len(found) > 2
    for one in found:
        page = house.client().get(one).content.decode()
        assert 'data-draft="ask"' in page, "no page between"


def test_many_are_asked_for_on_a_page_of_their_own(house):
    aliens.land()
    assert doors(house.client()) == ["/ask"]

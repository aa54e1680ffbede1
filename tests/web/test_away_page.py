"""Saying that one is away, on the desk's page and by the interface."""

from datetime import timedelta

import pytest
from house import House

from bihuan.kernel.absences import api as absences
from bihuan.kernel.matters.api import Matter
from bihuan.lib.clock import now

pytestmark = pytest.mark.django_db
URL = "/desk/away"


@pytest.fixture
def today(house):
    return House(at=now())


def days(house, n=3):
    first = house.day
    return {"start": f"{first}", "end": f"{first + timedelta(days=n)}"}


def test_said_seen_and_ended_on_the_desk(today):
    letter = today.handling()
    handler = today.client("handler")
    given = {"do": "say", "stand_in-text": "何砚秋", **days(today)}
    bad = handler.post(URL, {**given, "stand_in-text": "许知远山"})
    assert bad.status_code == 422
    page = bad.content.decode()
    assert "没有这些权限" in page
    assert "许知远山" in page, "what was typed stays"
    assert handler.post(URL, given).status_code == 302
    stood = f"/desk/matters/{letter.matter.pk}"
    page = today.client("handler2").get(stood).content.decode()
    assert "（代林望舒）" in page
    assert "因离岗交由代办人办理" in page
    assert "由何砚秋代办" in today.client("handler2").get("/desk/").content.decode()
    assert "由何砚秋代办" in handler.get("/desk/").content.decode()
    assert "林望舒" in today.client("leader").get(URL).content.decode()
    assert "林望舒自" not in today.client("other_handler").get(URL).content.decode()
    row = absences.absence_of(today.person("handler").pk)
    for who, status in (("other_handler", 422), ("handler", 302)):
        answer = today.client(who).post(URL, {"do": "back", "absence": row.pk})
        assert answer.status_code == status
    assert Matter.objects.get(pk=letter.matter.pk).assignee == today.person("handler")


def test_a_leader_says_it_for_somebody(today):
    letter = today.handling()
    given = {"do": "say", "person-text": "林望舒", "stand_in-text": "何砚秋", **days(today)}
    assert today.client("other_handler").post(URL, given).status_code == 422
    assert today.client("leader").post(URL, given).status_code == 302
    assert Matter.objects.get(pk=letter.matter.pk).assignee == today.person("handler2")


def test_one_chooses_among_the_people_of_ones_own_city(today):
    found = today.client("handler").get(f"{URL}/choose?q=").content.decode()
    assert "何砚秋" in found
    assert "温邻川" not in found

"""The pages of people and organisations: who may open them, what stands there, never how to reach anybody."""

from datetime import date

import aliens
import pytest

from bihuan.foundation.access import api as access
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Opening

pytestmark = pytest.mark.django_db
EVERYBODY = ("handler", "handler2", "ppp_office", "ppp_head", "ppp_hand", "desk", "leader", "outsider", "stranger")  # fmt: skip


@pytest.fixture
def landed(house):
    del house
    found = aliens.land()
    person = found.person("handler")
    orgs.change_person(person.pk, at=found.at, actor="system", email="reach.me@example.org")
    return found


def about(house, kind, field, pk, *, by="ppp_office", home="center"):
    opening = Opening("ppp_reviews", kind, house.org(home), "内容。", "某件事", fields={field: pk})
    return matters.open_matter(opening, actor=house.actor(by), at=house.at).matter


def told(house, who, path):
    token = access.issue_token(
        house.person(who).pk,
        "t",
        ["matters:read"],
        expires=date(2035, 1, 1),
        at=house.at,
        actor="system",
    )
    return house.client().get(f"/api/v1{path}", headers={"authorization": f"Bearer {token}"})


def test_a_person_is_known_to_themselves_to_who_is_over_them_and_to_who_sees_something(landed):
    house = landed
    person = house.person("handler")
    address = f"/desk/people/{person.pk}"
    # A colleague with a role there, the one above; not whoever works elsewhere.
    over = {"handler", "handler2", "leader", "ppp_head"}
    assert {w for w in EVERYBODY if house.client(w).get(address).status_code == 200} == over
    review = about(house, "review", "whose", person.pk)
    tip = about(house, "tip", "of_whom", person.pk)
    for who in EVERYBODY:
        page = house.client(who).get(address)
        answer = told(house, who, f"/people/{person.pk}")
        assert page.status_code == answer.status_code
        if who not in {*over, "ppp_office"}:
            assert page.status_code == 404, who
            absent = house.client(who).get("/desk/people/999999")
            assert absent.status_code == 404
            continue
        assert page.headers["Cache-Control"] == "no-store"
        text = page.content.decode()
        for contact in ("reach.me@example.org", person.username):
            assert contact not in text
            assert contact not in answer.content.decode()
        listed = [one["number"] for one in answer.json()["parts"].get("about", {}).get("matters", ())]  # fmt: skip
        assert all(number in text for number in listed)
        # Nobody reads of a tip about themselves; to the leader of something else there is nothing.
        seen = {"handler": [review], "handler2": [], "leader": []}.get(who, [tip, review])
        assert listed == [one.number for one in seen], who
        assert ("某件事" in text) == bool(seen)
        assert answer.json()["places"][0]["org"]["name"] in text


def test_ones_own_page_is_in_the_menu_and_says_what_will_stand_there(landed):
    house = landed
    client = house.client("stranger")
    assert 'href="/m/mine"' in client.get("/desk/today").content.decode()
    assert 'href="/desk/people/me"' in house.client("handler").get("/desk/today").content.decode()
    page = client.get("/desk/people/me")
    text = page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    for words in (house.person("stranger").name, "目前没有任职单位", "这里会列出与您有关"):
        assert words in text
    assert house.client().get("/desk/people/me").status_code == 302


def test_an_organisation_is_known_by_its_people_and_those_over_it(landed):
    house = landed
    org = house.org("streets")
    address = f"/desk/orgs/{org.pk}"
    known = {w for w in EVERYBODY if house.client(w).get(address).status_code == 200}
    assert known == {"leader", "ppp_head", "ppp_hand"}
    check = about(house, "check_up", "where", org.pk, by="ppp_head", home="city")
    for who, seen in (("ppp_hand", True), ("ppp_head", True), ("leader", False)):
        text = house.client(who).get(address).content.decode()
        assert (check.number in text) is seen
        answer = told(house, who, f"/orgs/{org.pk}").json()
        assert ("about" in answer["parts"]) is seen
        assert answer["name"] == org.name
    assert "平安市" in text
    assert house.client("desk").get(address).status_code == 404


def test_names_lead_to_their_pages_only_for_those_who_may_know_them(landed):
    house = landed
    found = house.handling().matter
    person, unit = house.person("handler"), house.org("vehicles")
    pages = (f'href="/desk/people/{person.pk}"', f'href="/desk/orgs/{unit.pk}"')
    for who, may in (("leader", True), ("desk", False)):
        client = house.client(who)
        text = client.get(f"/desk/matters/{found.pk}").content.decode()
        assert [one in text for one in pages] == [may, may]
        found_text = client.get("/desk/find", {"q": person.name}).content.decode()
        assert person.name in found_text
        assert (pages[0] in found_text) is may
        listed = client.get("/desk/find", {"q": unit.name}).content.decode()
        assert (pages[1] in listed) is may
        assert (f"unit={unit.pk}" in listed) is not may

"""Administration through HTTP: who may come in, what it changes, what it refuses."""

import pytest

from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.programmes import api as programmes

pytestmark = pytest.mark.django_db
PAGES = ("", "people", "programmes", "programmes/public_voice", "calendar", "upkeep")


@pytest.mark.parametrize(
    "role", ["desk", "handler", "leader", "supervisor", "publisher", "stranger"]
)
@pytest.mark.parametrize("path", PAGES)
def test_only_administrators_come_in(house, role, path):
    assert house.client(role).get(f"/studio/{path}").status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_for_an_administrator(house, path):
    assert house.client("admin").get(f"/studio/{path}").status_code == 200


def test_organisation_is_made_changed_and_granted(house):
    client = house.client("admin")
    root = house.actor("admin").paths("admin")[0]
    parent = next(o for o in orgs.find_orgs(within=root) if o.path == root)
    client.post("/studio/", {"parent": parent.pk, "name": "新设科室", "code": "new-1"})
    made = orgs.find_orgs("new-1").get()
    url = f"/studio/orgs/{made.pk}"
    person = house.person("handler").pk
    data = {"do": "grant", "person": person, "role": "handler", "start": "2026-01-01", "post": "1"}
    assert client.post(url, data).status_code == 302
    assert house.actor("handler").has("handler", made.path)
    client.post(url, {"do": "save", "name": "改名科室", "active": "1"})
    assert orgs.org(made.pk).name == "改名科室"
    told = client.post(url, {"do": "save", "name": " "}, follow=True).content.decode()
    assert "bad" in told
    assert orgs.org(made.pk).name == "改名科室"


def test_foreign_organisation_is_not_ones_to_change(house):
    foreign = orgs.find_orgs("邻市").first()
    assert house.client("admin").get(f"/studio/orgs/{foreign.pk}").status_code == 403


def test_local_value_needs_a_clause_and_then_holds(house):
    client = house.client("admin")
    root = orgs.find_orgs(within=house.actor("admin").paths("admin")[0]).first()
    url = "/studio/programmes/public_voice"
    form = {"name": "limit_answer", "org": root.pk, "value": "3", "start": "2026-01-01"}
    client.post(url, {**form, "clause": " "})
    assert programmes.overrides("public_voice") == []
    client.post(url, {**form, "value": "nonsense", "clause": "市府办〔2026〕1号"})
    assert programmes.overrides("public_voice") == []
    client.post(url, {**form, "clause": "市府办〔2026〕1号"})
    assert [o.value for o in programmes.overrides("public_voice")] == [3]


def test_announced_year_is_set_and_a_broken_one_refused(house):
    client = house.client("admin")
    good = 'year = 2027\nstatus = "announced"\nsource = "国办发明电"\noff = [["2027-01-01", "元旦"]]\nwork = []'
    client.post("/studio/calendar", {"days": good})
    calendar = orgs.calendars.default()
    assert next(y.year for y in orgs.calendars.years(calendar.pk)) == 2027
    told = client.post("/studio/calendar", {"days": "year = "}, follow=True).content.decode()
    assert "notice-box bad" in told


def test_new_person_and_token(house):
    client = house.client("admin")
    place = orgs.find_orgs(within=house.actor("admin").paths("admin")[0]).first()
    client.post(
        "/studio/people",
        {
            "username": "new.person",
            "name": "新人",
            "org": place.pk,
            "password": "long-enough-word-1",
        },
    )
    pk = orgs.find_people("new.person").get().pk
    told = client.post(
        "/studio/upkeep",
        {"do": "token", "person": pk, "name": "试点", "scopes": ["matters:read"]},
        follow=True,
    ).content.decode()
    assert "bh_" in told
    assert client.get(f"/studio/people/{pk}").status_code == 200

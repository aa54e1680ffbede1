"""Administering over HTTP: the tree, people, grants, calendars, settings, webhooks, tokens."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bihuan.foundation.access import api as access
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.lib import clock


@pytest.fixture
def admin(callers):
    return callers("admin")


@pytest.fixture
def county_admin(house, callers):
    """An administrator of one bureau only."""
    access.give(
        house.person("stranger").pk, "admin", house.org("vehicles").pk,
        start=house.day, at=house.at, actor="system",
    )  # fmt: skip
    return callers("stranger")


def test_organisation_is_made_changed_and_moved_with_its_matters(house, admin, callers):
    made = admin.post("/admin/orgs", {"name": "业务二科", "parent": house.org("vehicles").pk})
    assert made.status_code == 201, made.content
    changed = admin.patch(f"/admin/orgs/{made.json()['id']}", {"short": "二科"})
    assert (changed.json()["short"], changed.json()["name"]) == ("二科", "业务二科")
    opened = house.dispatched()
    moved = admin.post(
        f"/admin/orgs/{house.org('vehicles').pk}/move", {"under": house.org("streets").pk}
    )
    assert moved.json() == {"orgs": 3, "matters": 1}
    assert Matter.objects.get(pk=opened.matter.pk).unit_path == house.org("vehicles").path
    circle = admin.post(
        f"/admin/orgs/{house.org('streets').pk}/move", {"under": house.org("vehicles").pk}
    )
    assert circle.json()["error"]["code"] == "orgs.move_into_itself"
    assert admin.post("/admin/orgs", {"name": "新市"}).status_code == 403
    keeper = callers("keeper")
    root = keeper.post("/admin/orgs", {"name": "新市"})
    assert root.json()["parent"] is None
    again = keeper.post("/admin/orgs", {"name": "第四市"})
    assert again.status_code == 201, "who made a root administers it, and so still every root"
    assert keeper.post("/admin/orgs", {"name": " "}).status_code == 422


def test_person_post_grant_and_their_ends(house, admin, callers):
    who = admin.post("/admin/people", {"username": "newcomer", "name": "新同志"}).json()["id"]
    taken = admin.post("/admin/people", {"username": "newcomer", "name": "又一位"})
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "orgs.username_taken")
    weak = admin.post("/admin/people", {"username": "weak", "name": "弱", "password": "1"})
    assert weak.json()["error"]["code"] == "orgs.password_guessable"
    org = house.org("vehicles").pk
    post = admin.post("/admin/posts", {"person": who, "org": org, "start": "2026-03-02"})
    assert post.status_code == 201
    grant = admin.post(
        "/admin/grants", {"person": who, "role": "handler", "org": org, "start": "2026-03-02"}
    ).json()["id"]
    listed = admin.get(f"/admin/grants?org={org}").json()["items"]
    assert grant in {g["id"] for g in listed}
    backwards = admin.post(
        "/admin/grants",
        {"person": who, "role": "handler", "org": org, "start": "2026-03-02", "end": "2026-01-01"},
    )
    assert backwards.json()["error"]["code"] == "access.ends_before_start"
    assert callers("newcomer").get("/people").status_code == 200
    assert admin.post(f"/admin/grants/{grant}/end", {"on": "2026-03-02"}).status_code == 204
    assert callers("newcomer").get("/people").status_code == 403
    post_id = post.json()["id"]
    assert admin.post(f"/admin/posts/{post_id}/end", {"on": "2026-03-02"}).status_code == 204
    assert admin.patch(f"/admin/people/{who}", {"is_active": False}).json()["active"] is False
    assert admin.post("/admin/posts/999999/end", {"on": "2026-03-02"}).status_code == 404


def test_somebody_without_an_account_is_invited_to_one(house, admin):
    none = admin.post("/admin/people", {"name": "无账号的人", "code": "0042"})
    assert none.status_code == 201
    assert none.json() | {"id": 0} == {
        "id": 0, "username": None, "name": "无账号的人", "active": True, "code": "0042",
    }  # fmt: skip
    both = admin.post("/admin/people", {"name": "新", "password": "Quiet-harbour-71"})
    assert both.json()["error"]["code"] == "orgs.account_or_not"
    grant = {"person": none.json()["id"], "role": "desk", "org": house.org("city").pk}
    refused = admin.post("/admin/grants", {**grant, "start": str(timezone.localdate())})
    assert refused.json()["error"]["code"] == "access.no_account"
    made = admin.post(f"/admin/people/{none.json()['id']}/invitation", {}).json()
    assert made["link"].endswith(f"/desk/invited#{made['code']}")
    assert admin.post(f"/admin/people/{none.json()['id']}/invitation/end", {}).status_code == 204


def test_county_administrator_stays_in_the_county(house, county_admin, admin):
    inside, outside = house.org("vehicles").pk, house.org("schools").pk
    assert county_admin.patch(f"/admin/orgs/{inside}", {"short": "车"}).status_code == 200
    assert county_admin.patch(f"/admin/orgs/{outside}", {"short": "教"}).status_code == 403
    assert county_admin.post("/admin/orgs", {"name": "新根"}).status_code == 403
    move = county_admin.post(f"/admin/orgs/{inside}/move", {"under": outside})
    assert move.status_code == 403
    me = house.person("stranger").pk
    up = {"person": me, "role": "admin", "org": house.org("city").pk, "start": "2026-03-01"}
    assert county_admin.post("/admin/grants", up).status_code == 403
    boss = next(
        g["id"] for g in admin.get(f"/admin/grants?org={house.org('city').pk}").json()["items"]
        if g["role"] == "admin" and g["org"]["id"] == house.org("city").pk
    )  # fmt: skip
    assert county_admin.post(f"/admin/grants/{boss}/end", {"on": "2026-03-02"}).status_code == 404
    listed = county_admin.get("/admin/tokens").json()["items"]
    assert {t["person"]["name"] for t in listed} <= {"陆无名"}, "only of those one is over"
    year = {"status": "announced", "off": [], "work": []}
    assert county_admin.put("/admin/calendar/years/2027", year).status_code == 403
    handler = house.person("handler").pk
    assert county_admin.patch(f"/admin/people/{handler}", {"digest": False}).status_code == 200
    other = house.person("other_handler").pk
    assert county_admin.patch(f"/admin/people/{other}", {"digest": False}).status_code == 403
    whole = {"url": "http://a.example", "types": ["x.y"]}
    assert admin.post("/admin/webhooks", whole).status_code == 403, "another city is in the house"
    hook = admin.post("/admin/webhooks", {**whole, "org": house.org("city").pk}).json()
    assert county_admin.get("/admin/webhooks").json()["items"] == []
    assert county_admin.post(f"/admin/webhooks/{hook['id']}/stop").status_code == 404


def test_year_moves_dates_that_rested_on_it(house, callers):
    keeper = callers("keeper")

    def year(status, off):
        return keeper.put("/admin/calendar/years/2026", {"status": status, "off": off, "work": []})

    assert year("provisional", []).status_code == 200
    house.open()
    due = Matter.objects.get().due_at
    off = [[f"2026-03-{d:02}", "临时放假"] for d in range(3, 6)]
    assert year("announced", off).json() == {"year": 2026, "changed": 1}
    assert Matter.objects.get().due_at == due + timedelta(days=3)
    wrong = year("announced", [["2025-01-01", "元旦"]])
    assert wrong.json()["error"]["code"] == "calendar.wrong_year"
    twice = year("announced", [["2026-01-01", "元旦"]] * 2)
    assert twice.json()["error"]["code"] == "calendar.twice"


def test_override_holds_and_ends(house, admin, desk):
    def limit():
        path = f"/programmes/public_voice/settings?org={house.org('center').pk}"
        held = desk.get(path).json()["items"]
        return next(s for s in held if s["name"] == "limit_answer")

    given = {
        "programme": "public_voice", "name": "limit_answer", "value": 3,
        "org": house.org("center").pk, "start": "2026-03-01", "clause": "本市规定第三条",
    }  # fmt: skip
    made = admin.post("/admin/overrides", given)
    assert made.status_code == 201, made.content
    assert (limit()["value"], limit()["clause"]) == (3, "本市规定第三条")
    [listed] = admin.get("/admin/overrides?programme=public_voice").json()["items"]
    assert listed["id"] == made.json()["id"]
    ended = admin.post(f"/admin/overrides/{listed['id']}/end", {"on": "2026-03-02"})
    assert ended.status_code == 204
    assert limit()["value"] == 5
    assert admin.post("/admin/overrides", {**given, "value": "long"}).status_code == 422
    assert admin.post("/admin/overrides", {**given, "clause": " "}).status_code == 422


def test_local_choice_through_the_api(house, admin, desk):
    given = {
        "programme": "public_voice", "part": "choice", "name": "voice.category.heating",
        "value": {"words": {"zh-Hans": "供暖", "en": "Heating"}},
        "org": house.org("center").pk, "start": "2026-03-01", "clause": "本市规定第三条",
    }  # fmt: skip
    assert admin.post("/admin/overrides", given).status_code == 201
    query = f"programme=public_voice&org={house.org('center').pk}"
    paths = [i["path"] for i in admin.get(f"/admin/overrides/difference?{query}").json()["items"]]
    assert "strings.en.choices.category.heating" in paths
    held = desk.get(f"/programmes/public_voice?org={house.org('center').pk}").json()
    assert "heating" in held["kinds"]["voice"]["fields"]["category"]["choices"]
    wrong = admin.post(
        "/admin/overrides", {**given, "value": {"retired": True}, "org": house.org("schools").pk}
    )
    assert wrong.json()["error"]["code"] == "programmes.no_choice"
    assert admin.post("/admin/overrides", {**given, "value": {"colour": 1}}).status_code == 422


def test_put_in_force_and_end(house, admin):
    releases = admin.get("/admin/releases").json()["items"]
    voice = next(r for r in releases if r["programme"] == "public_voice")
    made = admin.post(
        "/admin/in-force",
        {"release": voice["id"], "org": house.org("schools").pk, "start": "2026-03-02"},
    )
    assert made.status_code == 201, made.content
    end = admin.post(f"/admin/in-force/{made.json()['id']}/end", {"on": "2026-03-03"})
    assert end.status_code == 204
    none = admin.post(
        "/admin/in-force",
        {"release": 999_999, "org": house.org("schools").pk, "start": "2026-03-02"},
    )
    assert none.status_code == 404


def test_what_a_programme_needs_begins_with_it_when_asked(house, admin):
    today = timezone.localdate()
    for row in programmes.current("supervision", today):
        programmes.end_in_force(row.pk, on=today, at=clock.now(), actor=house.actor("system"))
    window = next(r for r in programmes.releases() if r.programme == "service_window")
    place = house.org("schools").pk
    given = {"release": window.pk, "org": place, "start": today.isoformat(), "needs": True}
    made = admin.post("/admin/in-force", given)
    assert made.status_code == 201, made.content
    assert made.json()["programme"] == "service_window"
    begun = {f.programme for f in programmes.all_in_force(today) if f.org_id == place}
    assert begun == {"service_window", "supervision"}


def test_tokens_are_listed_and_revoked(admin, desk):
    listed = admin.get("/admin/tokens").json()["items"]
    assert {"digest", "secret"}.isdisjoint(listed[0])
    mine = next(t for t in listed if t["person"]["name"] == "周映棠")
    assert desk.get("/matters").status_code == 200
    assert admin.post(f"/admin/tokens/{mine['id']}/revoke").status_code == 204
    assert desk.get("/matters").status_code == 401

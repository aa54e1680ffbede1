"""What members of an organisation open there, without a role: at every door that opens something."""

from datetime import date, timedelta

import house as city
import pytest

import aliens
from bihuan.foundation.access import api as access
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.models import Post
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.models import Matter
from bihuan.lib.problems import NotAllowedError

pytestmark = pytest.mark.django_db
PAGE = "/desk/open/kkk_cares/suggestion"


@pytest.fixture
def house(house):
    return aliens.land()


def posted(house, who="stranger", place="vehicles_one"):
    """Somebody with a post and no grant at all."""
    person = house.person(who)
    orgs.give_post(person.pk, house.org(place).pk, start=city.SINCE, at=city.BUILT, actor="system")
    return who


def suggest(house, who, home, **more):
    opening = matters.Opening("kkk_cares", "suggestion", house.org(home), "多摆两把椅子。", **more)
    return matters.open_matter(opening, actor=house.actor(who), at=house.at).matter


# place: whether whoever works in 业务一科 of 车辆管理所 belongs to it.
PLACES = {"vehicles_one": True, "vehicles": True, "city": True, "center": False, "streets": False}


@pytest.mark.parametrize("home", PLACES)
def test_a_member_opens_it_at_their_own_place_and_above(house, home):
    who = posted(house)
    if PLACES[home]:
        row = suggest(house, who, home)
        assert (row.home_id, row.unit_id) == (house.org(home).pk,) * 2
        assert matters.matter(house.actor(who), row.pk).pk == row.pk
    else:
        with pytest.raises(NotAllowedError, match="may_not_open"):
            suggest(house, who, home)


def test_whoever_belongs_nowhere_opens_nothing(house):
    with pytest.raises(NotAllowedError):
        suggest(house, "stranger", "city")
    with pytest.raises(NotAllowedError):
        suggest(house, "outsider", "city")
    assert house.client("stranger").get(PAGE).status_code == 404
    assert "/desk/open/kkk_cares" not in house.client("stranger").get("/desk/open").content.decode()


def test_a_grant_makes_a_member_too(house):
    assert suggest(house, "handler", "vehicles").home_id == house.org("vehicles").pk
    with pytest.raises(NotAllowedError):
        suggest(house, "handler", "streets")
    # A role of it where it may be opened by that, whoever belongs where.
    assert suggest(house, "kkk_helper", "center").pk


def test_a_post_that_ended_ends_it(house):
    who = posted(house)
    (post,) = Post.objects.filter(person=house.person(who))
    last = house.day - timedelta(days=1)
    orgs.end_post(post.pk, end=last, at=house.at, actor="system")
    with pytest.raises(NotAllowedError):
        suggest(house, who, "vehicles_one")


def test_the_desk_leads_members_to_it_and_opens_it(house):
    who = posted(house)
    client = house.client(who)
    listed = client.get("/desk/open").content.decode()
    assert PAGE in listed
    # Nothing of what needs a role.
    assert "/desk/open/kkk_cares/opinion" not in listed
    page = client.get(PAGE)
    html = page.content.decode()
    assert page.status_code == 200
    assert f'<option value="{house.org("vehicles_one").pk}" selected>' in html
    assert "handled-by" not in html
    found = client.get("/desk/open-choose/org", {"q": "城管"})
    assert house.org("streets").name in found.content.decode()
    made = client.post(
        PAGE,
        {
            "home": str(house.org("vehicles").pk),
            "how": "搬来",
            "to_ask-text": house.org("streets").name,
            "body": "多摆两把椅子。",
        },
    )
    row = Matter.objects.order_by("-pk").first()
    assert made.status_code == 302
    assert made.url == f"/desk/matters/{row.pk}"
    assert (row.kind, row.home_id) == ("suggestion", house.org("vehicles").pk)
    assert "搬来" in client.get(made.url).content.decode()
    house.act(row, "take_back", who)


def test_a_member_does_not_say_who_handles_it(house):
    who = posted(house)
    streets = house.org("streets")
    with pytest.raises(NotAllowedError, match="may_not_give"):
        suggest(house, who, "city", unit=streets)
    refused = house.client(who).post(
        PAGE,
        {"home": str(house.org("city").pk), "body": "一句。", "handled-by-text": streets.name},
    )
    assert refused.status_code == 403
    assert Matter.objects.filter(kind="suggestion").count() == 0
    html = house.client("kkk_helper").get(PAGE).content.decode()
    assert "handled-by" in html


def test_the_interface_opens_it_for_members_and_refuses_others(house):
    posted(house)

    def send(who, home):
        given = {"expires": date(2099, 1, 1), "at": house.at, "actor": "system"}
        scopes = ["matters:read", "matters:write"]
        secret = access.issue_token(house.person(who).pk, "t", scopes, **given)
        return house.client().post(
            "/api/v1/matters",
            {
                "programme": "kkk_cares",
                "kind": "suggestion",
                "home": house.org(home).pk,
                "body": "多摆两把椅子。",
            },
            content_type="application/json",
            headers={"authorization": f"Bearer {secret}"},
        )

    assert send("stranger", "vehicles").status_code == 201
    assert send("stranger", "center").status_code == 403
    assert send("outsider", "vehicles").status_code == 403


def test_who_opened_it_alone_sees_it_of_the_members(house):
    who = posted(house)
    row = suggest(house, who, "vehicles_one")
    for other in ("handler", "kkk_carer", "kkk_watcher", "leader"):
        with pytest.raises(LookupError):
            matters.matter(house.actor(other), row.pk)
    for other in (who, "kkk_elder"):
        assert matters.matter(house.actor(other), row.pk)

"""Who administers whom: every verb of administration × administrators × whom it touches.

Administrators: of the whole house, of the root 平安市, of 车辆管理所 below it, of the other root 邻市,
and one whose grant has run out. People: inside 车辆管理所, outside it, above it, astride, in 邻市.
"""

from datetime import timedelta

import pytest

from bihuan.foundation.access import api as access
from bihuan.foundation.access import governing, officers
from bihuan.foundation.access.api import SYSTEM, AccessError, DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import OrgError

pytestmark = pytest.mark.django_db

# administrator: the places they are over
OVER = {
    "keeper": ("city", "neighbour"),
    "root": ("city",),
    "subtree": ("vehicles",),
    "sibling": ("neighbour",),
    "expired": (),
}
# person: where they have rights
TARGETS = {
    "inside": ("vehicles_one",),
    "outside": ("streets",),
    "above": ("city",),
    "astride": ("vehicles", "streets"),
    "abroad": ("neighbour_center",),
    "between": ("vehicles", "neighbour_center"),
}


@pytest.fixture
def made(house):
    """Accounts of OVER and TARGETS, and a function from their names to person ids."""
    ids = {}
    for name, places in {**OVER, **TARGETS}.items():
        who = orgs.create_person(f"g.{name}", name, at=house.at, actor="system")
        ids[name] = who.pk
        for place in places:
            org = house.org(place)
            if name in OVER:
                access.give(who.pk, "admin", org.pk, start=house.day, at=house.at, actor="system")
            else:
                orgs.give_post(who.pk, org.pk, start=house.day, at=house.at, actor="system")
                access.give(who.pk, "handler", org.pk, start=house.day, at=house.at, actor="system")
    gone = house.day - timedelta(days=10)
    access.give(
        ids["expired"], "admin", house.org("city").pk, start=gone,
        end=gone + timedelta(days=5), at=house.at, actor="system",
    )  # fmt: skip
    return ids


def actor(house, ids, name):
    return access.actor(orgs.person(ids[name]), house.day)


def covers(house, admin, places):
    paths = [house.org(p).path for p in OVER[admin]]
    return all(any(orgs.tree.covers(at, house.org(p).path) for at in paths) for p in places)


def allowed(act):
    try:
        act()
    except (DeniedError, LookupError):
        return False
    return True


def on_a_person(house, ids, name):
    """verb: (what it does to somebody, the further places the actor must be over)."""
    pk = ids[name]

    def token(who):
        secret = {"scopes": ["matters:read"], "expires": house.day}
        access.issue_token(pk, "t", **secret, at=house.at, actor="system")
        governing.revoke_token(access.tokens_of(pk)[0].pk, at=house.at, actor=who)

    at = house.at
    own = house.org(TARGETS[name][0])
    return {
        "invite": lambda w: governing.invite(pk, at=at, actor=w),
        "end_invitation": lambda w: governing.end_invitation(pk, at=at, actor=w),
        "reset_password": lambda w: governing.reset_password(pk, "Wq7-hop-lantern", at=at, actor=w),
        "close": lambda w: governing.change_person(pk, at=at, actor=w, is_active=False),
        "rename": lambda w: governing.change_person(pk, at=at, actor=w, name="改名"),
        "give": lambda w: governing.give(pk, "desk", own.pk, start=house.day, at=at, actor=w),
        "give_post": lambda w: governing.give_post(pk, own.pk, start=house.day, at=at, actor=w),
        "revoke_token": token,
    }


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("admin", OVER)
def test_over_a_person_is_who_is_over_every_place_they_have_rights_in(house, made, admin, target):
    may = covers(house, admin, TARGETS[target]) and bool(OVER[admin])
    who = actor(house, made, admin)
    found = {
        verb: allowed(lambda act=act: act(who))
        for verb, act in on_a_person(house, made, target).items()
    }
    assert found == dict.fromkeys(found, may)


@pytest.mark.parametrize("place", ["vehicles", "vehicles_one", "streets", "city", "neighbour"])
@pytest.mark.parametrize("admin", OVER)
def test_over_a_place_is_who_administers_it_or_above(house, made, admin, place):
    org, who, at = house.org(place), actor(house, made, admin), house.at
    may = covers(house, admin, [place])
    grant = access.give(made["astride"], "desk", org.pk, start=house.day, at=at, actor="system").pk
    post = orgs.give_post(made["astride"], org.pk, start=house.day, at=at, actor="system").pk
    verbs = {
        "create_org": lambda: governing.create_org("新", parent=org, at=at, actor=who),
        "change_org": lambda: governing.change_org(org.pk, short="简", at=at, actor=who),
        "create_person": lambda: governing.create_person(
            "n.1", "新人", place=org, at=at, actor=who
        ),
        "add_person": lambda: governing.add_person("无账号", place=org, at=at, actor=who),
        "end_grant": lambda: governing.end(grant, on=house.day, at=at, actor=who),
        "end_post": lambda: governing.end_post(post, end=house.day, at=at, actor=who),
    }
    found = {verb: allowed(act) for verb, act in verbs.items()}
    assert found == dict.fromkeys(found, may)


@pytest.mark.parametrize("admin", OVER)
def test_the_house_is_whose_who_administers_every_root(house, made, admin):
    who, at = actor(house, made, admin), house.at
    calendar = orgs.calendars.default()
    raw = {"year": 2027, "status": "provisional", "off": [], "work": []}
    verbs = {
        "calendar": lambda: governing.set_year(calendar, raw, at=at, actor=who),
        "nobody's account": lambda: governing.reset_password(
            house.person("stranger").pk, "Wq7-hop-lantern", at=at, actor=who
        ),
        "new root": lambda: governing.create_org("第三市", parent=None, at=at, actor=who),
    }
    found = {verb: allowed(act) for verb, act in verbs.items()}
    assert found == dict.fromkeys(found, admin == "keeper")


def test_nobody_gives_to_themselves_nor_into_the_past_nor_what_there_is_not(house, made):
    who, at, city = actor(house, made, "root"), house.at, house.org("city")
    day, handler = house.day, house.person("handler").pk
    past = day - timedelta(days=1)

    def give(person, role="desk", start=day, **more):
        return governing.give(person, role, city.pk, start=start, at=at, actor=who, **more)

    for refused in (
        lambda: give(made["root"], "leader"),
        lambda: give(handler, start=past),
        lambda: give(handler, "emperor"),
        lambda: give(handler, "window_clerk", programme="no_such"),
        lambda: governing.give_post(made["root"], city.pk, start=day, at=at, actor=who),
        lambda: governing.give_post(handler, city.pk, start=past, at=at, actor=who),
        lambda: governing.end(give(handler).pk, on=past, at=at, actor=who),
        lambda: governing.issue_token(
            "t", ["admin"], expires=day, at=at, actor=house.actor("desk")
        ),
    ):
        with pytest.raises(AccessError):
            refused()
    with pytest.raises(OrgError):
        governing.reset_password(made["root"], "Wq7-hop-lantern", at=at, actor=who)
    with pytest.raises(OrgError):
        governing.change_person(made["root"], at=at, actor=who, is_active=False)


def test_a_token_issues_no_token(house):
    by_token = access.Actor("person:1", 1, scopes=frozenset({"admin"}))
    with pytest.raises(DeniedError):
        governing.issue_token("t", ["matters:read"], expires=house.day, at=house.at, actor=by_token)


def test_who_has_left_is_still_whose_they_were(house, made):
    """Who has no rights any more is administered by whoever was over the last ones."""
    (grant,) = [g for g in access.grants_within(house.org("streets").path, house.day)
                if g.person_id == made["outside"]]  # fmt: skip
    access.end(grant.pk, on=house.day - timedelta(days=3), at=house.at, actor="system")
    (post,) = [p for p in orgs.posts_at(house.org("streets").pk, house.day)
               if p.person_id == made["outside"]]  # fmt: skip
    later = house.day + timedelta(days=5)
    orgs.end_post(post.pk, end=house.day, at=house.at, actor="system")
    for name, may in (("root", True), ("subtree", False), ("sibling", False)):
        who = actor(house, made, name)
        assert officers.is_over_person(who, officers.SECURITY, made["outside"], later) is may


def test_three_officers_are_three_people_and_none_does_the_others_work(house, made, settings):
    settings.THREE_OFFICERS = True
    city, day, at = house.org("city"), house.day, house.at
    for name, role in (("above", "security"), ("outside", "auditor")):
        governing.give(made[name], role, city.pk, start=day, at=at, actor=SYSTEM)
    for role in ("admin", "auditor"):
        with pytest.raises(AccessError, match="officers_apart"):
            governing.give(made["above"], role, city.pk, start=day, at=at, actor=SYSTEM)
    system, security, auditor = (
        access.actor(orgs.person(made[name]), day) for name in ("root", "above", "outside")
    )
    pk = made["inside"]
    work = {
        "system": lambda w: governing.change_org(city.pk, short="市", at=at, actor=w),
        "security": lambda w: governing.give(pk, "desk", city.pk, start=day, at=at, actor=w),
        "password": lambda w: governing.reset_password(pk, "Wq7-hop-lantern", at=at, actor=w),
        "invite": lambda w: governing.invite(pk, at=at, actor=w),
        "audit": lambda w: officers.require(w, officers.AUDIT, city),
    }
    done = {
        who.name: {name for name, act in work.items() if allowed(lambda act=act, who=who: act(who))}
        for who in (system, security, auditor)
    }
    assert done == {
        "root": {"system"},
        "above": {"security", "password", "invite"},
        "outside": {"audit"},
    }

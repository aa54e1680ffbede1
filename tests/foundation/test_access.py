"""Grants, holders, tokens."""

from datetime import date, timedelta

import pytest

from bihuan.foundation.access import api as access
from bihuan.foundation.access import officers, throttle
from bihuan.foundation.access.api import AccessError, DeniedError
from bihuan.foundation.orgs import api as orgs

DAY = date(2026, 3, 2)


def give(house, who, role, place, start=DAY, **more):
    return access.give(
        house.person(who).pk,
        role,
        house.org(place).pk,
        start=start,
        at=house.at,
        actor="system",
        **more,
    )


def test_a_grant_holds_in_its_period(house):
    give(house, "stranger", "desk", "center", DAY, end=DAY + timedelta(days=2))
    path = house.org("center").path
    held = [
        access.actor(house.person("stranger"), DAY + timedelta(days=n)).has("desk", path)
        for n in range(-1, 4)
    ]
    assert held == [False, True, True, True, False]


def test_a_grant_ends_the_day_before(house):
    row = give(house, "stranger", "desk", "center", DAY - timedelta(days=5))
    access.end(row.pk, on=DAY, at=house.at, actor="system")
    assert access.actor(house.person("stranger"), DAY - timedelta(days=1)).roles() == {"desk"}
    assert access.actor(house.person("stranger"), DAY).roles() == set()


def test_a_grant_ended_on_its_first_day_never_held(house):
    row = give(house, "stranger", "desk", "center", DAY)
    access.end(row.pk, on=DAY, at=house.at, actor="system")
    for n in range(-2, 3):
        assert access.actor(house.person("stranger"), DAY + timedelta(days=n)).roles() == set()


def test_a_grant_covers_what_lies_below_and_nothing_beside(house):
    leader, handler = house.actor("leader"), house.actor("handler")
    assert leader.has("leader", house.org("vehicles_one").path)
    assert not leader.has("leader", house.org("neighbour").path)
    assert handler.has("handler", house.org("vehicles_one").path)
    assert not handler.has("handler", house.org("city").path)
    assert not handler.has("handler", house.org("streets").path)
    assert not handler.has("leader", house.org("vehicles").path)


def test_a_grant_for_one_programme_only(house):
    give(house, "stranger", "desk", "center", programme="public_voice")
    actor = house.actor("stranger")
    path = house.org("center").path
    assert actor.has("desk", path, "public_voice")
    assert not actor.has("desk", path, "supervision")
    assert actor.paths("desk", "supervision") == []


def test_a_period_must_not_be_empty(house):
    with pytest.raises(AccessError, match="ends_before_start"):
        give(house, "stranger", "desk", "center", end=DAY - timedelta(days=1))


def test_the_inactive_hold_nothing(house):
    orgs.change_person(house.person("desk").pk, is_active=False, at=house.at, actor="system")
    assert house.actor("desk").held == ()
    assert access.holders("desk", house.org("center").path, DAY) == (house.person("desk2").pk,)


def test_holders_are_those_of_the_nearest_level(house):
    path = house.org("vehicles_one").path
    near = access.holders("handler", path, DAY)
    assert near == (house.person("handler").pk, house.person("handler2").pk)
    give(house, "stranger", "handler", "vehicles_one")
    assert access.holders("handler", path, DAY) == (house.person("stranger").pk,)
    assert access.holders("leader", path, DAY) == (house.person("leader").pk,)
    assert access.holders("nobody", path, DAY) == ()


def issue(house, **more):
    more = {"scopes": ["matters:read"], "expires": DAY + timedelta(days=30), **more}
    return access.issue_token(
        house.person("desk").pk,
        "接口",
        more["scopes"],
        expires=more["expires"],
        at=house.at,
        actor="system",
    )


def test_a_token_acts_as_its_person_within_its_scopes(house):
    secret = issue(house)
    actor = access.token_actor(secret, DAY)
    assert actor.ref == house.actor("desk").ref
    assert actor.held == house.actor("desk").held
    assert actor.may_scope("matters:read")
    assert not actor.may_scope("matters:write")
    assert secret not in repr(list(access.Token.objects.values()))


def test_dead_tokens_all_look_alike(house):
    secret = issue(house)
    assert access.token_actor(secret + "x", DAY) is None
    assert access.token_actor("", DAY) is None
    assert access.token_actor("\ud800", DAY) is None
    assert access.token_actor(secret, DAY + timedelta(days=31)) is None
    access.revoke_token(access.tokens()[0].pk, at=house.at, actor="system")
    assert access.token_actor(secret, DAY) is None
    other = issue(house)
    orgs.change_person(house.person("desk").pk, is_active=False, at=house.at, actor="system")
    assert access.token_actor(other, DAY) is None


@pytest.mark.parametrize("scopes", [[], ["everything"], ["matters:read", "root"]])
def test_unknown_scopes_are_refused(house, scopes):
    with pytest.raises(AccessError):
        issue(house, scopes=scopes)


def test_an_admin_token_needs_the_scope(house):
    secret = access.issue_token(
        house.person("admin").pk, "接口", ["matters:read"], expires=DAY, at=house.at, actor="system"
    )
    actor = access.token_actor(secret, DAY)
    assert not officers.is_officer(actor)
    with pytest.raises(DeniedError):
        officers.require(actor, officers.SYSTEM, house.org("schools"))


def test_many_addresses_do_not_wash_a_count_away():
    for _ in range(10):
        throttle.count("code", "the guesser", seconds=900)
    for n in range(5000):
        throttle.count("code", f"2001:db8::{n:x}", seconds=900)
    assert throttle.too_many("code", "the guesser", limit=10)

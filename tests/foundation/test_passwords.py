import pytest

from bihuan.foundation.access import api as access
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.passwords import guessable

FIRST, SECOND = "Quiet-harbour-71", "Copper-lantern-58"


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("pingan2026", True),
        ("Pingan@2026", True),
        ("bihuan-demo-2026", True),
        ("20260302!!", True),
        ("ShequWangge#1", True),
        ("adminadmin12", True),
        ("Bihuan-loop-2026", False),
        (FIRST, False),
        ("平安的河边有树2026", False),
    ],
)
def test_what_everybody_tries_first_is_known(password, found):
    assert guessable(password) is found


@pytest.mark.django_db
def test_published_passwords_are_refused_unless_the_demonstration_says_so(house):
    with pytest.raises(orgs.OrgError, match="password_guessable"):
        orgs.create_person("a", "甲", at=house.at, actor="system", password="pingan2026")
    with pytest.raises(orgs.OrgError, match="password_guessable"):
        orgs.set_password(house.person("desk").pk, "pingan2026", at=house.at, actor="system")
    shown = orgs.create_person(
        "b", "乙", at=house.at, actor="system", password="bihuan-demo-2026", published=True
    )
    assert shown.check_password("bihuan-demo-2026")


@pytest.mark.django_db
def test_a_token_ends_with_the_password(house):
    pk, day = house.person("desk").pk, house.at.date()
    secret = access.issue_token(pk, "t", ["matters:read"], expires=day, at=house.at, actor="system")
    assert access.token_actor(secret, day) is not None
    orgs.set_password(pk, FIRST, at=house.at, actor="system")
    assert access.token_actor(secret, day) is None
    fresh = access.issue_token(pk, "t", ["matters:read"], expires=day, at=house.at, actor="system")
    assert access.token_actor(fresh, day) is not None


@pytest.mark.django_db
def test_a_password_that_another_chose_opens_nothing_until_it_is_changed(house):
    person = house.person("desk")
    orgs.set_password(person.pk, FIRST, at=house.at, actor="system", must_change=True)
    client = house.client("desk")
    for path in ("/desk/", "/studio/", "/desk/inbox"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/desk/me")
    same = {"old_password": FIRST, "new_password": FIRST}
    assert client.post("/desk/me", same).status_code == 422
    own = {"old_password": FIRST, "new_password": SECOND, "email": ""}
    assert client.post("/desk/me", own).status_code == 302
    assert client.get("/desk/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("key", "ago"), [("began", 13 * 3600), ("seen", 3 * 3600)])
def test_a_session_ends_when_it_is_old_or_idle(house, key, ago):
    client = house.client("desk")
    assert client.get("/desk/").status_code == 200
    session = client.session
    session[key] -= ago
    session.save()
    answer = client.get("/desk/")
    assert answer.status_code == 302
    assert "/desk/login" in answer.headers["Location"]

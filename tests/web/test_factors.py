"""A second factor: set up, asked for, counted once, taken off; who must have one; sessions; slowed log-ins."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.db import connection
from django.test import Client
from django.utils import timezone

from bihuan.foundation.access import api as access
from bihuan.foundation.access import factors, governing, logins
from bihuan.foundation.access.api import SYSTEM, DeniedError
from bihuan.foundation.access.models import LoginSession
from bihuan.foundation.audit.models import SecurityEntry
from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify.models import Task
from bihuan.foundation.orgs import api as orgs
from bihuan.lib import clock

pytestmark = pytest.mark.django_db
RIGHT, NEXT = "Quiet-harbour-71", "Copper-lantern-58"


def chosen(house, key="desk"):
    person = house.person(key)
    orgs.set_password(person.pk, RIGHT, at=house.at, actor="system")
    return orgs.person(person.pk)


def today():
    return timezone.localtime(clock.now()).date()


def first_step(person, client=None, password=RIGHT, **extra):
    client = client or Client(**extra)
    return client, client.post("/desk/login", {"username": person.username, "password": password})


def code(secret, at=None, steps=0):
    """What an app shows, so many half minutes from now."""
    now = int((at or clock.now()).timestamp()) // 30 + steps
    return totp.format_hotp_value(totp.hotp_value(secret, now))


def kinds(prefix):
    rows = SecurityEntry.objects.filter(type__startswith=f"{prefix}.").order_by("pk")
    return [one.type for one in rows]


def set_up(client):
    """Sets an app up on the page as people do; its secret."""
    page = client.get("/desk/me/factors")
    secret = page.context["secret"].replace(" ", "")
    told = {"sealed": page.context["sealed"], "code": code(secret, steps=-1)}
    assert client.post("/desk/me/factors/app", told).status_code == 302
    return secret


def with_app(person):
    """Gives somebody an app behind the page's back; its secret."""
    secret = factors.new_secret()
    actor = access.actor(person, today())
    factors.add_app(actor, secret, code(secret, steps=-1), clock.now())
    return secret


def test_an_app_is_set_up_and_asked_for_from_then_on(house):
    person = chosen(house)
    client, _ = first_step(person)
    secret = set_up(client)
    row = Authenticator.objects.get(user=person, type="totp")
    assert secret not in str(row.data)
    assert decrypt(row.data["secret"]) == secret
    made = client.post("/desk/me/factors/codes").context["codes"]
    assert len(set(made)) == 10
    fresh, answer = first_step(person)
    assert answer.headers["Location"] == "/desk/login/second"
    assert fresh.get("/desk/").status_code == 302
    assert fresh.get("/desk/login").headers["Location"] == "/desk/login/second"
    assert fresh.post("/desk/login/second", {"code": "000000"}).status_code == 403
    right = code(secret)
    answer = fresh.post("/desk/login/second", {"code": right})
    assert answer.headers["Location"] == "/desk/home"
    assert fresh.get("/desk/").status_code == 200
    again, _ = first_step(person)
    assert again.post("/desk/login/second", {"code": right}).status_code == 403
    assert again.post("/desk/login/second", {"code": made[0]}).status_code == 302
    assert again.get("/desk/").status_code == 200
    third, _ = first_step(person)
    assert third.post("/desk/login/second", {"code": made[0]}).status_code == 403
    assert factors.of(person.pk)[1].left == 9
    assert kinds("factor") == [
        "factor.added",
        "factor.added",
        "factor.failed",
        "factor.recovered",
    ]


def test_a_half_log_in_ends_with_time_with_the_password_and_when_somebody_else_comes(house):
    person = chosen(house)
    secret = with_app(person)
    client, _ = first_step(person)
    client.post("/desk/login/second", {"other": "1"})
    assert client.get("/desk/login").status_code == 200
    client, _ = first_step(person)
    orgs.set_password(person.pk, NEXT, at=house.at, actor="system")
    answer = client.post("/desk/login/second", {"code": code(secret)})
    assert answer.headers["Location"] == "/desk/login"
    client, _ = first_step(person, password=NEXT)
    kept = client.session
    kept["half"] = {**kept["half"], "at": kept["half"]["at"] - 601}
    kept.save()
    assert client.get("/desk/login/second").headers["Location"] == "/desk/login"
    # Nobody comes to the second step without the first.
    assert Client().get("/desk/login/second").headers["Location"] == "/desk/login"


def test_changing_factors_a_while_after_the_log_in_takes_the_password(house):
    person = chosen(house)
    client, _ = first_step(person)
    client.get("/desk/")
    kept = client.session
    kept["began"] -= 3600
    kept.save()
    page = client.get("/desk/me/factors")
    secret = page.context["secret"].replace(" ", "")
    told = {"sealed": page.context["sealed"], "code": code(secret)}
    assert client.post("/desk/me/factors/app", told).status_code == 422
    wrong = client.post("/desk/me/factors/app", {**told, "password": "no"})
    assert wrong.status_code == 422
    # The picture that was scanned stays the one.
    assert wrong.context["secret"].replace(" ", "") == secret
    assert not factors.has_any(person.pk)
    assert client.post("/desk/me/factors/app", {**told, "password": RIGHT}).status_code == 302
    (one,) = factors.of(person.pk)
    off = {"factor": one.id}
    assert client.post("/desk/me/factors/off", off).status_code == 422
    assert client.post("/desk/me/factors/off", {**off, "password": RIGHT}).status_code == 302
    assert not factors.has_any(person.pk)
    for bad in ("", "x", "9" * 40, "²"):
        assert client.post(
            "/desk/me/factors/off", {"factor": bad, "password": RIGHT}
        ).status_code in (404, 422)
    other = Client()
    other.force_login(house.person("leader"))
    assert other.post("/desk/me/factors/app", told).status_code == 302
    assert not factors.has_any(house.person("leader").pk)


def test_who_administers_is_led_to_set_one_up_before_anything_else(house, settings):
    settings.ADMINS_NEED_FACTOR = True
    admin = chosen(house, "admin")
    client, _ = first_step(admin)
    for path in ("/studio/", "/desk/", "/desk/me", "/", "/m/"):
        assert client.get(path).headers["Location"] == "/desk/me/factors", path
    at = clock.now()
    actor = access.actor(admin, today())
    expires = today() + timedelta(days=30)
    secret = governing.issue_token(
        "t", ["admin", "matters:read"], expires=expires, at=at, actor=actor
    )
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
    assert client.get("/api/v1/admin/security-events", **bearer).status_code == 403
    assert client.get("/api/v1/matters", **bearer).status_code == 200
    set_up(client)
    assert client.get("/studio/people").status_code == 200
    assert client.get("/api/v1/admin/security-events", **bearer).status_code == 200
    # Whoever does not administer is not asked.
    other, _ = first_step(chosen(house))
    assert other.get("/desk/").status_code == 200
    # With the last one off the way is there again.
    (one,) = factors.of(admin.pk)
    client.post("/desk/me/factors/off", {"factor": one.id})
    assert client.get("/studio/").headers["Location"] == "/desk/me/factors"


def test_an_administrator_takes_a_lost_one_off_whom_they_administer(house):
    person = chosen(house)
    orgs.change_person(person.pk, email="zhang@example.org", at=house.at, actor="system")
    with_app(person)
    logged_in = Client()
    logged_in.force_login(orgs.person(person.pk))
    admin = house.client("admin")
    assert "factor_off" in admin.get(f"/studio/people/{person.pk}").content.decode()
    stranger = access.actor(house.person("leader"), today())
    with pytest.raises(DeniedError):
        governing.take_factors_off(person.pk, at=clock.now(), actor=stranger)
    answer = admin.post(f"/studio/people/{person.pk}", {"do": "factor_off"})
    assert answer.status_code == 302
    assert not factors.of(person.pk)
    assert logged_in.get("/desk/").status_code == 302
    assert kinds("factor") == ["factor.added", "factor.removed"]
    assert SecurityEntry.objects.get(type="factor.removed").about == person.pk
    assert [n.text for n in notify.inbox(person.pk)] == ["notice.factor_off"]
    assert Task.objects.filter(name="notify.safety").count() == 1
    assert not governing.take_factors_off(person.pk, at=clock.now(), actor=SYSTEM)
    mine = house.person("admin").pk
    own = access.actor(orgs.person(mine), today())
    with pytest.raises(orgs.OrgError):
        governing.take_factors_off(mine, at=clock.now(), actor=own)


def test_sessions_say_where_from_and_all_others_end_with_their_rows(house):
    person = chosen(house)
    mine, _ = first_step(person, REMOTE_ADDR="203.0.113.7")
    others = [first_step(person)[0] for _ in range(2)]
    for one in (mine, *others):
        one.get("/desk/")
    page = mine.get("/desk/me").content.decode()
    assert "203.0.*.*" in page
    assert "203.0.113" not in page
    assert mine.post("/desk/me", {"end_others": "1"}).status_code == 302
    assert [one.get("/desk/").status_code for one in (mine, *others)] == [200, 302, 302]
    assert LoginSession.objects.filter(person_id=person.pk).count() == 1
    other, _ = first_step(person)
    changed = {"old_password": RIGHT, "new_password": NEXT, "email": ""}
    assert mine.post("/desk/me", changed).status_code == 302
    assert LoginSession.objects.filter(person_id=person.pk).count() == 1
    assert [one.get("/desk/").status_code for one in (mine, other)] == [200, 302]
    assert kinds("login").count("login.ended") == 3


def test_a_log_in_in_a_new_browser_is_told_once(house):
    person = chosen(house)
    known, _ = first_step(person)
    assert not notify.inbox(person.pk)
    first_step(person, known)
    assert not notify.inbox(person.pk)
    first_step(person)
    assert [n.text for n in notify.inbox(person.pk)] == ["notice.new_device"]
    # What a browser keeps tells nobody's name, and another's does not count.
    kept = known.cookies["known"].value
    assert re.fullmatch(r"[0-9a-f]{20}", kept)
    leader = chosen(house, "leader")
    first_step(leader)
    first_step(leader, known)
    assert [n.text for n in notify.inbox(leader.pk)] == ["notice.new_device"]
    assert len(known.cookies["known"].value.split(".")) == 2


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "x",
        "[]",
        "1",
        "{}",
        '{"response": 1}',
        "[" * 19_000,
        '{"response": {"userHandle": "MQ"}}',
    ],
)
def test_what_is_no_passkey_opens_nothing(house, settings, answer):
    settings.PUBLIC_URL = "https://voice.example.org"
    client = Client()
    asked = client.post("/desk/login/passkey").json()
    assert asked["publicKey"]["rpId"] == "voice.example.org"
    assert client.post("/desk/login", {"answer": answer}).status_code == 403
    assert client.get("/desk/").status_code == 302
    mine = house.client("desk")
    assert mine.post("/desk/login/passkey").json()["publicKey"]["user"]["name"]
    mine.get("/desk/me/factors")
    told = mine.post("/desk/me/factors/passkey", {"answer": answer, "name": "\x00" * 60})
    assert told.status_code == 422
    assert not factors.has_any(house.person("desk").pk)


def test_where_browsers_know_no_passkeys_none_is_offered(house, settings):
    settings.PUBLIC_URL = "http://192.0.2.1:8000"
    assert "data-passkey" not in Client().get("/desk/login").content.decode()
    assert Client().post("/desk/login/passkey").status_code == 409
    page = house.client("desk").get("/desk/me/factors").content.decode()
    assert "http://192.0.2.1:8000" in page
    assert "data-passkey" not in page


def test_five_wrong_tries_slow_down_their_own_origin_alone(house):
    person = chosen(house)
    away = {"REMOTE_ADDR": "203.0.113.9"}
    for _ in range(5):
        assert first_step(person, password="wrong", **away)[1].status_code == 403
    held = first_step(person, **away)[1]
    assert held.status_code == 429
    assert 0 < int(held.headers["Retry-After"]) <= 60
    assert kinds("login") == ["login.failed", "login.held"]
    unknown = {"username": "nobody-of-us", "password": "x"}
    told = [Client(**away).post("/desk/login", unknown).status_code for _ in range(6)]
    assert told == [403] * 5 + [429]
    assert first_step(person, REMOTE_ADDR="198.51.100.9")[1].status_code == 302


def test_a_code_is_guessed_at_slowly_from_everywhere(house):
    person = chosen(house)
    with_app(person)
    at = clock.now()
    for n in range(20):
        assert factors.prove(person, "000000", source=f"203.0.113.{n}", at=at) is None
    with pytest.raises(logins.TooSoonError):
        factors.prove(person, "000000", source="198.51.100.1", at=at)


@pytest.mark.either
@pytest.mark.django_db(transaction=True)
def test_a_code_that_two_bring_at_once_counts_for_one(house):
    person = chosen(house)
    secret = with_app(person)
    actor = access.actor(person, today())
    spare = factors.new_codes(actor, clock.now())[0]

    def bring(given):
        try:
            return factors.prove(person, given[1], source=given[0], at=clock.now())
        finally:
            connection.close()

    for given, kind in ((code(secret), factors.APP), (spare, factors.RECOVERY)):
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(bring, [(f"203.0.113.{n}", given) for n in range(4)]))
        assert sorted(filter(None, found)) == [kind]

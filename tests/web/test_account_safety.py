"""What a session that somebody else holds cannot make last: address, connections, tokens; and who is
not locked out by others, or by keys that are not here."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.utils import timezone

from bihuan.foundation.access import api as access
from bihuan.foundation.access import connecting, factors, governing, inviting, logins, tries
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.access.providers import Provider
from bihuan.foundation.audit.models import SecurityEntry
from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify.models import Notice, Task
from bihuan.foundation.orgs import api as orgs
from bihuan.jobs import digest
from bihuan.lib import clock
from bihuan.web import words

pytestmark = pytest.mark.django_db
RIGHT, NEXT = "Quiet-harbour-71", "Copper-lantern-58"
KEY = "portal"


def chosen(house, key="desk", email=""):
    person = house.person(key)
    orgs.set_password(person.pk, RIGHT, at=house.at, actor="system")
    governing.change_person(person.pk, email=email, at=house.at, actor=SYSTEM)
    return orgs.person(person.pk)


def inside(person, hours=0, **extra):
    """Somebody who logged in so many hours ago."""
    client = Client(**extra)
    client.force_login(person)
    assert client.get("/desk/me").status_code == 200
    kept = client.session
    kept["began"] -= hours * 3600
    kept.save()
    return client


def connected(person, subject="u-1"):
    actor = access.actor(person, timezone.localtime(clock.now()).date())
    connecting.connect(connecting.Arrival(KEY, subject, {}), at=clock.now(), actor=actor)


def test_another_address_needs_the_password_and_the_one_before_is_told(house):
    person = chosen(house, email="mine@example.org")
    secret = inviting.give_asked(person.pk, clock.now())
    client = inside(person, hours=2)
    assert "修改邮箱也要填写原密码" in client.get("/desk/me").content.decode()
    asked = {"email": "evil@example.org"}
    answer = client.post("/desk/me", asked)
    assert answer.status_code == 422
    assert "需要输入原密码" in answer.content.decode()
    assert 'value="evil@example.org"' in answer.content.decode()
    assert client.post("/desk/me", {**asked, "old_password": "wrong"}).status_code == 422
    assert orgs.person(person.pk).email == "mine@example.org"
    # What stays as it was is asked nothing.
    assert client.post("/desk/me", {"email": "mine@example.org", "digest": "1"}).status_code == 302
    assert client.post("/desk/me", {**asked, "old_password": RIGHT}).status_code == 302
    assert orgs.person(person.pk).email == "evil@example.org"
    with pytest.raises(access.AccessError):
        inviting.look(secret, source="here", at=clock.now())
    assert Notice.objects.get(person=person).text == "notice.email_changed"
    (task,) = Task.objects.filter(name="notify.safety")
    assert task.payload["to"] == "mine@example.org"
    digest.use_words(words.text)
    notify.run(clock.now(), lanes=("mail",))
    assert [one.to for one in mail.outbox] == [["mine@example.org"]]
    assert "电子邮箱被修改" in mail.outbox[0].body
    # Who logged in just now shows enough by that.
    assert inside(person).post("/desk/me", {"email": "new@example.org"}).status_code == 302


def test_wrong_passwords_for_another_address_are_slowed_down(house):
    client = inside(chosen(house), hours=2)
    asked = {"email": "evil@example.org", "old_password": "wrong"}
    found = [client.post("/desk/me", asked).status_code for _ in range(6)]
    assert found == [422] * 5 + [429]


def test_an_address_of_another_account_is_nobody_elses(house):
    chosen(house, "desk2", "zhou@example.org")
    person = chosen(house)
    answer = inside(person).post("/desk/me", {"email": "ZHOU@example.org"})
    assert answer.status_code == 422
    assert "已有人使用" in answer.content.decode()
    assert house.person("desk2").name not in answer.content.decode().split('role="alert"')[1][:200]


def test_an_address_that_somebody_gave_themselves_proves_nothing(house):
    person = chosen(house, email="set@example.org")
    assert orgs.accounts.known_by("email", "set@example.org") == person
    inside(person).post("/desk/me", {"email": "later@example.org"})
    inside(person).post("/desk/me", {"email": "later@example.org", "digest": "1"})
    assert orgs.accounts.known_by("email", "later@example.org") is None
    for email in ("", "later@example.org"):
        governing.change_person(person.pk, email=email, at=house.at, actor=SYSTEM)
    assert orgs.accounts.known_by("email", "later@example.org") == person


def test_connecting_needs_the_password_and_is_told(house, settings):
    settings.PROVIDERS = {
        KEY: Provider(key=KEY, kind="feishu", name="飞书", client="c", secret="s", tenant="t")
    }
    person = chosen(house)
    client = inside(person, hours=2)
    assert f'id="connect-{KEY}"' in client.get("/desk/me").content.decode()
    assert client.post(f"/desk/by/{KEY}").headers["Location"] == "/desk/me"
    assert "需要输入原密码" in client.get("/desk/me").content.decode()
    assert client.post(f"/desk/by/{KEY}", {"password": RIGHT}).status_code == 200
    connected(person)
    assert Notice.objects.get(person=person).text == "notice.connected"


def test_connections_end_with_a_password_set_anew_and_with_factors_taken_off(house):
    person = chosen(house, email="mine@example.org")
    connected(person)
    governing.reset_password(person.pk, NEXT, at=clock.now(), actor=SYSTEM)
    assert connecting.connected(person.pk) == {}
    connected(person)
    secret = inviting.give_asked(person.pk, clock.now())
    inviting.accept(secret, "", RIGHT, source="here", at=clock.now())
    assert connecting.connected(person.pk) == {}
    connected(person)
    assert governing.take_factors_off(person.pk, at=clock.now(), actor=SYSTEM)
    assert connecting.connected(person.pk) == {}
    assert Notice.objects.filter(person=person, text="notice.factor_off").exists()
    assert not governing.take_factors_off(person.pk, at=clock.now(), actor=SYSTEM)
    assert SecurityEntry.objects.filter(type="connection.ended").count() == 3


def test_one_machine_does_not_lock_an_office_out(house, settings):
    person, at, source = chosen(house), clock.now(), "203.0.113.7"
    client = Client(REMOTE_ADDR=source)
    asked = {"username": person.username, "password": RIGHT}
    assert client.post("/desk/login", asked).status_code == 302
    client.post("/desk/logout")
    for _ in range(60):
        tries.failed("login-from", source, at)
    assert 0 < tries.wait("login-from", source, at) <= 900
    assert Client(REMOTE_ADDR=source).post("/desk/login", asked).status_code == 429
    other = {**asked, "username": house.person("desk2").username}
    assert client.post("/desk/login", other).status_code == 429
    # A browser in which they were before waits for their own wrong tries alone.
    assert client.post("/desk/login", asked).status_code == 302
    settings.THROTTLE_FACTOR = 2
    assert tries.wait("login-from", source, at) == 0


def test_a_right_password_makes_good_some_wrong_ones_of_its_origin_once(house):
    person, at, source = chosen(house), clock.now(), "203.0.113.8"
    for _ in range(39):
        tries.failed("login-from", source, at)
    for _ in range(3):
        assert logins.check(person.username, RIGHT, source, at) is not None
    for _ in range(6):
        assert tries.wait("login-from", source, at) == 0
        tries.failed("login-from", source, at)
    assert tries.wait("login-from", source, at) > 0


def test_factors_sealed_with_other_keys_say_so(house, settings):
    person = chosen(house)
    actor, at = access.actor(person, timezone.localtime(clock.now()).date()), clock.now()
    secret = factors.new_secret()
    step = factors.totp.hotp_value(secret, int(at.timestamp()) // 30)
    factors.add_app(actor, secret, factors.totp.format_hotp_value(step), at)
    factors.new_codes(actor, at)
    settings.SECRETS = {**settings.SECRETS, "blind": "other" * 9}
    client = Client()
    client.post("/desk/login", {"username": person.username, "password": RIGHT})
    page = client.get("/desk/login/second")
    assert page.status_code == 200
    assert "无法读取" in page.content.decode()
    assert 'name="code"' not in page.content.decode()
    assert client.post("/desk/login/second", {"code": "123456"}).status_code == 403
    own = inside(person)
    assert "在这里无法读取" in own.get("/desk/me/factors").content.decode()
    assert own.post("/desk/me/data").status_code == 200


def test_who_has_a_passkey_alone_is_told_where_it_works(house, settings):
    settings.PUBLIC_URL = "http://10.0.0.5"
    person = chosen(house)
    Authenticator.objects.create(user=person, type=factors.PASSKEY, data={"name": "1"})
    client = Client()
    client.post("/desk/login", {"username": person.username, "password": RIGHT})
    page = client.get("/desk/login/second").content.decode()
    assert "http://10.0.0.5" in page
    assert "请管理员解除双重验证" in page


def test_a_token_that_administers_needs_the_password_and_a_factor_at_every_door(house, settings):
    person = orgs.person(house.person("admin").pk)
    orgs.set_password(person.pk, RIGHT, at=house.at, actor="system")
    client = inside(orgs.person(person.pk), hours=2)
    asked = {"name": "x", "scopes": ["matters:read", "admin"]}
    assert 'name="password"' in client.get("/desk/me/tokens").content.decode()
    assert client.post("/desk/me/tokens", asked).status_code == 422
    assert client.post("/desk/me/tokens", {**asked, "scopes": "matters:read"}).status_code == 302
    assert client.post("/desk/me/tokens", {**asked, "password": RIGHT}).status_code == 302
    day = timezone.localtime(clock.now()).date()
    actor = access.actor(person, day)
    given = {"expires": day + timedelta(days=3), "at": clock.now(), "actor": actor}
    secret = governing.issue_token("y", ["matters:read", "admin"], **given)
    assert "admin" in access.token_actor(secret, day).scopes
    settings.ADMINS_NEED_FACTOR = True
    assert access.token_actor(secret, day).scopes == {"matters:read"}

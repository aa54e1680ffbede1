"""Logging in by a provider: OpenID Connect against a real one that runs here, through real HTTP."""

import socket
import subprocess
import sys
import time
from functools import partial
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from at_once import at_once
from django.test import Client
from house import PASSWORD

from bihuan.foundation.access import connecting, governing
from bihuan.foundation.access.api import SYSTEM, AccessError
from bihuan.foundation.access.models import Connection
from bihuan.foundation.access.providers import Provider
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.models import Event, SecurityEntry

KEY = "portal"


@pytest.fixture(scope="module")
def real():
    """The address of an OpenID Connect provider, a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet) as provider:
        address = f"http://localhost:{port}"
        for _ in range(200):
            try:
                requests.get(f"{address}/jwks", timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        yield address
        provider.terminate()


@pytest.fixture
def oidc(house, settings, real):
    """The house with that provider declared; gives what declares it otherwise."""

    def declared(**given):
        said = {"client": "bihuan", "secret": "s", "name": "统一身份认证", "address": real} | given
        settings.PROVIDERS = {KEY: Provider(key=KEY, kind="oidc", **said)}

    declared()
    return declared


def known(real, sub, **claims):
    """Tells the provider who somebody is."""
    requests.put(f"{real}/users/{sub}", json=claims, timeout=5).raise_for_status()


def gone(client, **query):
    """Where the log-in page's button leads."""
    answer = client.get(f"/desk/by/{KEY}?{urlencode(query)}")
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def confirmed(address, sub):
    """What the provider sends the browser back to when somebody says that they are `sub`."""
    answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["Location"])
    assert f"{parts.scheme}://{parts.netloc}" == "http://127.0.0.1:8000"
    return f"{parts.path}?{parts.query}"


def come(client, sub, **query):
    return client.get(confirmed(gone(client, **query), sub))


def last():
    return SecurityEntry.objects.order_by("pk").values_list("pk", flat=True).last()


def since(entry):
    return SecurityEntry.objects.filter(pk__gt=entry).order_by("pk").values_list("type", flat=True)


def who_is_in(client):
    return client.session.get("_auth_user_id")


def connect(client, sub):
    page = client.post(f"/desk/by/{KEY}")
    assert page.status_code == 200
    address = page["Refresh"].removeprefix("0;url=")
    assert f'href="{address.replace("&", "&amp;")}"' in page.content.decode()
    return client.get(confirmed(address, sub), follow=True)


@pytest.mark.django_db
def test_somebody_connects_once_logs_in_by_it_and_takes_it_off(house, oidc, real):
    before = last()
    inside = house.client("handler")
    assert "连接统一身份认证" in inside.get("/desk/me").content.decode()
    told = connect(inside, "u-17").content.decode()
    assert "已连接统一身份认证，下次可以用它登录。" in told
    assert "断开统一身份认证" in told
    # Of whom the provider knows them as, nothing legible is kept.
    row = Connection.objects.get()
    assert "u-17" not in row.digest
    assert row.by == "self"

    outside = Client()
    assert f'href="/desk/by/{KEY}"' in outside.get("/desk/login").content.decode()
    answer = come(outside, "u-17", next="/desk/inbox")
    assert (answer.status_code, answer["Location"]) == (302, "/desk/inbox")
    assert who_is_in(outside) == str(house.person("handler").pk)
    # Nobody is led out of the house.
    elsewhere = Client()
    assert come(elsewhere, "u-17", next="https://evil.example/")["Location"] == "/desk/home"

    inside.post("/desk/me", {"disconnect": KEY})
    again = come(Client(), "u-17")
    assert again.status_code == 403
    assert "不知道您是谁" in again.content.decode()
    types = list(since(before))
    wanted = ["connection.made", "login.made", "login.made", "connection.ended", "login.stranger"]
    assert types == wanted
    assert list(audit.everything()) == []


@pytest.mark.django_db
def test_a_stranger_is_told_what_to_do_and_nobody_is_created(house, oidc, real):
    people = set(type(house.person("desk")).objects.values_list("pk", flat=True))
    known(real, "s-1", email="handler@example.org", employee_number="0042")
    for _ in range(3):
        client = Client()
        answer = come(client, "s-1")
        assert answer.status_code == 403
        assert who_is_in(client) is None
    text = answer.content.decode()
    assert "请联系本单位管理员" in text
    assert 'href="/desk/login"' in text
    assert people == set(type(house.person("desk")).objects.values_list("pk", flat=True))
    assert Connection.objects.count() == 0
    # One line, however often they come, without saying who it was.
    (told,) = [audit.read(one) for one in Event.objects.filter(type="login.stranger")]
    assert (told["provider"], told["count"]) == (KEY, 1)
    assert "s-1" not in str(told)


@pytest.mark.django_db
def test_what_the_provider_proves_makes_somebody_known_only_where_the_operator_says_so(
    house, oidc, real
):
    handler = house.person("handler")
    governing.change_person(handler.pk, code="0042", at=house.at, actor=SYSTEM)
    known(real, "n-1", employee_number="0042")
    assert come(Client(), "n-1").status_code == 403
    oidc(proves={"code": "employee_number"})
    client = Client()
    assert come(client, "n-1").status_code == 302
    assert who_is_in(client) == str(handler.pk)
    assert Connection.objects.get().by == "code"
    # From now on the provider's own number counts, whatever it says beside it.
    known(real, "n-1", employee_number="0099")
    assert come(Client(), "n-1").status_code == 302
    # Who was given the number since is somebody else.
    known(real, "n-2", employee_number="0042")
    assert come(Client(), "n-2").status_code == 403
    # Two with one number: nobody knows who is meant.
    governing.change_person(house.person("desk").pk, code="7", at=house.at, actor=SYSTEM)
    governing.change_person(house.person("desk2").pk, code="7", at=house.at, actor=SYSTEM)
    known(real, "n-3", employee_number="7")
    assert come(Client(), "n-3").status_code == 403


@pytest.mark.django_db
def test_an_address_that_the_provider_did_not_verify_proves_nothing(house, oidc, real):
    desk = house.person("desk")
    governing.change_person(desk.pk, email="zhou@example.org", at=house.at, actor=SYSTEM)
    oidc(proves={"email": "email"})
    known(real, "m-1", email="zhou@example.org", email_verified=False)
    assert come(Client(), "m-1").status_code == 403
    # What says nothing, or says it in words, is not verified either.
    known(real, "m-1", email="zhou@example.org")
    assert come(Client(), "m-1").status_code == 403
    known(real, "m-1", email="zhou@example.org", email_verified="true")
    assert come(Client(), "m-1").status_code == 403
    known(real, "m-1", email="ZHOU@example.org", email_verified=True)
    client = Client()
    assert come(client, "m-1").status_code == 302
    assert who_is_in(client) == str(desk.pk)


@pytest.mark.django_db
def test_who_is_closed_or_has_no_account_does_not_come_in(house, oidc, real):
    connect(house.client("handler"), "c-1")
    governing.change_person(house.person("handler").pk, is_active=False, at=house.at, actor=SYSTEM)
    assert come(Client(), "c-1").status_code == 403
    oidc(proves={"code": "employee_number"})
    governing.add_person(
        "石榴花", place=house.org("vehicles"), code="0050", at=house.at, actor=SYSTEM
    )
    known(real, "c-2", employee_number="0050")
    assert come(Client(), "c-2").status_code == 403


@pytest.mark.django_db
def test_one_account_is_one_persons_and_one_person_has_one(house, oidc, real):
    connect(house.client("handler"), "o-1")
    told = connect(house.client("desk"), "o-1").content.decode()
    assert "已经和本系统里的另一个人连接" in told
    told = connect(house.client("handler"), "o-2").content.decode()
    assert "您已经连接了一个" in told
    assert connect(house.client("handler"), "o-1").status_code == 200
    assert Connection.objects.count() == 1
    assert come(Client(), "o-2").status_code == 403


@pytest.mark.django_db
def test_an_answer_counts_once_for_who_asked_and_for_what_they_asked(house, oidc, real, caplog):
    connect(house.client("handler"), "r-1")
    client = Client()
    address = confirmed(gone(client), "r-1")
    # In another browser, as in a link that somebody sends.
    victim = Client()
    assert victim.get(address).status_code == 403
    assert who_is_in(victim) is None
    # With a state that was changed.
    parts = urlsplit(address)
    query = {name: one[0] for name, one in parse_qs(parts.query).items()}
    changed = f"{parts.path}?{urlencode(query | {'state': query['state'][::-1]})}"
    assert client.get(changed).status_code == 403
    assert client.get(address).status_code == 302
    # Again: neither the state nor the code counts twice.
    client.post("/desk/logout")
    assert client.get(address).status_code == 403
    fresh = parse_qs(urlsplit(gone(client)).query)["state"][0]
    replayed = client.get(f"{parts.path}?{urlencode(query | {'state': fresh})}")
    assert replayed.status_code == 403
    assert "没有接上" in replayed.content.decode()
    assert who_is_in(client) is None
    # Begun to connect by one person, ended by another in the same browser.
    shared = house.client("desk")
    page = shared.post(f"/desk/by/{KEY}")
    address = confirmed(page["Refresh"].removeprefix("0;url="), "r-2")
    state = shared.session["socialaccount_states"]
    shared.force_login(house.person("desk2"))
    session = shared.session
    session["socialaccount_states"] = state
    session.save()
    assert shared.get(address).status_code == 403
    assert Connection.objects.count() == 1
    assert "r-1" not in caplog.text


@pytest.mark.django_db
def test_connecting_begins_with_a_form_of_ours(house, oidc, real):
    foreign = Client(enforce_csrf_checks=True)
    foreign.force_login(house.person("handler"))
    assert foreign.post(f"/desk/by/{KEY}").status_code == 403
    # Who follows a link while logged in logs in, and connects nothing.
    come(house.client("handler"), "f-1")
    assert Connection.objects.count() == 0
    assert Client().post(f"/desk/by/{KEY}")["Location"].startswith("/desk/login")


@pytest.mark.django_db
def test_cancelling_and_silence_have_pages(house, oidc, real, settings):
    client = Client()
    state = parse_qs(urlsplit(gone(client)).query)["state"][0]
    answer = client.get(f"/desk/by/{KEY}/back?error=access_denied&state={state}")
    assert answer.status_code == 403
    assert "您在统一身份认证取消了" in answer.content.decode()
    oidc(address="http://127.0.0.1:9")
    answer = Client().get(f"/desk/by/{KEY}")
    assert answer.status_code == 502
    assert "没有正常答复" in answer.content.decode()
    english = Client(HTTP_ACCEPT_LANGUAGE="en").get(f"/desk/by/{KEY}").content.decode()
    assert "did not answer as it should" in english


@pytest.mark.django_db
def test_nothing_is_there_where_nothing_is_declared(house, settings):
    settings.PROVIDERS = {}
    assert "其他登录方式" not in Client().get("/desk/login").content.decode()
    assert "外部账号登录" not in house.client("handler").get("/desk/me").content.decode()
    for path in (f"/desk/by/{KEY}", f"/desk/by/{KEY}/back"):
        assert Client().get(path).status_code == 404
    # None of the library's own pages has an address.
    for path in ("login", "signup", "email", "password/reset", "3rdparty", "social/signup"):
        for before in ("/accounts/", "/desk/", "/"):
            if before + path != "/desk/login":
                assert Client().get(f"{before}{path}/").status_code == 404


@pytest.mark.django_db
def test_going_there_is_paced_by_origin(house, oidc):
    asked = [
        Client(REMOTE_ADDR="203.0.113.9").get(f"/desk/by/{KEY}").status_code for _ in range(61)
    ]
    assert asked == [302] * 60 + [429]
    assert Client(REMOTE_ADDR="203.0.113.10").get(f"/desk/by/{KEY}").status_code == 302


@pytest.mark.django_db
def test_what_is_held_is_told_to_its_person(house, oidc, real):
    connect(house.client("handler"), "d-1")
    assert list(connecting.connected(house.person("handler").pk)) == [KEY]
    answer = house.client("handler").post("/desk/me/data")
    assert answer.status_code == 200
    assert PASSWORD not in str(answer)


@pytest.mark.django_db(transaction=True)
def test_two_who_connect_the_same_at_once_are_one(house):
    arrival = connecting.Arrival(KEY, "a-1", {})
    who = [house.actor(key) for key in ("handler", "desk", "leader", "desk2")]
    jobs = [partial(connecting.connect, arrival, at=house.at, actor=one) for one in who]
    results = at_once(jobs)
    assert sum(isinstance(one, Connection) for one in results) == 1
    assert all(isinstance(one, (Connection, AccessError)) for one in results)
    assert Connection.objects.count() == 1

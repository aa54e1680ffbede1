"""What is noted of log-ins, who sees it, and how a guessed-at person is told."""

import json
import os
import subprocess
import sys

import pytest
from django.test import Client

from bihuan.foundation.access import governing, logins, officers, overseeing
from bihuan.foundation.access.api import SYSTEM, DeniedError
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.models import Event, SecurityEntry
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.models import Person

pytestmark = pytest.mark.django_db
RIGHT, NEXT = "Quiet-harbour-71", "Copper-lantern-58"


def chosen(house, key="desk", password=RIGHT):
    orgs.set_password(house.person(key).pk, password, at=house.at, actor="system")
    return house.person(key)


def log_in(username, password, **extra):
    client = Client(**extra)
    return client, client.post("/desk/login", {"username": username, "password": password})


def kinds(prefix="login"):
    rows = SecurityEntry.objects.filter(type__startswith=f"{prefix}.").order_by("pk")
    return [one.type for one in rows]


def test_a_log_in_and_a_log_out_are_noted_without_an_address(house):
    person = chosen(house)
    client, answer = log_in(person.username, RIGHT, REMOTE_ADDR="203.0.113.77")
    assert answer.status_code == 302
    client.post("/desk/logout")
    assert kinds() == ["login.made", "login.ended"]
    said = "".join(f"{e.data}{e.private or ''}" for e in Event.objects.all())
    assert "203.0.113" not in said
    assert RIGHT not in said
    assert audit.stream(Event.objects.get(type="login.made").stream) == []


def test_wrong_tries_over_many_origins_are_noted_at_powers_of_ten_and_lock_nobody_out(house):
    person = chosen(house)
    for n in range(12):
        log_in(person.username, f"wrong-{n}", REMOTE_ADDR=f"203.0.113.{n}")
    rows = Event.objects.filter(type="login.failed").order_by("pk")
    assert [json.loads(e.data)["count"] for e in rows] == [1, 10]
    told = [n for n in notify.inbox(person.pk) if n.text == "notice.guessed"]
    assert [n.values["count"] for n in told] == [10]
    assert log_in(person.username, RIGHT, REMOTE_ADDR="198.51.100.9")[1].status_code == 302


def test_what_was_typed_for_an_unknown_name_is_kept_nowhere(house):
    typed = "My-secret-typed-as-a-name"
    log_in(typed, "whatever-else")
    row = Event.objects.get(type="login.unknown")
    assert json.loads(row.data)["count"] == 1
    assert not any(typed in f"{e.stream}{e.data}{e.actor}" for e in Event.objects.all())
    assert SecurityEntry.objects.get(type="login.unknown").about is None


def test_a_password_below_the_rules_must_be_changed_from_the_log_in_on(house):
    person = chosen(house)
    weak = Person.objects.get(pk=person.pk)
    weak.set_password("pingan2026")
    Person.objects.filter(pk=person.pk).update(password=weak.password)
    client, answer = log_in(person.username, "pingan2026")
    assert answer.status_code == 302
    for path in ("/desk/", "/studio/", "/"):
        assert client.get(path).headers["Location"] == "/desk/me"
    assert "person.change_demanded" in kinds("person")
    own = {"old_password": "pingan2026", "new_password": NEXT, "email": ""}
    assert client.post("/desk/me", own).status_code == 302
    assert client.get("/desk/").status_code == 200


def test_a_published_password_stays(house):
    orgs.create_person(
        "shown", "演示", at=house.at, actor="system", password="bihuan-demo-2026", published=True
    )
    client, _ = log_in("shown", "bihuan-demo-2026")
    assert client.get("/").status_code == 200


def test_a_hash_made_stronger_at_a_log_in_is_an_event(house, settings):
    person = chosen(house)
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    client, _ = log_in(person.username, RIGHT)
    assert "person.password_rehashed" in kinds("person")
    assert orgs.person(person.pk).password.startswith("scrypt$")
    assert client.get("/desk/").status_code == 200


def test_ones_own_sessions_are_listed_and_ended(house):
    person = chosen(house)
    firefox = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"
    mine, _ = log_in(person.username, RIGHT)
    other, _ = log_in(person.username, RIGHT, HTTP_USER_AGENT=firefox, REMOTE_ADDR="203.0.113.7")
    mine.get("/desk/"), other.get("/desk/")
    page = mine.get("/desk/me").content.decode()
    assert "Firefox · Windows" in page
    assert "203.0.113.7" not in page
    assert other.session.session_key not in page
    one = next(s for s in mine.get("/desk/me").context["sessions"] if not s.is_this)
    assert mine.post("/desk/me", {"end_session": one.handle}).status_code == 302
    assert other.get("/desk/").status_code == 302
    assert mine.get("/desk/").status_code == 200
    stranger = house.client("leader")
    left = mine.get("/desk/me").context["sessions"][0].handle
    assert stranger.post("/desk/me", {"end_session": left}).status_code == 404
    assert kinds()[-1] == "login.ended"


@pytest.mark.parametrize(
    ("address", "secure"), [("https://a.example", True), ("http://a.example", False)]
)
def test_cookies_are_secure_when_the_public_address_is_https(address, secure, tmp_path):
    code = (
        "from bihuan.conf import settings as s;"
        "print(getattr(s, 'SESSION_COOKIE_SECURE', False), getattr(s, 'CSRF_COOKIE_SECURE', False))"
    )
    env = {**os.environ, "BIHUAN_PUBLIC_URL": address, "BIHUAN_DATA": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == [str(secure)] * 2


def test_secret_links_end_when_their_owner_says_so(house):
    client = house.client("desk")
    link = client.get("/desk/me").context["calendar"].partition("//")[2].partition("/")[2]
    assert Client().get(f"/{link}").status_code == 200
    assert client.post("/desk/me", {"end_links": "1"}).status_code == 302
    assert Client().get(f"/{link}").status_code == 404
    fresh = client.get("/desk/me").context["calendar"].partition("//")[2].partition("/")[2]
    assert Client().get(f"/{fresh}").status_code == 200


def test_an_export_is_noted_with_who_and_how_many(house):
    house.open()
    client = house.client("desk")
    answer = client.get("/desk/export.xlsx?tab=all&text=路灯")
    assert answer.status_code == 200
    event = Event.objects.get(type="list.exported")
    assert "路灯" not in event.data
    assert SecurityEntry.objects.get(type="list.exported").about == house.person("desk").pk


def test_an_administrator_sees_exactly_the_people_they_are_over(house):
    for person in Person.objects.all():
        logins.began(person, house.at)
    checked = 0
    for key in ("admin", "outsider", "desk"):
        who = house.actor(key)
        if not overseeing.may(who):
            with pytest.raises(DeniedError):
                overseeing.events(who, overseeing.Asked(), at=house.at)
            continue
        found, _ = overseeing.events(who, overseeing.Asked("login"), at=house.at, limit=200)
        over = {
            one.pk
            for one in Person.objects.all()
            if officers.is_over_person(who, officers.SECURITY, one.pk, house.at.date())
        }
        assert {one.about.pk for one in found} == over
        checked += 1
    assert checked
    everything, _ = overseeing.events(SYSTEM, overseeing.Asked("login"), at=house.at, limit=200)
    assert len(everything) == Person.objects.count()


def test_the_page_filters_and_pages(house):
    for _ in range(60):
        logins.began(house.person("desk"), house.at)
    logins.began(house.person("handler"), house.at)
    client = house.client("admin")
    name = house.person("desk").username
    page = client.get("/studio/security", {"kind": "login", "name": name, "since": "2000-01-01"})
    assert len(page.context["rows"]) == 50
    older = client.get(f"/studio/security?{page.context['onward']}")
    assert len(older.context["rows"]) >= 10
    odd = {"kind": "x'", "since": "9999-12-31", "until": "rubbish", "before": "9" * 40}
    assert client.get("/studio/security", odd).status_code == 200


def test_an_entry_taken_out_of_the_list_is_a_finding(house):
    logins.began(house.person("desk"), house.at)
    assert not list(audit.security.missing())
    SecurityEntry.objects.filter(type="login.made").delete()
    assert [one.what for one in audit.security.missing()] == [
        "is left out of the list of security events"
    ]


def granted(house, key, role, org):
    where = house.org(org).pk
    governing.give(house.person(key).pk, role, where, start=house.day, at=house.at, actor=SYSTEM)


def test_of_three_officers_the_system_s_sees_no_security_events(house, settings):
    settings.THREE_OFFICERS = True
    chosen(house)
    for key, duty in (
        ("desk2", officers.SYSTEM),
        ("handler", officers.SECURITY),
        ("handler2", officers.AUDIT),
    ):
        granted(house, key, officers.OFFICERS[duty], "city")
    seen = {
        key: house.client(key).get("/studio/security").status_code
        for key in ("desk2", "handler", "handler2", "admin")
    }
    # `admin` has no work left where it is divided.
    assert seen == {"desk2": 403, "handler": 200, "handler2": 200, "admin": 403}


def test_an_administrator_of_a_sibling_sees_nothing_of_the_other(house):
    person = chosen(house, "handler")
    log_in(person.username, RIGHT)
    granted(house, "outsider", "admin", "neighbour")
    granted(house, "desk2", "admin", "center")
    for key in ("outsider", "desk2"):
        page = house.client(key).get("/studio/security")
        assert page.status_code == 200
        assert person.name not in page.content.decode()
    assert person.name in house.client("admin").get("/studio/security").content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_kind_of_event_has_its_word(house, language):
    client = house.client("admin")
    client.cookies["language"] = language
    page = client.get("/studio/security").content.decode()
    assert "security.group." not in page

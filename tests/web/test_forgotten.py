"""A forgotten password: a link by mail for who has an address, the same answer for everybody."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from house import PASSWORD

from bihuan.foundation.access import governing, inviting
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.access.models import Invitation
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.models import SecurityEntry
from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify import smtp
from bihuan.foundation.orgs import api as orgs
from bihuan.jobs import forgotten as sending
from bihuan.lib.clock import now
from bihuan.web import words

RIGHT = "Quiet-harbour-71"
LINK = re.compile(r"http://127\.0\.0\.1:8000/desk/invited#([0-9A-Z]{20})")


@pytest.fixture
def handler(house):
    sending.use_words(words.text)
    person = house.person("handler")
    return governing.change_person(person.pk, email="lin@example.org", at=house.at, actor=SYSTEM)


def ask(who, origin="203.0.113.1"):
    return Client(REMOTE_ADDR=origin).post("/desk/forgotten", {"who": who})


def mailed(at=None):
    """What leaves the house now, as codes."""
    mail.outbox.clear()
    notify.run(at or now(), lanes=("mail",))
    return [LINK.search(one.body)[1] for one in mail.outbox]


def come(code, **given):
    client = Client()
    return client, client.post("/desk/invited", {"code": code, **given})


@pytest.mark.django_db
def test_a_link_by_mail_sets_a_new_password_once(house, handler):
    before = SecurityEntry.objects.order_by("pk").values_list("pk", flat=True).last()
    assert 'href="/desk/forgotten"' in Client().get("/desk/login").content.decode()
    working = house.client("handler")
    assert "已经收到" in ask("handler").content.decode()
    (code,) = mailed()
    letter = mail.outbox[0]
    assert letter.to == ["lin@example.org"]
    assert "用户名是 handler" in letter.body
    client, done = come(code, password=RIGHT)
    assert done.status_code == 302
    assert client.get("/desk/").status_code == 200
    assert working.get("/desk/").status_code == 302, "other sessions end"
    assert orgs.person(handler.pk).check_password(RIGHT)
    assert come(code, password=f"{RIGHT}-2")[1].status_code == 404
    assert [one.text for one in notify.inbox(handler.pk)] == ["notice.password_changed"]
    told = SecurityEntry.objects.filter(pk__gt=before).order_by("pk")
    wanted = [
        *("invitation.asked", "person.password_set", "login.ended"),
        *("invitation.used", "login.made"),
    ]
    assert list(told.values_list("type", flat=True)) == wanted
    assert list(audit.everything()) == []


@pytest.mark.django_db
def test_it_is_dated_ends_with_the_password_and_leaves_an_invitation_open(house, handler):
    _, given = governing.invite(handler.pk, at=now(), actor=SYSTEM)
    ask("LIN@example.org")
    (late,) = mailed()
    at = now() + inviting.ASKED_FOR + timedelta(seconds=1)
    assert inviting.look(late, source="s", at=at - timedelta(seconds=2)).has_account
    with pytest.raises(inviting.AccessError, match="invitation_unknown"):
        inviting.accept(late, "", RIGHT, source="s", at=at)
    assert inviting.open_of(handler.pk, now()) is not None
    assert come(given)[1].status_code == 200
    governing.reset_password(handler.pk, RIGHT, at=now(), actor=SYSTEM)
    assert come(late)[1].status_code == 404


@pytest.mark.django_db
def test_nobody_is_sent_more_than_a_few(house, handler):
    for n in range(5):
        assert ask("handler", f"203.0.113.{n}").status_code == 200
    assert len(mailed()) == inviting.MOST_ASKED
    mail.outbox.clear()
    ask("handler", "203.0.113.77")
    at = now() + inviting.ASKED_FOR + timedelta(minutes=1)
    assert len(mailed(at)) == 1


@pytest.mark.django_db
def test_what_could_not_be_sent_counts_for_nothing(house, handler, settings):
    ask("handler")
    settings.EMAIL_BACKEND = "bihuan.foundation.notify.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert smtp
    notify.run(now(), lanes=("mail",))
    assert Invitation.objects.get().ended_at is not None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert len(mailed(now() + timedelta(minutes=1))) == 1


@pytest.mark.django_db
def test_the_page_says_and_does_the_same_whoever_is_meant(house, handler):
    governing.add_person("石榴花", place=house.org("vehicles"), email="hua@example.org", at=house.at,
                         actor=SYSTEM)  # fmt: skip
    closed = house.person("other_handler")
    governing.change_person(closed.pk, email="x@example.org", is_active=False, at=house.at,
                            actor=SYSTEM)  # fmt: skip
    Client().get("/desk/forgotten")  # what every page reads once is read
    found = {}
    for n, who in enumerate(
        ("handler", "lin@example.org", "desk", "nobody", "no@example.org", "other_handler",
         "x@example.org", "hua@example.org", "%", "' or 1=1 --")
    ):  # fmt: skip
        with CaptureQueriesContext(connection) as asked:
            answer = ask(who, f"198.51.100.{n}")
        text = re.sub(r'value="[^"]*"|nonce="[^"]*"', "", answer.content.decode())
        statements = tuple(one["sql"].partition("(")[0][:60] for one in asked.captured_queries)
        statements = tuple(one for one in statements if "SAVEPOINT" not in one)
        found[who] = (answer.status_code, text, tuple(sorted(answer.cookies)), statements)
    assert len(set(found.values())) == 1
    assert len(mailed()) == 2, "by name and by address"


@pytest.mark.django_db
def test_asking_is_paced_by_origin(house, handler):
    codes = [ask(f"name{n}").status_code for n in range(7)]
    assert codes == [200] * 5 + [429] * 2
    answer = ask("handler")
    assert answer.status_code == 429
    assert 'value="handler"' in answer.content.decode()
    assert ask("handler", "203.0.113.9").status_code == 200
    assert ask("", "203.0.113.8").status_code == 422


@pytest.mark.django_db
def test_where_no_mail_leaves_the_page_says_whom_to_ask(house, handler, settings):
    settings.EMAIL_BACKEND = "bihuan.foundation.notify.console.EmailBackend"
    shown = Client().get("/desk/forgotten").content.decode()
    assert "没有接通邮件" in shown
    assert 'name="who"' not in shown
    assert "已经收到" not in ask("handler").content.decode()
    assert mailed() == []
    assert orgs.person(handler.pk).check_password(PASSWORD)

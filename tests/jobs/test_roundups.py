"""The round-up 手机报: each reader one mail a period, nobody who did not ask twice, nobody who left."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import Event, vault
from bihuan.foundation.audit.models import Contact
from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify.models import Task
from bihuan.jobs import roundups as sending
from bihuan.jobs.worker import Worker
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.api import roundups, subscriptions
from bihuan.web import words

# Monday 2 March 2026 is the first day of week 10; these are seven and eight in the morning of the 9th.
SEVEN = datetime(2026, 3, 8, 23, 0, tzinfo=UTC)
EIGHT = datetime(2026, 3, 9, 0, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
TITLE = "中山路红绿灯"


@pytest.fixture(autouse=True)
def no_tries_yet():
    cache.clear()


@pytest.fixture
def told(house):
    """A published answer of week 10."""
    opened = house.open()
    house.answered(opened)
    house.act(opened, "publish", "desk")
    (draft,) = publicity.of_subject(opened.matter.stream)
    who = house.actor("publisher")
    edited = publicity.edit(
        draft.pk, title=TITLE, question="红绿灯坏了", answer="已修复", actor=who, at=house.at
    )
    return publicity.publish(draft.pk, version=edited.version, actor=who, at=house.at)


def work(at):
    """One round of the worker; the mails it sent."""
    before = len(mail.outbox)
    assert Worker(lambda: at, words.text).round().troubles == 0
    return mail.outbox[before:]


def link_in(one):
    """The path of the only link to press in a mail."""
    return re.search(r"http://[^/]+(/roundup/(?:confirm|end)/\S+)", one.body)[1]


def asks(email="reader@example.org", rhythm="week", **more):
    return Client().post("/roundup/subscribe", {"email": email, "rhythm": rhythm, **more})


def subscribed(at, email="reader@example.org", rhythm="week"):
    """Asks and confirms as a reader does; the subscription's id."""
    with time_machine.travel(at, tick=False):
        assert asks(email, rhythm).status_code == 200
        (sent,) = work(at)
        assert sent.to == [email]
        assert Client().post(link_in(sent)).status_code == 200
    row = publicity.subscriptions.Subscription.objects.latest("pk")
    return row.pk


def test_only_the_button_behind_the_mailed_link_begins_it(house):
    with time_machine.travel(house.at, tick=False):
        assert "reader@example.org" in asks().content.decode()
        asks()
        (sent,) = work(house.at)
        # Until then nobody is kept.
        path = link_in(sent)
        assert "每周" in Client().get(path).content.decode()
        assert not Contact.objects.exists()
        for _ in range(2):
            assert "已订阅" in Client().post(path).content.decode()
        assert len(subscriptions.running(roundups.RHYTHMS[1], after=0, limit=9)) == 1
        assert "example" not in path
        assert "reader" not in "".join(Contact.objects.values_list("sealed", flat=True))
        assert Client().post(f"{path}x").status_code == 404
    with time_machine.travel(house.after(days=4), tick=False):
        assert Client().post(path).status_code == 404
    assert list(audit.everything()) == []


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"email": "nobody"}, 422, "“nobody”不是有效的电子邮箱"),
        ({"email": "a@b\n.org"}, 422, "不是有效的电子邮箱"),
        ({"email": ""}, 422, "不是有效的电子邮箱"),
        ({"rhythm": "month"}, 422, "没有选择发送频率"),
        ({"website": "x"}, 400, "</html>"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_sent(house, given, status, said):
    answer = asks(**given)
    assert answer.status_code == status
    page = answer.content.decode()
    assert said in page
    assert given.get("email", "reader@example.org").replace("\n", "") in page.replace("\n", "")
    assert not Task.objects.exists()


def test_a_mail_that_was_given_up_does_not_stand_in_the_way(house):
    with time_machine.travel(house.at, tick=False):
        asks()
    Task.objects.update(state="failed")
    with time_machine.travel(house.after(days=1), tick=False):
        asks()
        asks()
        (sent,) = work(house.after(days=1))
    assert sent.to == ["reader@example.org"]


def test_nobody_fills_a_strangers_mailbox(house):
    with time_machine.travel(house.at, tick=False):
        for _ in range(3):
            assert asks().status_code == 200
            work(house.at)
        assert asks("Reader@Example.org").status_code == 429
        assert asks("other@example.org").status_code == 200
    assert len(mail.outbox) == 3


def test_each_reader_one_mail_from_eight_in_the_morning(house, told):
    weekly = subscribed(house.at)
    daily = subscribed(house.at, "daily@example.org", "day")
    assert work(SEVEN) == []
    (sent,) = work(EIGHT)
    assert sent.to == ["reader@example.org"]
    assert sent.subject == "公开摘要 3月2日—3月8日：公开答复1件"
    assert f"· {TITLE}（" in sent.body
    assert f"/published/{told.pk}" in sent.body
    assert work(EIGHT + timedelta(hours=1)) == []
    # Nothing new, nothing sent.
    assert work(EIGHT + WEEK) == []
    assert weekly != daily


def test_every_day_for_those_who_want_it(house, told):
    subscribed(house.at, rhythm="day")
    morning = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)
    (sent,) = work(morning)
    assert sent.subject == "公开摘要 3月2日：公开答复1件"
    assert work(morning + timedelta(days=1)) == []


def test_one_press_ends_it_and_nothing_of_the_address_is_left(house, told):
    pk = subscribed(house.at)
    (sent,) = work(EIGHT)
    path = link_in(sent)
    assert sent.extra_headers["List-Unsubscribe"].endswith(f"{path}>")
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    # A mail program has no cookie of ours; looking at the page ends nothing.
    reader = Client(enforce_csrf_checks=True)
    assert "退订后不再发送" in reader.get(path).content.decode()
    for _ in range(2):
        answer = reader.post(path, {"List-Unsubscribe": "One-Click"})
        assert "已退订" in answer.content.decode()
    assert reader.post(f"{path[:-1]}!").status_code == 404
    assert subscriptions.reader(pk) is None
    assert vault.for_delivery(f"subscription:{pk}") is None
    assert not Event.objects.filter(stream=f"subscription:{pk}", private__contains="index").exclude(
        type="subscription.ended"
    )
    assert list(audit.everything()) == []
    # And may begin again.
    assert subscribed(EIGHT) != pk


def test_who_ended_it_while_the_mails_waited_gets_none(house, told):
    pk = subscribed(house.at)
    sending.plan(EIGHT)
    notify.run(EIGHT)
    assert Task.objects.filter(name=sending.MAIL).count() == 1
    _, _, token = subscriptions.reader(pk)
    subscriptions.end(token, at=EIGHT)
    assert work(EIGHT) == []


def test_what_was_withdrawn_is_not_in_it(house, told):
    subscribed(house.at)
    publicity.withdraw(told.pk, "内容有误", actor=house.actor("publisher"), at=house.after(hours=1))
    assert work(EIGHT) == []
    assert TITLE not in Client().get("/roundup/2026-W10").content.decode()


def test_many_readers_are_written_to_in_parts(house, told, monkeypatch):
    monkeypatch.setattr(sending, "AT_ONCE", 2)
    readers = [f"r{n}@example.org" for n in range(5)]
    for one in readers:
        subscribed(house.at, one)
    assert sorted(one.to[0] for one in work(EIGHT)) == readers
    assert work(EIGHT + timedelta(hours=1)) == []


def test_a_gateway_is_told_once_with_the_words_to_push_on(house, told):
    notify.add_webhook("https://example.org/sms", [roundups.MADE], at=house.at, actor=SYSTEM)
    sending.use_words(words.text)
    sending.plan(EIGHT)
    sending.plan(EIGHT)
    (task,) = Task.objects.filter(name="notify.webhook")
    body = task.payload["body"]
    assert body["period"] == "2026-W10"
    assert TITLE in body["text"]


def test_a_page_for_every_day_and_week(house, told):
    with time_machine.travel(EIGHT, tick=False):
        assert Client().get("/roundup").url == "/roundup/2026-W10"
        assert Client().get("/roundup?of=day").url == "/roundup/2026-03-08"
        week = Client().get("/roundup/2026-W10").content.decode()
        assert TITLE in week
        # The next one is not over yet.
        assert "/roundup/2026-W11" not in week
        assert "/roundup/2026-W10" in Client().get("/roundup/2026-W09").content.decode()
        assert TITLE in Client().get("/roundup/2026-03-02").content.decode()
        assert "没有新公开的内容" in Client().get("/roundup/2026-03-08").content.decode()
        for bad in ("2026", "2026-03", "2026-W60", "0000-01-01", "x", "2026-03-02..2026-03-05"):
            assert Client().get(f"/roundup/{bad}").status_code == 404

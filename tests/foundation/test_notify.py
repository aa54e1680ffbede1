"""The outbox and the inboxes."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused

import pytest
from django.db import connection

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify import outbox
from bihuan.foundation.notify.models import Task

pytestmark = pytest.mark.django_db
DONE: list[tuple] = []


@notify.task("tests.note")
def note(payload, at, key):
    DONE.append((payload["n"], key))


@notify.task("tests.break")
def broken(payload, at, key):
    notify.tell([payload["person"]], "never", key="never", at=at)
    msg = "it does not work"
    raise RuntimeError(msg)


@pytest.fixture(autouse=True)
def _empty():
    DONE.clear()


def plan(house, name="tests.note", key="k", at=None, **payload):
    notify.enqueue(name, payload or {"n": 1}, key=key, run_at=at or house.at)


def test_more_people_than_one_statement_takes_are_told(house):
    """Each once, however often they are named."""
    people = [house.person(name).pk for name in ("desk", "handler")] * 25_000
    notify.tell(people, "notice.assigned", key="k", at=house.at, number="MY2026-000001")
    assert [len(notify.inbox(pk)) for pk in people[:2]] == [1, 1]


def test_a_key_is_planned_once_and_run_once(house):
    plan(house)
    plan(house, n=2)
    assert notify.waiting(house.at) == 1
    assert notify.run(house.at) == 1
    assert DONE == [(1, "k")]
    assert notify.run(house.after(days=1)) == 0


def test_nothing_runs_before_its_time(house):
    plan(house, at=house.after(hours=1))
    assert notify.run(house.at) == 0
    assert notify.run(house.after(hours=1)) == 1


def test_a_broken_task_backs_off_then_fails_and_may_be_retried(house):
    plan(house, "tests.break", person=house.person("desk").pk)
    at, tries = house.at, 0
    while notify.waiting(at + timedelta(days=30)):
        task = Task.objects.get()
        assert notify.run(task.run_at - timedelta(seconds=1)) == 0, "not before its time"
        at = task.run_at
        assert notify.run(at) == 1
        tries += 1
    assert tries == outbox.MAX_ATTEMPTS
    (failed,) = notify.failed()
    assert "RuntimeError" in failed.error
    assert "does not work" not in failed.error, "an error's own words may hold an address"
    assert notify.inbox(house.person("desk").pk) == [], "what it wrote went back with it"
    notify.retry(failed.pk, house.after(days=9))
    assert notify.failed() == []
    assert notify.run(house.after(days=9)) == 1


def test_one_broken_task_does_not_stop_the_others(house):
    plan(house, "tests.break", key="a", person=house.person("desk").pk)
    plan(house, key="b")
    assert notify.run(house.at) == 2
    assert DONE == [(1, "b")]


def test_an_unknown_task_fails_like_any_other(house):
    plan(house, "tests.nobody")
    notify.run(house.at)
    assert "tests.nobody" in Task.objects.get().error


def test_a_lease_keeps_others_away_until_it_runs_out(house):
    plan(house)
    Task.objects.update(leased_until=house.after(seconds=60))
    assert notify.run(house.at) == 0, "a worker has it"
    assert notify.run(house.after(seconds=61)) == 1, "that worker died"


def test_a_notice_comes_once(house):
    who = house.person("desk").pk
    for _ in range(2):
        notify.tell([who], "notice.assigned", key="k", at=house.at, number="MY2026-000001")
    assert [n.values["number"] for n in notify.inbox(who)] == ["MY2026-000001"]
    assert notify.unread(who) == 1
    notify.mark_read(who, house.at)
    assert notify.unread(who) == 0


def test_one_reads_one_s_own_only(house):
    desk, desk2 = house.person("desk").pk, house.person("desk2").pk
    notify.tell([desk, desk2], "notice.assigned", key="k", at=house.at)
    notify.mark_read(desk, house.at, notify.inbox(desk2)[0].pk)
    assert (notify.unread(desk), notify.unread(desk2)) == (1, 1)


@pytest.mark.parametrize(
    "url", ["ftp://x.example", "javascript:alert(1)", "", "http://", "//x", "file:///etc/passwd"]
)
def test_a_webhook_goes_to_the_web(house, url):
    with pytest.raises(notify.NotifyError, match="bad_url"):
        notify.add_webhook(url, ["public_voice.reply"], at=house.at, actor=SYSTEM)


def test_webhooks_hear_what_they_asked_for_where_they_may(house):
    types = ["public_voice.accept"]
    here = notify.add_webhook(
        "https://a.example", types, at=house.at, actor=SYSTEM, org_path=house.org("city").path
    )
    notify.add_webhook(
        "https://b.example",
        types,
        at=house.at,
        actor=SYSTEM,
        org_path=house.org("neighbour").path,
    )
    stopped = notify.add_webhook("https://c.example", types, at=house.at, actor=SYSTEM)
    notify.stop_webhook(stopped.pk, at=house.at, actor=SYSTEM)
    opened = house.open()
    house.act(opened, "accept", "desk")
    tasks = Task.objects.filter(name="notify.webhook")
    assert [t.payload["webhook"] for t in tasks] == [here.pk]
    assert set(tasks[0].payload["body"]) == {"number", "programme", "kind", "action", "state", "at"}


@notify.task("tests.sends", "mail")
def sends(payload, at, key):
    DONE.append((connection.in_atomic_block, key))
    if payload.get("refused"):
        raise SMTPRecipientsRefused({"wang@example.org": (550, b"no such user wang@example.org")})


@pytest.mark.django_db(transaction=True)
def test_what_goes_out_goes_outside_any_transaction(house):
    plan(house, "tests.sends")
    assert notify.run(house.at, lanes=(notify.INSIDE,)) == 0, "another's lane"
    assert notify.run(house.at, lanes=("mail",)) == 1
    assert DONE == [(False, "k")]
    assert not Task.objects.exists()


def test_a_refused_address_does_not_stand_in_the_outbox(house):
    plan(house, "tests.sends", refused=True)
    notify.run(house.at)
    error = Task.objects.get().error
    assert "SMTPRecipientsRefused" in error
    assert "wang" not in error


def test_the_console_s_mail_does_not_say_to_whom(settings, capsys):
    settings.EMAIL_BACKEND = "bihuan.foundation.notify.console.EmailBackend"
    notify.mail("wang@example.org", "Hello", "text", "k")
    shown = capsys.readouterr().out
    assert "Subject: Hello" in shown
    assert "wang" not in shown

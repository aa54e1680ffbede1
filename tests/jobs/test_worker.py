"""The worker: everything once, whatever happens to it."""

import contextlib
import json
import re
import signal
import socketserver
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg
import pytest
from django.core import mail
from django.db import OperationalError
from house import House
from place import VENDORS, Places, asked_of

from bihuan.foundation.access.models import LoginSession
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.models import Seal
from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify.models import Duty, Notice, Task
from bihuan.foundation.orgs import api as orgs
from bihuan.jobs import digest
from bihuan.jobs.worker import Worker
from bihuan.web import words


class Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock(house: House) -> Clock:
    return Clock(house.at)


@pytest.fixture
def worker(clock: Clock) -> Worker:
    return Worker(clock, words.text)


def test_a_round_does_everything_once(house: House, clock: Clock, worker: Worker):
    house.open()
    clock.at = house.after(days=30)
    first = worker.round()
    assert first.steps >= 1
    assert set(first.duties) == {d.name for d in Duty.objects.all()}
    assert Seal.objects.count() == 1
    second = worker.round()
    assert second.nothing()
    assert not list(audit.everything())


def test_two_workers_do_a_duty_once(house: House, clock: Clock, worker: Worker):
    assert "sessions" in worker.round().duties
    assert Worker(clock, words.text).round().duties == []
    clock.at += timedelta(minutes=5)
    assert Worker(clock, words.text).round().duties == ["seal", "mergers"]


def test_a_lease_keeps_others_off_and_runs_out(house: House):
    day = timedelta(days=1)
    assert notify.claim_duty("x", every=day, at=house.at)
    assert not notify.claim_duty("x", every=day, at=house.after(minutes=9))
    assert notify.claim_duty("x", every=day, at=house.after(minutes=11))
    notify.finish_duty("x", at=house.after(minutes=11))
    assert not notify.claim_duty("x", every=day, at=house.after(hours=23))
    assert notify.claim_duty("x", every=day, at=house.after(hours=25))


def test_a_clock_set_back_delays_by_one_period_at_most(house: House, clock: Clock, worker: Worker):
    clock.at = house.after(days=4000)
    worker.round()
    clock.at = house.at
    house.open()
    done = worker.round()
    assert done.troubles == 0
    assert set(done.duties) == {d.name for d in Duty.objects.all()}
    assert not list(audit.everything())


def test_sessions_past_their_time_go(house: House, clock: Clock, worker: Worker):
    LoginSession.objects.create(
        session_key="old", session_data="", expire_date=house.after(days=-1)
    )
    LoginSession.objects.create(session_key="new", session_data="", expire_date=house.after(days=1))
    worker.round()
    assert list(LoginSession.objects.values_list("session_key", flat=True)) == ["new"]


def _notice(house: House, key: str, minutes: int = -60) -> None:
    at = house.after(minutes=minutes)
    notify.tell(
        [house.person("desk").pk], "notice.received", key=key, at=at, number="MY2026-000001"
    )


def test_a_digest_lists_what_is_unread_once(house: House, clock: Clock, worker: Worker):
    who = house.person("desk")
    orgs.change_person(who.pk, at=house.at, actor="system", email="desk@example.org", locale="en")
    _notice(house, "a")
    _notice(house, "b")
    _notice(house, "young", minutes=-5)
    worker.round()
    assert len(mail.outbox) == 1
    assert mail.outbox[0].to == ["desk@example.org"]
    assert "unread notices: 2" in mail.outbox[0].subject
    clock.at = house.after(hours=2)
    worker.round()
    assert len(mail.outbox) == 2
    assert "unread notices: 1" in mail.outbox[1].subject
    clock.at = house.after(hours=4)
    worker.round()
    assert len(mail.outbox) == 2
    ids = {m.extra_headers["Message-ID"] for m in mail.outbox}
    assert len(ids) == 2


def test_what_was_read_meanwhile_is_not_mailed(house: House, worker: Worker):
    who = house.person("desk")
    orgs.change_person(who.pk, at=house.at, actor="system", email="desk@example.org")
    _notice(house, "a")
    assert digest.plan(house.at) == 1
    notify.mark_read(who.pk, house.at)
    worker.round()
    assert mail.outbox == []
    assert not Task.objects.exists()


def test_a_broken_mail_server_loses_nothing(house: House, clock: Clock, worker: Worker, settings):
    who = house.person("desk")
    orgs.change_person(who.pk, at=house.at, actor="system", email="desk@example.org")
    _notice(house, "a")
    settings.EMAIL_BACKEND = "bihuan.foundation.notify.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    worker.round()
    task = Task.objects.get()
    assert task.attempts == 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    clock.at = house.after(minutes=1)
    worker.round()
    assert len(mail.outbox) == 1
    assert Notice.objects.get().mailed_at == house.at


def test_one_failing_duty_stops_no_other(house: House, clock: Clock, worker: Worker, caplog):
    broken = worker._duties[0]

    def refuse(at: datetime) -> None:
        raise OperationalError("database or disk is full")

    worker._duties[0] = type(broken)(broken.name, broken.every, refuse)
    done = worker.round()
    assert done.troubles == 1
    assert len(done.duties) == len(worker._duties) - 1
    assert "database or disk is full" in caplog.text
    worker._duties[0] = broken
    assert worker.round().duties == []
    clock.at = house.after(minutes=2)
    assert broken.name in worker.round().duties


def test_a_locked_database_is_waited_for(places: Places):
    place = places.built()
    told = place.python(
        """
        import sqlite3, logging
        from django.conf import settings
        from django.db import connection
        from bihuan.jobs.worker import Worker
        from bihuan.web import words
        from house import House
        House().open()
        connection.close()
        settings.DATABASES["default"]["OPTIONS"]["timeout"] = 0.2
        connection.settings_dict["OPTIONS"]["timeout"] = 0.2
        other = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        h = House()
        worker = Worker(lambda: h.after(days=30), words.text)
        done = worker.round()
        assert done.troubles and done.nothing(), done
        other.execute("ROLLBACK")
        done = worker.round()
        assert not done.troubles and done.steps and len(done.duties) == len(worker._duties), done
        print("well")
        """
    )
    assert told == "well"


def test_it_stops_when_told(places: Places):
    place = places.built()
    for signum in (signal.SIGTERM, signal.SIGINT):
        with place.start("work", "--interval", "3600", stdout=subprocess.PIPE) as one:
            assert b"working" in one.stdout.readline()
            one.send_signal(signum)
            assert one.wait(timeout=60) == 0


class Outside:
    """A mail server and a receiver of events; either drips its answer while it is told to."""

    def __init__(self) -> None:
        self.drips = self.hook_drips = False
        self.mails: list[str] = []
        self.asked = self.called = 0
        self.posts: list[bytes] = []
        outside = self

        class Mail(socketserver.StreamRequestHandler):
            def handle(self):
                with contextlib.suppress(OSError):
                    outside.asked += 1
                    while outside.drips:
                        self.wfile.write(b"2")
                        time.sleep(0.05)
                    outside.take(self)

        class Hook(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outside.called += 1
                if outside.hook_drips:
                    with contextlib.suppress(OSError):
                        while outside.hook_drips:
                            self.wfile.write(b"H")
                            time.sleep(0.05)
                    return
                outside.posts.append(body)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.mail = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)
        self.mail.daemon_threads = True
        self.hook = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
        for one in (self.mail, self.hook):
            threading.Thread(target=one.serve_forever, daemon=True).start()

    def take(self, line) -> None:
        answers = (b"220 here\r\n", b"250 here\r\n", b"250 from\r\n", b"250 to\r\n", b"354 on\r\n")
        for n, answer in enumerate(answers):
            if n:
                line.rfile.readline()
            line.wfile.write(answer)
        while (said := line.rfile.readline()) not in (b".\r\n", b""):
            if said.startswith(b"Message-ID:"):
                # A long one stands in the next line.
                told = said.partition(b":")[2].strip() or line.rfile.readline().strip()
                self.mails.append(told.decode())
        line.wfile.write(b"250 taken\r\n")
        line.rfile.readline()
        line.wfile.write(b"221 bye\r\n")

    def close(self) -> None:
        for one in (self.mail, self.hook):
            one.shutdown()
            one.server_close()


@pytest.fixture
def outside():
    one = Outside()
    yield one
    one.close()


def _until(happened, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


LANES = """
from bihuan.foundation.audit.api import vault
from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify.models import Webhook
from house import House
h = House()
hook = Webhook.objects.create(url="http://127.0.0.1:{hook}/", secret="s", types=["x"], org_path="")
for n in range(3):
    opened = h.open(f"第{{n}}处路灯不亮。", contact=vault.Person("甲", "", f"a{{n}}@example.org"))
    notify.enqueue("matters.mail_sender", {{"matter": opened.matter.pk, "text": "answered"}},
        key=f"mail:{{n}}", run_at=h.at)
    notify.enqueue("notify.webhook", {{"webhook": hook.pk, "body": {{"n": n}}}}, key=f"hook:{{n}}",
        run_at=h.at)
"""


# Which of them hangs does not hang on the database.
@pytest.mark.parametrize(("stuck", "vendor"), [("mail", VENDORS[0]), ("hook", VENDORS[-1])])
def test_one_stuck_receiver_stops_its_own_kind_only_and_nothing_is_lost(
    places: Places, outside: Outside, vendor, stuck
):
    place = places.built(vendor)
    place.env |= {
        "BIHUAN_EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "BIHUAN_EMAIL_HOST": "127.0.0.1",
        "BIHUAN_EMAIL_PORT": str(outside.mail.server_address[1]),
        "BIHUAN_EMAIL_SECONDS": "4",
        "BIHUAN_WEBHOOK_HOSTS": "127.0.0.1",
    }
    outside.drips, outside.hook_drips = stuck == "mail", stuck == "hook"
    place.python(LANES.format(hook=outside.hook.server_address[1]))
    before = _progress(place)
    slow, quick = (outside.mails, outside.posts)[:: 1 if stuck == "mail" else -1]
    with place.start("work", "--interval", "0.2") as one:
        _until(lambda: outside.asked if stuck == "mail" else outside.called)
        # One lane hangs in its answer; the other's go out, clocks step, nobody waits for it.
        _until(lambda: len(quick) == 3 and _progress(place) > before)
        assert slow == []
        one.send_signal(signal.SIGTERM)
        assert one.wait(timeout=60) == 0
    outside.drips = outside.hook_drips = False
    name = "matters.mail_sender" if stuck == "mail" else "notify.webhook"
    # What failed waits its turn; here its seconds are taken away.
    _, done, left = place.together(
        "from bihuan.foundation.notify.models import Task\n"
        f"assert Task.objects.filter(name='{name}').count() == 3\n"
        "from bihuan.lib.clock import now\n"
        "Task.objects.update(leased_until=None, run_at=now())",
        ["work", "--once"],
        "from bihuan.foundation.notify.models import Task; print(Task.objects.count())",
    )
    assert done.returncode == 0
    assert len(set(outside.mails)) == len(outside.mails) == 3
    assert len(set(outside.posts)) == len(outside.posts) == 3
    assert left.stdout == "0\n"


# A few of each; `make bench-R1` kills hundreds of times.
MATTERS = 24
KILLS = 2
RELEASED = """
from bihuan.foundation.notify.models import Duty, Task
Task.objects.update(leased_until=None); Duty.objects.update(leased_until=None)
"""
SEED = """
from bihuan.foundation.audit.api import vault
from bihuan.foundation.notify import api as notify
from house import House
h = House()
for n in range({count}):
    opened = h.open(f"第{{n}}处路灯不亮。", contact=vault.Person("甲", "", f"a{{n}}@example.org"))
    notify.enqueue("matters.mail_sender", {{"matter": opened.matter.pk, "text": "answered"}},
        key=f"mail:{{n}}", run_at=h.at)
"""
STATE = """
import json
from collections import Counter
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.models import Event
from bihuan.foundation.notify.models import Notice, Task
from bihuan.kernel.matters.api import Matter
steps = Counter()
for e in Event.objects.filter(type="matter.stepped"):
    for clock, step, level in audit.read(e)["steps"]:
        steps[f"{e.stream} {clock} {step}"] += 1
children = Counter(Matter.objects.filter(parent__isnull=False).values_list("parent_id", flat=True))
print(json.dumps([max(steps.values()), len({s.split()[0] for s in steps}), max(children.values()),
    len(children), Task.objects.count(), [str(f) for f in audit.everything()]]))
"""


def _progress(place) -> int:
    database = place.data / "bihuan.sqlite3"
    with contextlib.closing(
        psycopg.connect(place.url) if place.url else sqlite3.connect(database)
    ) as db:
        return db.execute("SELECT count(*) FROM audit_event").fetchone()[0]


@pytest.mark.parametrize("vendor", asked_of("postgresql"))
def test_killed_again_and_again_it_loses_and_repeats_nothing(places: Places, tmp_path, vendor):
    place = places.built(vendor)
    place.python(SEED.format(count=MATTERS))
    posted = tmp_path / "posted.txt"
    with posted.open("wb") as out:
        for _ in range(KILLS):
            before = _progress(place)
            one = place.start("work", stdout=out, stderr=subprocess.STDOUT)
            until = time.monotonic() + 20
            while _progress(place) < before + 10 and time.monotonic() < until:
                time.sleep(0.05)
            one.kill()
            one.wait()
    # Leases of the killed run out by themselves; here their minute is taken away.
    once = [RELEASED, ["work", "--once"]]
    *rounds, told = place.together(*once, *once, STATE)
    assert [one.returncode for one in rounds] == [0] * 4
    most, stepped, most_children, parents, tasks, findings = json.loads(told.stdout)
    assert findings == []
    assert tasks == 0
    assert (most, stepped) == (1, MATTERS)
    assert (most_children, parents) == (1, MATTERS)
    mailed = "\n".join([posted.read_text(errors="replace"), *(one.stdout for one in rounds)])
    ids = Counter(re.findall(r"Message-ID:\s*<([^@>\s]+)@", mailed))
    assert len(ids) == MATTERS
    # A mail that left in the instant of a kill leaves again under the same id: one a kill at most.
    assert sum(n - 1 for n in ids.values()) <= KILLS

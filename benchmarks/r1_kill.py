"""Bar R1: server and worker killed with SIGKILL at random instants under load; nothing acknowledged is lost.

    python benchmarks/r1_kill.py [--small] [--kills 500] [--database sqlite|postgres|both] [--facets]

With `--facets` half of the clients live by what facets bring: they second motions, the last two wanted
at one moment, raise issues from pool to pool, gather them in batches, and hold gatherings: a roll is taken,
everybody is told, and two of them are marked as there at one moment.

Clients open matters and act on them over HTTP with idempotency keys, and repeat with the same key whatever
was not answered. Every so often the whole process group (web processes and worker) is killed and started
again. At the end every answered write must be there, each once; `verify` must find nothing (every row
rebuilds from its events); and every planned task must have run to its end.
"""

import argparse
import http.client
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter

import ground
from django.utils import timezone
from p1_lifecycle import _tokens

from bihuan.lib import clock

# Some of the tests' cast of motions: who brings one in, who seconds it; three are wanted.
MOVER, *SECONDERS = ("m01", "m02", "m03", "m04", "m05")
WANTED = 3
COMPANY = ("finder", "one_owner", "north_owner", "north_organizer")
# Who leads a gathering, and whom they mark as there; everybody who should come.
LEADER, COMING, SHOULD = "warden", ("a", "b"), 5
# What one does more than once to one matter: each mark is for another person.
REPEATED = {"tick_off": len(COMING)}
CLIENTS = 6


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--facets", action="store_true")


class House:
    """The product as an operator runs it: web processes and a worker, in one process group."""

    def __init__(self) -> None:
        self.port = ground.free_port()
        self.groups: list[subprocess.Popen] = []

    def start(self) -> None:
        web = [
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        web += [
            "--workers",
            "2",
            "--blocking-threads",
            "4",
            "--no-access-log",
            "--log-level",
            "critical",
            "bihuan.conf.wsgi:application",
        ]
        work = ["-m", "bihuan.cli", "work", "--interval", "0.5"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.groups = [
            subprocess.Popen([sys.executable, *part], start_new_session=True, **quiet)
            for part in (web, work)
        ]

    def ready(self) -> bool:
        """Waits until the server answers."""
        for _ in range(600):
            try:
                link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                link.request("GET", "/healthz")
                if link.getresponse().status == 200:
                    return True
            except OSError:
                pass
            except http.client.HTTPException:
                pass
            time.sleep(0.05)
        return False

    def kill(self) -> None:
        """SIGKILL to both groups at once."""
        for one in self.groups:
            try:
                os.killpg(one.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        for one in self.groups:
            one.wait()


class Load:
    """Clients that never forget what they were promised."""

    def __init__(self, port: int, tokens: dict[str, str], where: dict[str, int]) -> None:
        self.port, self.tokens, self.where = port, tokens, where
        self.stop = threading.Event()
        self.lock = threading.Lock()
        # (matter id, action) acknowledged; how often a repetition was needed.
        self.opened: list[int] = []
        self.acted: list[tuple[int, str]] = []
        # Of facets: motion → how many seconded it; issue → pools above the first; batch → its issues.
        self.seconded: Counter[int] = Counter()
        self.raised: Counter[int] = Counter()
        self.held: dict[int, list[int]] = {}
        # Gathering → who was marked as there, for those whose roll was taken.
        self.came: dict[int, set[int]] = {}
        self.again = 0
        self.refused: Counter[str] = Counter()

    def ask(self, path: str, body: dict, who: str, *, late: bool = False) -> dict | None:
        """Asks until there is an answer, always with one key; None when told to stop before, or when
        it was refused, as whoever comes `late` may be."""
        key = uuid.uuid4().hex
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": key,
            "Authorization": f"Bearer {self.tokens[who]}",
        }
        while True:
            try:
                link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                link.request("POST", f"/api/v1/{path}", json.dumps(body).encode(), headers)
                answer = link.getresponse()
                content = answer.read()
                link.close()
                if answer.status in (200, 201):
                    return json.loads(content)
                if answer.status < 500 and answer.status != 429:
                    if late:
                        return None
                    with self.lock:
                        self.refused[
                            f"{path.rsplit('/', maxsplit=1)[-1]} {answer.status} {content[:160]!r}"
                        ] += 1
                    return None
            except (OSError, http.client.HTTPException):
                pass
            with self.lock:
                self.again += 1
            if self.stop.wait(0.1):
                return None

    def act(self, pk: int, action: str, who: str, *, late: bool = False, **inputs: object) -> bool:
        """Whether it was done."""
        done = self.ask(f"matters/{pk}/actions/{action}", {"inputs": inputs}, who, late=late)
        if done is None:
            return False
        with self.lock:
            self.acted.append((pk, action))
        return True

    def open(self, programme: str, kind: str, home: str, who: str, **fields: object) -> int | None:
        """A matter with a text of its own; None when told to stop."""
        body = f"{uuid.uuid4().hex} 班组报表太多。"
        asked = {"programme": programme, "kind": kind, "home": self.where[home], "body": body}
        told = self.ask("matters", asked | {"subject": "一事", "fields": fields}, who)
        if told is None:
            return None
        with self.lock:
            self.opened.append(told["id"])
        return int(told["id"])

    def second(self) -> None:
        """A motion, seconded by two, then by two more at one moment: one of them comes too late."""
        pk = self.open("qqq_motions", "motion", "center", MOVER)
        if pk is None:
            return
        for who in SECONDERS[: WANTED - 1]:
            self.seconded[pk] += self.act(pk, "back", who)
        done: list[bool] = []
        last = [
            threading.Thread(target=lambda w=who: done.append(self.act(pk, "back", w, late=True)))
            for who in SECONDERS[WANTED - 1 :]
        ]
        for one in last:
            one.start()
        for one in last:
            one.join()
        self.seconded[pk] += sum(done)

    def climb(self) -> None:
        """Two issues that are raised, the second of them twice, and a batch of both."""
        issues = []
        for times in (1, 2):
            pk = self.open(
                "issue_management",
                "issue",
                "north_one",
                "finder",
                category="burden",
                channel="going_down",
            )
            if pk is None:
                return
            issues.append(pk)
            for who in ("one_owner", "north_owner")[:times]:
                if self.act(pk, "push_up", who, reason="本级解决不了。"):
                    self.raised[pk] += 1
        batch = self.open(
            "issue_management", "batch", "north", "north_organizer", issues=issues[:1]
        )
        if batch is not None:
            self.held[batch] = issues[:1]

    def gather(self) -> None:
        """A gathering of today: announced, begun, and two who are there, marked at one moment."""
        today = timezone.localtime(clock.now()).date().isoformat()
        times = {"sung_on": today, "sung_from": "00:01", "sung_to": "23:58", "sung_at": "小礼堂"}
        pk = self.open("qqq_evenings", "rehearsal", "first", LEADER, **times)
        if pk is None or not self.act(pk, "call_out", LEADER):
            return
        self.came[pk] = set()
        if not self.act(pk, "strike_up", LEADER):
            return

        def mark(who: str) -> None:
            if self.act(pk, "tick_off", LEADER, singers_here=[self.where[who]]):
                self.came[pk].add(self.where[who])

        both = [threading.Thread(target=mark, args=(who,)) for who in COMING]
        for one in both:
            one.start()
        for one in both:
            one.join()

    def run_facets(self, number: int) -> None:
        """As `run`, by what facets bring."""
        turns = itertools.cycle((self.second, self.climb, self.gather))
        for _ in range(number % 3):
            next(turns)
        for turn in turns:
            if self.stop.is_set():
                return
            turn()

    def run(self, number: int) -> None:
        chance = random.Random(number)
        steps = (
            ("accept", {}, "desk"),
            ("dispatch", {"unit": self.where["vehicles"], "person": self.where["handler"]}, "desk"),
            ("reply", {"reply": "经查，已修复。"}, "handler"),
        )
        while not self.stop.is_set():
            told = self.ask(
                "matters",
                {
                    "programme": "public_voice",
                    "kind": "voice",
                    "home": self.where["center"],
                    "body": f"{uuid.uuid4().hex} {ground.sentence(chance)}",
                    "fields": {"category": "complaint", "channel": "web"},
                    "contact": {"email": "sender@example.org"},
                },
                "desk",
            )
            if told is None:
                continue
            with self.lock:
                self.opened.append(told["id"])
            for action, inputs, who in steps:
                done = self.ask(f"matters/{told['id']}/actions/{action}", {"inputs": inputs}, who)
                if done is None:
                    break
                with self.lock:
                    self.acted.append((told["id"], action))


def _count(load: Load) -> dict[str, int]:
    """What is wrong in the database, by name."""
    import django.db

    from bihuan.foundation.audit import api as audit
    from bihuan.foundation.audit.models import Event
    from bihuan.foundation.search.models import Document
    from bihuan.kernel.matters.models import Matter

    django.db.connections.close_all()
    there = set(Matter.objects.values_list("pk", flat=True))
    done: Counter[tuple[int, str]] = Counter()
    each: Counter[tuple[int, str, str]] = Counter()
    acted = Event.objects.filter(type="matter.acted").values_list("stream", "data", "actor")
    for stream, data, actor in acted:
        pk, action = int(stream.partition(":")[2]), json.loads(data)["action"]
        done[pk, action] += 1
        each[pk, action, actor] += 1
    wanted = Counter(load.acted)
    bodies = Counter(
        body.split("\n")[-1]
        for body in Document.objects.filter(kind="m").values_list("body", flat=True)
    )
    return {
        "acknowledged matters lost": len(set(load.opened) - there),
        "acknowledged actions lost": sum(max(n - done[one], 0) for one, n in wanted.items()),
        "matters twice": sum(n - 1 for n in bodies.values())
        + len(load.opened)
        - len(set(load.opened)),
        "actions twice": sum(
            max(n - REPEATED.get(action, 1), 0) for (_, action, _), n in each.items()
        ),
        "matters without their text in the index": len(there)
        - Document.objects.filter(kind="m").count(),
        "findings of verify": sum(1 for _ in audit.everything()),
    }


def _count_facets(load: Load) -> dict[str, int]:
    """What is wrong with what facets keep, by name."""
    from bihuan.facets.gathering.models import Attendance
    from bihuan.facets.levels.models import Stay
    from bihuan.facets.links.models import Link
    from bihuan.facets.roll.models import Enrolled
    from bihuan.facets.stances.models import Stance
    from bihuan.kernel.matters.models import Matter

    rolls = Counter(Enrolled.objects.values_list("matter_id", flat=True))
    there = Attendance.objects.filter(state="came").values_list("matter_id", "person_id")
    came: Counter[tuple[int, int | None]] = Counter(there)
    stances = Counter(Stance.objects.values_list("matter_id", flat=True))
    people = set(Stance.objects.values_list("matter_id", "person_id"))
    backed = set(Matter.objects.filter(kind="motion", state="backed").values_list("pk", flat=True))
    motions = set(Matter.objects.filter(kind="motion").values_list("pk", flat=True))
    stays = Counter(Stay.objects.values_list("matter_id", flat=True))
    now = Counter(Stay.objects.filter(until=None).values_list("matter_id", flat=True))
    issues = set(Matter.objects.filter(kind="issue").values_list("pk", flat=True))
    links = Counter(Link.objects.values_list("holder_id", "target_id"))
    pairs = [(batch, one) for batch, held in load.held.items() for one in held]
    return {
        "stances lost": sum(max(n - stances[pk], 0) for pk, n in load.seconded.items()),
        "stances twice": sum(stances.values()) - len(people),
        "quorums passed over or missed": sum(
            (stances[pk] >= WANTED) != (pk in backed) or stances[pk] > WANTED for pk in motions
        ),
        "raisings lost": sum(n + 1 > stays[pk] for pk, n in load.raised.items()),
        "issues in no pool or in two": sum(now[pk] != 1 for pk in issues),
        "rolls not of everybody, each once": sum(rolls[pk] != SHOULD for pk in load.came),
        "people there lost": sum(
            came[pk, one] != 1 for pk, marked in load.came.items() for one in marked
        ),
        "people there twice": sum(n - 1 for n in came.values()),
        "links lost or twice": sum(links[pair] != 1 for pair in pairs)
        + sum(n > 1 for n in links.values()),
    }


def _land() -> tuple[dict[str, str], dict[str, int]]:
    """Puts the tests' motions and company in; returns tokens and places by name."""
    from datetime import timedelta

    import company
    import evenings
    import motions

    from bihuan.foundation.access import api as access

    house, firm, choir, now = motions.land(), company.build(), evenings.build(), clock.now()
    cast = {name: house.person(name).pk for name in (MOVER, *SECONDERS)}
    cast |= {name: firm.person(name) for name in COMPANY} | {LEADER: choir.person(LEADER)}
    tokens = {
        name: access.issue_token(
            pk,
            "bench",
            ["matters:read", "matters:write"],
            expires=(now + timedelta(days=30)).date(),
            at=now,
            actor="system",
        )
        for name, pk in cast.items()
    }
    places = {name: firm.unit(name) for name in ("north", "north_one")}
    places |= {"first": choir.org("first").pk} | {who: choir.person(who) for who in COMING}
    return tokens, places


def _finish() -> tuple[int, int]:
    """Does what is left, as a worker would; returns (tasks not done, tasks that were left)."""
    from datetime import timedelta

    from bihuan.foundation.notify import api as notify
    from bihuan.foundation.notify.models import Task

    at, waiting = clock.now(), Task.objects.count()
    for n in range(40):
        # Later and later: leases of killed workers run out, and repetitions come due.
        if not Task.objects.exists():
            break
        notify.run(at + timedelta(minutes=5 * n), 1000)
    return Task.objects.count(), waiting


def measure(arguments: argparse.Namespace) -> int:
    os.environ.setdefault("BIHUAN_EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend")
    from django.conf import settings
    from django.db import connection

    settings.EMAIL_BACKEND = os.environ["BIHUAN_EMAIL_BACKEND"]
    city = ground.city()
    tokens = _tokens(city)
    where = {
        "center": city.org("center").pk,
        "vehicles": city.org("vehicles").pk,
        "handler": city.person("handler").pk,
    }
    if arguments.facets:
        more, places = _land()
        tokens |= more
        where |= places
    connection.close()
    kills = 8 if arguments.small else arguments.kills
    chance = random.Random(arguments.seed)
    house = House()
    load = Load(house.port, tokens, where)
    house.start()
    try:
        assert house.ready(), "the server did not start"
        lives = [load.run, load.run_facets if arguments.facets else load.run]
        threads = [
            threading.Thread(target=lives[n % 2], args=(n // 2,) if arguments.facets else (n,))
            for n in range(CLIENTS)
        ]
        for thread in threads:
            thread.start()
        began = time.perf_counter()
        for number in range(kills):
            time.sleep(chance.uniform(0.05, 1.2))
            house.kill()
            house.start()
            assert house.ready(), f"the server did not come back after kill {number + 1}"
        time.sleep(1)
        spent = time.perf_counter() - began
        load.stop.set()
        for thread in threads:
            thread.join()
    finally:
        load.stop.set()
        house.kill()
    wrong = _count(load)
    if arguments.facets:
        wrong |= _count_facets(load)
        print(
            f"  facets: {sum(load.seconded.values())} stances, {sum(load.raised.values())} raisings, "
            f"{len(load.held)} batches, {sum(map(len, load.came.values()))} people at {len(load.came)} gatherings acknowledged"
        )
    left, tasks = _finish()
    wrong["tasks that did not end"] = left
    wrong["findings of verify"] += _count(load)["findings of verify"]
    print(
        f"R1 on {connection.vendor}: {kills} kills in {spent:.0f} s, {CLIENTS} clients, {ground.quiet()}"
    )
    print(
        f"  acknowledged: {len(load.opened)} matters, {len(load.acted)} actions; {load.again} repetitions; {tasks} tasks left at the last kill"
    )
    for name, number in wrong.items():
        print(f"  {name}: {number}")
    if load.refused:
        print(f"  refused: {dict(load.refused)}")
    met = not any(wrong.values()) and not load.refused
    print(f"  R1 {ground.verdict(met)}")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(ground.main(__doc__, measure, _options, databases=("sqlite", "postgres")))

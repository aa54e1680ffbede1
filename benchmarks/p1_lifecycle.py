"""Bar P1: one matter's life over HTTP, against a bare Django project and raw psycopg, same run.

    python benchmarks/p1_lifecycle.py [--small] [--seconds 10] [--profile]

Five requests: open, accept, dispatch to a unit and a person, reply, and the sender's rating, which
closes. Tokens, permissions, idempotency keys, clocks and chained events are on. PostgreSQL, granian
with two processes, eight clients on the same cores. Medians of three rounds, taken in turns.
"""

import argparse
import itertools
import json
import os
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Callable

import ground

ROUNDS = 3
LIFE = ("accept", "dispatch", "reply", "close")


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument(
        "--profile", action="store_true", help="only profile lives inside one process"
    )


def _tokens(house) -> dict[str, str]:
    from datetime import timedelta

    from bihuan.foundation.access import api as access
    from bihuan.lib import clock

    now = clock.now()
    return {
        name: access.issue_token(
            house.person(name).pk,
            "bench",
            ["matters:read", "matters:write"],
            expires=(now + timedelta(days=30)).date(),
            at=now,
            actor="system",
        )
        for name in ("desk", "handler")
    }


def _places(house) -> tuple[int, int, int]:
    """(home, unit, person): asked once, lest every client's thread keep a connection of its own."""
    return house.org("center").pk, house.org("vehicles").pk, house.person("handler").pk


def _lives(
    places: tuple[int, int, int], tokens: dict[str, str], ask: Callable
) -> Callable[[], None]:
    """One life, asked for by `ask(method, path, body, token, key)`."""
    chance = random.Random()
    home, unit, handler = places

    def post(path: str, body: dict, who: str = "") -> dict:
        status, answer = ask(path, body, tokens.get(who, ""), uuid.uuid4().hex)
        if status not in (200, 201):
            raise RuntimeError(f"{path} {status} {answer[:200]!r}")
        return json.loads(answer)

    def life() -> None:
        opened = post(
            "matters",
            {
                "programme": "public_voice",
                "kind": "voice",
                "home": home,
                "body": ground.sentence(chance),
                "fields": {"category": "complaint", "channel": "web"},
                "contact": {"name": "刘一鸣", "phone": "13900001234"},
            },
            "desk",
        )
        at = f"matters/{opened['id']}/actions"
        post(f"{at}/accept", {"inputs": {}}, "desk")
        post(f"{at}/dispatch", {"inputs": {"unit": unit, "person": handler}}, "desk")
        post(f"{at}/reply", {"inputs": {"reply": "经查，已修复。"}}, "handler")
        done = post(
            "public/actions/rate", {"code": opened["code"], "inputs": {"rating": "satisfied"}}
        )
        del done

    return life


def _over_http(
    places: tuple[int, int, int], tokens: dict[str, str], port: int
) -> Callable[[], None]:
    caller = ground.Caller(port, {})

    def ask(path: str, body: dict, token: str, key: str) -> tuple[int, bytes]:
        more = {"Idempotency_Key": key}
        if token:
            more["Authorization"] = f"Bearer {token}"
        return caller.ask("POST", f"/api/v1/{path}", body, **more)

    return _lives(places, tokens, ask)


def _bare(port: int, session: str) -> Callable[[], None]:
    caller = ground.Caller(port, {"Cookie": f"sessionid={session}"})

    def life() -> None:
        status, answer = caller.ask(
            "POST", "/tickets", {"body": "人民路的红绿灯坏了三天，请尽快派人修理。"}
        )
        if status != 200:
            raise RuntimeError(f"{status} {answer[:200]!r}")
        pk = json.loads(answer)["id"]
        for action in LIFE:
            status, answer = caller.ask(
                "POST", f"/tickets/{pk}/{action}", {"text": "经查，已修复。"}
            )
            if status != 200:
                raise RuntimeError(f"{status} {answer[:200]!r}")

    return life


def _raw(url: str) -> Callable[[], None]:
    import psycopg

    link = psycopg.connect(url.replace("postgres://", "postgresql://"))

    def life() -> None:
        pk = link.execute(
            "INSERT INTO bare_ticket (subject, body, state, unit, person, opened_at) "
            "VALUES ('红绿灯', '人民路的红绿灯坏了', 'received', 'center', '', now()) RETURNING id"
        ).fetchone()[0]
        event = "INSERT INTO bare_event (ticket_id, action, actor, at, text) VALUES (%s, %s, 'desk', now(), 'x')"
        link.execute(event, [pk, "open"])
        link.commit()
        for action in LIFE:
            link.execute(
                "UPDATE bare_ticket SET state = %s, person = 'desk' WHERE id = %s", [action, pk]
            )
            link.execute(event, [pk, action])
            link.commit()

    return life


def bare_project(environment: dict[str, str], tickets: int) -> tuple[dict[str, str], dict]:
    """Fills the bare project's database; returns its environment and what `bare.fill` printed."""
    given = {
        "DJANGO_SETTINGS_MODULE": "bare.settings",
        "BARE_DATABASE_URL": environment["BIHUAN_DATABASE_URL"],
        "PYTHONPATH": str(ground.HERE),
    }
    told = subprocess.run(
        [sys.executable, "-m", "bare.fill", str(tickets)],
        env={**os.environ, **given},
        cwd=ground.HERE,
        check=True,
        capture_output=True,
        text=True,
    )
    return given, json.loads(told.stdout.splitlines()[-1])


def _profile(house, tokens: dict[str, str]) -> int:
    import cProfile
    import pstats

    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()

    def ask(path: str, body: dict, token: str, key: str) -> tuple[int, bytes]:
        headers = {
            "Idempotency-Key": key,
            **({"Authorization": f"Bearer {token}"} if token else {}),
        }
        answer = client.post(
            f"/api/v1/{path}", body, content_type="application/json", headers=headers
        )
        return answer.status_code, answer.content

    life = _lives(_places(house), tokens, ask)
    life()
    with CaptureQueriesContext(connection) as captured:
        life()
    for n, query in enumerate(captured.captured_queries):
        print(n, query["sql"][:170])
    profile = cProfile.Profile()
    began = time.perf_counter()
    for _ in range(40):
        life()
    print(
        f"{40 / (time.perf_counter() - began):.1f} lives/s in one process, {len(captured)} queries a life"
    )
    profile.enable()
    for _ in range(40):
        life()
    profile.disable()
    pstats.Stats(profile).sort_stats("cumtime").print_stats(70)
    pstats.Stats(profile).sort_stats("tottime").print_stats(25)
    return 0


def measure(arguments: argparse.Namespace) -> int:
    house = ground.city()
    tokens = _tokens(house)
    if arguments.profile:
        return _profile(house, tokens)
    places = _places(house)
    seconds = 3 if arguments.small else arguments.seconds
    found: dict[str, list[ground.Run]] = {}
    with ground.database("postgres") as second:
        url = second["BIHUAN_DATABASE_URL"]
        given, told = bare_project(second, 10)
        with (
            ground.served("bihuan.conf.wsgi:application") as ours,
            ground.served("bare.wsgi:application", environment=given, folder=ground.HERE) as floor,
        ):
            ground.load(8, 2, lambda n: _over_http(places, tokens, ours))
            ground.load(8, 2, lambda n: _bare(floor, told["session"]))
            for _ in range(ROUNDS):
                for name, clients, make in (
                    ("ours, 8 clients", 8, lambda n: _over_http(places, tokens, ours)),
                    ("bare, 8 clients", 8, lambda n: _bare(floor, told["session"])),
                    ("ours, 32 clients", 32, lambda n: _over_http(places, tokens, ours)),
                    ("raw, 8 connections", 8, lambda n: _raw(url)),
                ):
                    run = ground.load(clients, seconds, make)
                    found.setdefault(name, []).append(run)
    errors = list(itertools.chain.from_iterable(r.errors for runs in found.values() for r in runs))
    rate = {name: ground.median([r.rate for r in runs]) for name, runs in found.items()}
    print(f"P1 on PostgreSQL, 2 processes, {seconds:.0f} s a round, {ground.quiet()}")
    for name, runs in found.items():
        p95 = ground.median([r.p95 for r in runs]) * 1000
        print(f"  {name}: {rate[name]:.1f} lives/s, p95 of a life {p95:.0f} ms")
    share = rate["ours, 8 clients"] / rate["bare, 8 clients"]
    more = rate["ours, 32 clients"] / rate["ours, 8 clients"]
    print(
        f"  {share:.0%} of bare Django (bar 60 %) {ground.verdict(share >= 0.6)}; "
        f"{rate['ours, 8 clients'] / rate['raw, 8 connections']:.1%} of raw"
    )
    # One tenth is the noise of two rounds of the same thing on a machine with its load generator.
    print(f"  32 clients against 8: {more:.2f} x (bar 1, noise 0.1) {ground.verdict(more >= 0.9)}")
    print(f"  {len(errors)} errors (bar 0) {ground.verdict(not errors)} {errors[:2]}")
    return 0 if share >= 0.6 and more >= 0.9 and not errors else 1


if __name__ == "__main__":
    raise SystemExit(ground.main(__doc__, measure, _options))

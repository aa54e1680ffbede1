"""Bar R3: many clients at one matter with conflicting actions, on SQLite and on PostgreSQL.

    python benchmarks/r3_contention.py [--clients 32] [--matters 20] [--database sqlite|postgres|both]

PostgreSQL: BIHUAN_DATABASE_URL names the server; a database of its own is made and dropped.
Every client is a thread with its own connection; all are let go at one instant, each step anew.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

HERE = Path(__file__).resolve().parent
SERVER = "postgres://postgres@127.0.0.1:5432/bihuan"


def report(vendor: str, clients: int, steps: int, spent: float, waits: list[float]) -> None:
    """Prints speed and waiting times."""
    waits.sort()
    print(f"{vendor}: {clients} clients, {steps} steps, {steps / spent:.1f} steps/s")
    print(f"  p50 {waits[len(waits) // 2] * 1000:.0f} ms, slowest {waits[-1] * 1000:.0f} ms")


def measure(clients: int, count: int) -> int:
    """Runs in a child process with the environment of one database; prints its figures."""
    sys.path.insert(0, str(HERE.parent / "tests"))
    import django

    django.setup()
    import house as city
    from django.core.management import call_command
    from django.db import connection

    from bihuan.foundation.audit import api as audit
    from bihuan.kernel.matters import api as matters
    from bihuan.lib.problems import GoneError, RefusedError

    call_command("migrate", verbosity=0)
    city.build()
    house = city.House()
    desks = [house.actor("desk"), house.actor("desk2")]
    handlers = [house.actor("handler"), house.actor("handler2")]
    unit = house.org("vehicles").pk
    plan = [
        ("accept", desks, [{}, {}]),
        ("dispatch", desks, [{"unit": unit}, {"unit": house.org("vehicles_one").pk}]),
        ("sign", handlers, [{}, {}]),
        ("reply", [house.actor("leader")] * 2, [{"reply": "一"}, {"reply": "二"}]),
        ("close", desks, [{}, {}]),
    ]
    kinds: Counter[str] = Counter()
    bad_steps = 0
    waits: list[float] = []

    def client(act: Callable[[], object], gate: threading.Barrier, out: list[str]) -> None:
        gate.wait()
        began = time.perf_counter()
        try:
            act()
            out.append("won")
        except (GoneError, RefusedError):
            out.append("told")
        except Exception as error:  # noqa: BLE001 - counted as a failure of the bar
            out.append(f"FAILED {type(error).__name__}")
        finally:
            waits.append(time.perf_counter() - began)
            connection.close()

    began = time.perf_counter()
    for _ in range(count):
        opened = house.open()
        for action, actors, data in plan:
            matter = matters.by_code(opened.code)
            gate, out = threading.Barrier(clients), []
            threads = [
                threading.Thread(
                    target=client,
                    args=(
                        partial(
                            matters.act,
                            matter.pk,
                            action,
                            actor=actors[n % 2],
                            at=house.at,
                            data=data[n % 2],
                            version=matter.version,
                        ),
                        gate,
                        out,
                    ),
                )
                for n in range(clients)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            kinds.update(out)
            bad_steps += out.count("won") != 1
        bad_steps += matters.by_code(opened.code).state != "closed"
    spent = time.perf_counter() - began
    findings = list(audit.everything())
    report(connection.vendor, clients, count * len(plan), spent, waits)
    print(f"  outcomes {dict(kinds)}")
    print(f"  steps without exactly one winner {bad_steps}, findings of verify {len(findings)}")
    failed = sum(n for kind, n in kinds.items() if kind.startswith("FAILED"))
    passed = not (bad_steps or findings or failed)
    print(f"  R3 {'PASS' if passed else 'FAIL'}")
    return 0 if passed else 1


def _child(arguments: argparse.Namespace, folder: str, url: str) -> int:
    environment = {
        **os.environ,
        "BIHUAN_DATA": folder,
        "BIHUAN_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "bihuan.conf.settings",
    }
    command = [sys.executable, __file__, "--child", "--clients", str(arguments.clients)]
    command += ["--matters", str(arguments.matters)]
    return subprocess.run(command, env=environment, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--matters", type=int, default=20)
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        return measure(arguments.clients, arguments.matters)
    worst = 0
    if arguments.database != "postgres":
        with tempfile.TemporaryDirectory() as folder:
            worst = max(worst, _child(arguments, folder, ""))
    if arguments.database != "sqlite":
        import psycopg

        parts = urlsplit(os.environ.get("BIHUAN_DATABASE_URL") or SERVER)
        name = f"bihuan_r3_{os.getpid()}"
        admin = urlunsplit(("postgresql", parts.netloc, "/postgres", "", ""))
        with psycopg.connect(admin, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
            try:
                with tempfile.TemporaryDirectory() as folder:
                    url = urlunsplit(parts._replace(path=f"/{name}"))
                    worst = max(worst, _child(arguments, folder, url))
            finally:
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    return worst


if __name__ == "__main__":
    raise SystemExit(main())

"""What the speed benchmarks stand on: a database of their own, a city, many matters, a generator.

Copies of matters are made inside the database (a template's rows with other numbers), so a million
takes minutes, not hours. Their hashes are the template's: these databases are for speed only.
"""

import argparse
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

HERE = Path(__file__).resolve().parent
SERVER = "postgres://postgres@127.0.0.1:5432/postgres"
sys.path.insert(0, str(HERE.parent / "tests"))


# A database of one's own


@contextmanager
def database(vendor: str) -> Iterator[dict[str, str]]:
    """An empty database and data folder, gone afterwards; yields the environment that names them."""
    with tempfile.TemporaryDirectory(prefix="bihuan_bench_") as folder:
        environment = {"BIHUAN_DATA": folder, "BIHUAN_DATABASE_URL": ""}
        if vendor == "sqlite":
            yield environment
            return
        import psycopg

        parts = urlsplit(os.environ.get("BIHUAN_DATABASE_URL") or SERVER)
        name = f"bihuan_bench_{os.getpid()}"
        admin = urlunsplit(("postgresql", parts.netloc, "/postgres", "", ""))
        with psycopg.connect(admin, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
            try:
                environment["BIHUAN_DATABASE_URL"] = urlunsplit(parts._replace(path=f"/{name}"))
                yield environment
            finally:
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def main(
    doc: str | None,
    measure: Callable[[argparse.Namespace], int],
    options: Callable[[argparse.ArgumentParser], None],
    *,
    databases: Sequence[str] = ("postgres",),
) -> int:
    """Runs `measure` in a child on a fresh database, once for each kind; returns the worst exit code."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument(
        "--small", action="store_true", help="sizes for a quick look, not for the bar"
    )
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options(parser)
    arguments = parser.parse_args()
    if arguments.child:
        import django

        django.setup()
        return measure(arguments)
    wanted = {"": databases, "both": ("sqlite", "postgres")}.get(
        arguments.database, (arguments.database,)
    )
    worst = 0
    for vendor in wanted:
        with database(vendor) as environment:
            given = {
                "DJANGO_SETTINGS_MODULE": "bihuan.conf.settings",
                "BIHUAN_THROTTLE_FACTOR": "1000000",
                # What Django's own client calls the house.
                "BIHUAN_HOSTS": "testserver",
                **os.environ,
                **environment,
            }
            command = [sys.executable, sys.argv[0], "--child", *sys.argv[1:]]
            worst = max(worst, subprocess.run(command, env=given, check=False).returncode)
    return worst


def city() -> Any:
    """The tests' city in the database of this process."""
    import house
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    if not house.is_built():
        house.build()
    return house.House()


# Many matters


def _numbers(first: int, last: int) -> str:
    from django.db import connection

    if connection.vendor == "postgresql":
        return f"SELECT generate_series({first}, {last}) AS n"
    return (
        f"WITH RECURSIVE s(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM s WHERE n < {last}) "
        "SELECT n FROM s"
    )


def _copy(model: Any, told: Mapping[str, str], numbers: str, on: str) -> None:
    from django.db import connection

    names = [f.column for f in model._meta.concrete_fields if told.get(f.column) != ""]
    chosen = ", ".join(told.get(name, f't."{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({columns}) SELECT {chosen} '
            f'FROM ({numbers}) AS s JOIN "{model._meta.db_table}" AS t ON {on} ORDER BY s.n, t.id'
        )


def multiply(templates: Sequence[int], count: int, *, events: str = "last") -> range:
    """Makes `count` more matters, copies of the templates in turn; returns their ids.

    `events` is "all", "last" (the one that the next step builds on) or "none".
    """
    from django.db import connection
    from django.db.models import Max

    from bihuan.foundation.audit.models import Event
    from bihuan.kernel.clocks.api import Clock
    from bihuan.kernel.matters.models import Matter

    first = (Matter.objects.aggregate(n=Max("pk"))["n"] or 0) + 1
    numbers = _numbers(first, first + count - 1)
    of_row = f"CASE s.n % {len(templates)} " + "".join(
        f"WHEN {i} THEN {pk} " for i, pk in enumerate(templates)
    )
    of_stream = f"CASE s.n % {len(templates)} " + "".join(
        f"WHEN {i} THEN 'matter:{pk}' " for i, pk in enumerate(templates)
    )
    _copy(Matter, {"id": "s.n", "code_index": "''"}, numbers, f"t.id = {of_row}END")
    named = {"id": "", "stream": "'matter:' || s.n"}
    _copy(Clock, named, numbers, f"t.stream = {of_stream}END")
    if events != "none":
        on = f"t.stream = {of_stream}END"
        if events == "last":
            rows = Matter.objects.filter(pk__in=templates).values_list("pk", "version")
            on += (
                " AND ("
                + " OR ".join(f"(t.stream = 'matter:{p}' AND t.seq = {v})" for p, v in rows)
                + ")"
            )
        _copy(Event, {**named, "key": "NULL"}, numbers, on)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            table = Matter._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {first + count - 1})"
            )
    return range(first, first + count)


def settle() -> None:
    """Lets the database tidy up, as its own housekeeping would have by then."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


# Texts

_HEADS = (
    "人民路",
    "建设街",
    "滨河东路",
    "市民中心",
    "车管所窗口",
    "中心小学门口",
    "幸福里小区",
    "火车站广场",
    "农贸市场",
    "体育馆",
    "工业园区",
    "新华书店旁",
    "二环高架下",
    "老城区巷子",
    "公交首末站",
    "派出所户籍室",
)
_MIDDLES = (
    "的红绿灯",
    "的路灯",
    "的井盖",
    "的停车位",
    "的噪声",
    "的办证排队",
    "的公交班次",
    "的垃圾清运",
    "的绿化带",
    "的积水",
    "的收费标准",
    "的施工围挡",
    "的暖气",
    "的自来水",
    "的电梯",
    "的斑马线",
)
_TAILS = (
    "坏了三天没有人修",
    "一直不亮，晚上很危险",
    "反映多次没有答复",
    "能不能尽快处理",
    "请问怎么办理",
    "建议增加人手",
    "和公示的不一样",
    "影响老人出行",
    "孩子上学很不方便",
    "希望给个说法",
    "已经两个月了",
    "请核实后回复",
)
RARE = "".join(chr(c) for c in range(0x4E00, 0x4E00 + 6000))


def sentence(chance: random.Random) -> str:
    """One message: common words, and a few characters out of six thousand, rarer the further on."""
    rare = "".join(RARE[min(5999, int(chance.paretovariate(0.35)) - 1)] for _ in range(6))
    return (
        f"{chance.choice(_HEADS)}{chance.choice(_MIDDLES)}{chance.choice(_TAILS)}，"
        f"{rare[:3]}{chance.choice(_MIDDLES)[1:]}{rare[3:]}{chance.choice(_TAILS)}。"
    )


# A server and its clients


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    target: str, *, environment: Mapping[str, str] | None = None, folder: Path | None = None
) -> Iterator[int]:
    """A WSGI application under the server the product uses, two processes; yields its port."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "2", "--blocking-threads", "4"]
    command += ["--blocking-threads-idle-timeout", "600"]
    command += ["--no-access-log", "--log-level", "error", target]
    process = subprocess.Popen(command, env={**os.environ, **(environment or {})}, cwd=folder)
    try:
        for _ in range(150):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(0.5)
        yield port
    finally:
        process.terminate()
        process.wait(20)


class Caller:
    """One client with a connection kept open."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = dict(headers)

    def ask(self, method: str, path: str, body: Any = None, **more: str) -> tuple[int, bytes]:
        """(status, body) of one request."""
        content = None if body is None else json.dumps(body).encode()
        headers = {**self.headers, **{k.replace("_", "-"): v for k, v in more.items()}}
        if content is not None:
            headers["Content-Type"] = "application/json"
        self.connection.request(method, path, content, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()


@dataclass
class Run:
    """What clients did in some seconds."""

    done: int = 0
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.done / self.seconds

    @property
    def p95(self) -> float:
        return sorted(self.waits)[int(len(self.waits) * 0.95)] if self.waits else 0.0


def load(clients: int, seconds: float, make: Callable[[int], Callable[[], None]]) -> Run:
    """Runs `clients` threads for some seconds; each calls what `make(n)` gave it again and again."""
    run, lock = Run(), threading.Lock()
    gate = threading.Barrier(clients + 1)
    stop = [0.0]

    def client(number: int) -> None:
        waits: list[float] = []
        errors: list[str] = []
        try:
            act = make(number)
        except Exception as error:  # noqa: BLE001 - counted: the bar is zero of them
            errors.append(f"{type(error).__name__}: {str(error)[:300]}")
        gate.wait()
        if errors:
            run.errors += errors
            return
        while time.perf_counter() < stop[0] and len(errors) < 20:
            began = time.perf_counter()
            try:
                act()
                waits.append(time.perf_counter() - began)
            except Exception as error:  # noqa: BLE001 - counted: the bar is zero of them
                errors.append(f"{type(error).__name__}: {str(error)[:300]}")
        with lock:
            run.done += len(waits)
            run.waits += waits
            run.errors += errors

    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    stop[0] = time.perf_counter() + seconds + 3600
    gate.wait()
    began = time.perf_counter()
    stop[0] = began + seconds
    for thread in threads:
        thread.join()
    run.seconds = time.perf_counter() - began
    return run


# Telling


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def verdict(met: bool) -> str:
    return "met" if met else "MISSED"


def quiet() -> str:
    """The load of the machine when asked, for the reader to judge the figures by."""
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def long_ago(house: Any) -> Any:
    """An instant well before the house's own."""
    return house.at - timedelta(days=1)

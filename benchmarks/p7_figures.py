"""Bar P7: figures of one period against hand-written DuckDB SQL over the same files; Spark must agree.

    python benchmarks/p7_figures.py [--small] [--facts 20000000] [--orgs 50000] [--no-spark]

The facts are made up (two years, four levels of organisations), in the layout that the export writes. Spark runs
as a standalone cluster of its own, a master and two workers on loopback, and has to give equal results.
"""

import argparse
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from shutil import which

import ground

ROUNDS = 3
MONTH = "2026-03"
MONTHS = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)]
STEPS_A_LIFE = 5
# (figure, what it is grouped by): a share of steps, a share of matters, a plain count, a median.
ASKED = (
    ("on_time_rate", ("org",)),
    ("reopen_rate", ("org",)),
    ("received", ("category", "channel")),
    ("answer_days", ("channel",)),
)


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--facts", type=int, default=20_000_000)
    parser.add_argument("--orgs", type=int, default=50_000)
    parser.add_argument("--no-spark", action="store_true", help="DuckDB only")


def _places(folder: Path, count: int) -> None:
    """Four levels: a root, 20 counties, 400 offices, the rest below them."""
    import pyarrow as pa

    from bihuan.insight.facts import tree
    from bihuan.insight.facts.store import Store

    def step(n: int) -> str:
        return f"{n:04d}"

    rows = [(1, step(1), [1])]
    for org in range(2, count + 1):
        above = rows[0] if org <= 21 else rows[1 + org % 20] if org <= 421 else rows[21 + org % 400]
        rows.append((org, above[1] + step(org % 10_000), [*above[2], org]))
    table = pa.table(
        {
            "org": [r[0] for r in rows],
            "path": [r[1] for r in rows],
            "since": [r[0] for r in rows],
            "name": [f"机构{r[0]}" for r in rows],
            "now": [True] * count,
            "above": [r[2] for r in rows],
        },
        schema=tree.PLACES,
    )
    Store(folder).put("places/p.parquet", table)


LIFE = """
SELECT row_number() OVER () AS event, 'matter' AS source, matter AS row, matter, seq,
  CASE seq WHEN 1 THEN 'matter.opened' ELSE 'matter.acted' END AS type,
  opened + to_hours(((seq - 1) * (6 + matter % 40))::INT) AS at, ''::VARCHAR AS board,
  'public_voice' AS programme, 'voice' AS kind,
  ['open','accept','dispatch','reply','rate'][seq::BIGINT] AS action,
  ['','received','accepted','handling','answered'][seq::BIGINT] AS from_state,
  CASE WHEN seq = 5 AND matter % 25 = 0 THEN 'handling'
    ELSE ['received','accepted','handling','answered','closed'][seq::BIGINT] END AS to_state,
  CASE WHEN seq = 5 THEN 'done' ELSE 'open' END AS phase,
  home, h.path AS home_path, unit, u.path AS unit_path, CASE WHEN seq > 1 THEN unit END AS from_unit,
  CASE WHEN seq > 1 THEN u.path END AS from_unit_path, NULL::BIGINT AS "into", NULL::BIGINT AS person,
  ['consult','complaint','suggestion'][1 + matter % 3] AS category,
  ['web','hotline','radio','letter_box'][1 + matter % 4] AS channel, 'none' AS level, ',,' AS flags,
  CASE seq WHEN 5 THEN map {{'rating': ['satisfied','basically','not_satisfied'][1 + (hash(matter) % 3)::BIGINT]}} END AS said,
  ((seq - 1) * (6 + matter % 40) * 3600)::BIGINT AS age, opened + INTERVAL 5 DAY AS due,
  CASE seq WHEN 4 THEN opened + to_hours((3 * (6 + matter % 40))::INT) END AS done,
  CASE seq WHEN 4 THEN 3 * (6 + matter % 40) > 120 END AS late, CASE seq WHEN 4 THEN 0::BIGINT END AS paused
FROM (SELECT n AS matter, 1 + (hash(n) % {orgs})::BIGINT AS home, 1 + (hash(n * 7) % {orgs})::BIGINT AS unit,
  TIMESTAMP '{month}-01' + to_minutes((hash(n * 3) % 28000)::INT) AS opened
  FROM range({low}, {high}) t(n)), range(1, {steps} + 1) s(seq)
JOIN places h ON h.org = home JOIN places u ON u.org = unit
"""


def _fill(folder: Path, facts: int, orgs: int) -> None:
    from bihuan.insight.facts import shape, store

    engine = shape.engine("Asia/Shanghai", str(folder))
    _places(folder, orgs)
    engine.read_parquet(str(folder / "places/p.parquet")).create_view("places")
    lives = facts // STEPS_A_LIFE // len(MONTHS)
    files = []
    for turn, month in enumerate(MONTHS):
        name = f"steps/month={month}/1.parquet"
        (folder / name).parent.mkdir(parents=True)
        low = turn * lives
        sql = LIFE.format(orgs=orgs, month=month, low=low, high=low + lives, steps=STEPS_A_LIFE)
        columns = ", ".join(
            f'"{n}"' if n != "day" else '"at"::DATE AS "day"' for n in shape.STEPS.names
        )
        engine.sql(f"SELECT {columns} FROM ({sql})").write_parquet(
            str(folder / name), compression="zstd"
        )
        files.append(store.File(name, lives * STEPS_A_LIFE, "", month))
    places = store.File("places/p.parquet", orgs, "")
    views = store.Store(folder).put("views/v.parquet", _no_views())
    manifest = store.Manifest(
        horizon=1, steps=tuple(files), places=places, tallies={"views": views}
    )
    store.Store(folder).commit(manifest)


def _no_views():
    from bihuan.insight.facts.export import COUNTS

    return COUNTS.empty_table()


PERIOD = "programme = 'public_voice' AND kind = 'voice' AND day >= DATE '2026-03-01' AND day < DATE '2026-04-01'"
ANSWERS = "action IN ('settle','outside','reply','sign_reply','answer_joined')"
AGAIN = (
    "action IN ('rate','reopen') AND from_state IN ('answered','closed') AND to_state = 'handling'"
)
IN_ORG = (
    "JOIN (SELECT org, path, above[least(len(above), 2)] AS node FROM places WHERE list_contains(above, 1)) p "
    "ON p.org = s.unit AND p.path = s.unit_path"
)
# What somebody who knows DuckDB would write for the same answers; a total wherever groups do not add up to it.
BY_HAND = {
    "on_time_rate": (
        f"""SELECT node, count(*) FILTER (NOT out), count(*) FILTER (NOT late AND NOT out), count(*) FILTER (out)
        FROM (SELECT node, late, action IN ('withdraw','close_unsupplemented') AS out FROM steps s {IN_ORG}
        WHERE {PERIOD} AND late IS NOT NULL) GROUP BY node""",
    ),
    "reopen_rate": tuple(
        f"""SELECT {key} count(*) FILTER (a), count(*) FILTER (a AND p) FROM (SELECT {key} matter,
        bool_or({ANSWERS}) AS a, bool_or({AGAIN}) AS p FROM steps s {IN_ORG}
        WHERE {PERIOD} AND (({ANSWERS}) OR ({AGAIN})) GROUP BY ALL) GROUP BY ALL"""
        for key in ("node,", "")
    ),
    "received": tuple(
        f"""SELECT {key} count(DISTINCT matter) FROM steps s
        JOIN (SELECT org, path FROM places WHERE list_contains(above, 1)) p ON p.org = s.home AND p.path = s.home_path
        WHERE {PERIOD} AND type = 'matter.opened' GROUP BY ALL"""
        for key in ("category, channel,", "")
    ),
    "answer_days": tuple(
        f"SELECT {key} median(age / 86400.0), count(age) FROM steps s {IN_ORG} WHERE {PERIOD} AND {ANSWERS} GROUP BY ALL"
        for key in ("channel,", "")
    ),
}


def _timed(run: Callable[[], object]) -> float:
    waits = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        run()
        waits.append(time.perf_counter() - began)
    return ground.median(waits)


def _by_hand(folder: Path, name: str) -> list[list[tuple]]:
    import duckdb

    engine = duckdb.connect()
    paths = [str(folder / f"steps/month={MONTH}/1.parquet")]
    engine.read_parquet(paths, hive_partitioning=False).create_view("steps")
    engine.read_parquet(str(folder / "places/p.parquet")).create_view("places")
    return [engine.sql(sql).fetchall() for sql in BY_HAND[name]]


def _figure(folder: Path, name: str, by: tuple[str, ...]):
    from bihuan.foundation.orgs.api import Org
    from bihuan.insight import api as insight
    from bihuan.rules import periods

    found = insight.definition("public_voice", name)
    root = Org(pk=1, path="0001", depth=1)
    return insight.figure(
        found, periods.parse(MONTH), root, by=by, depth=2, facts=insight.Store(folder)
    )


def _same(name: str, result, by_hand: list[list[tuple]]) -> bool:
    """The hand-written answer has the same groups and numbers, hidden ones aside."""
    keys = len(result.by)
    rows = {row[:keys]: row[keys:] for row in by_hand[0]}
    if set(rows) != {tuple(row.key.values()) for row in result.rows}:
        return False
    for row in result.rows:
        hand = rows[tuple(row.key.values())]
        if row.reason:
            continue
        if name == "answer_days":
            equal = abs(row.value - hand[0]) < 1e-9
        elif row.denominator is not None:
            equal = (row.denominator, row.numerator) == hand[:2]
        else:
            equal = row.numerator == hand[0]
        if not equal:
            return False
    return True


def _lacking() -> str:
    """What the comparison with Spark needs and this machine has not; empty when it can be made."""
    if find_spec("pyspark") is None:
        return "not measured (not installed: uv pip install -e '.[spark]')"
    if which("java") is None:
        return "not measured (no java on the path: it needs Java 17)"
    return ""


@contextmanager
def _cluster() -> Iterator[str]:
    """A standalone master and two workers on loopback; yields the master's address."""
    import pyspark

    home = Path(pyspark.__file__).parent
    port = ground.free_port()
    run = [str(home / "bin" / "spark-class")]
    given = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"}
    given |= {"SPARK_WORKER_DIR": os.environ["BIHUAN_DATA"] + "/spark"}
    master = f"spark://127.0.0.1:{port}"
    commands = [
        [*run, "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port),
         "--webui-port", str(ground.free_port())],
        *([*run, "org.apache.spark.deploy.worker.Worker", "--host", "127.0.0.1", "--cores", "1",
           "--memory", "1500m", "--webui-port", str(ground.free_port()), master] for _ in range(2)),
    ]  # fmt: skip
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = []
    try:
        for command in commands:
            running.append(subprocess.Popen(command, env=given, **quiet))
            time.sleep(4)
        yield master
    finally:
        for one in reversed(running):
            one.terminate()
            one.wait(20)


def _spark(folder: Path, results: dict) -> bool:
    from django.conf import settings

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    with _cluster() as master:
        settings.ENGINE, settings.SPARK_MASTER = "spark", master
        equal = True
        for name, by in ASKED:
            began = time.perf_counter()
            found = _figure(folder, name, by)
            took = time.perf_counter() - began
            same = _rounded(found) == _rounded(results[name])
            equal = equal and same
            print(f"  {name} on Spark ({master}): {took:.1f} s, {'equal' if same else 'DIFFERS'}")
        from pyspark.sql import SparkSession

        SparkSession.builder.getOrCreate().stop()
    return equal


def _rounded(result):
    """Medians in floating point may differ in the last bit."""

    def one(value):
        return replace(value, value=None if value.value is None else round(value.value, 9))

    return one(result.total), [one(row) for row in result.rows]


def measure(arguments: argparse.Namespace) -> int:
    from django.conf import settings

    ground.city()
    facts = 1_000_000 if arguments.small else arguments.facts
    orgs = 5_000 if arguments.small else arguments.orgs
    folder = Path(settings.FACTS_ROOT)
    _fill(folder, facts, orgs)
    print(
        f"{facts:,} facts, {orgs:,} organisations, {date.fromisoformat(MONTH + '-01'):%Y-%m}; {ground.quiet()}"
    )
    worst, right, results = 0.0, True, {}
    for name, by in ASKED:
        hand = _timed(lambda name=name: _by_hand(folder, name))
        ours = _timed(lambda name=name, by=by: _figure(folder, name, by))
        results[name] = _figure(folder, name, by)
        same = _same(name, results[name], _by_hand(folder, name))
        right = right and same
        worst = max(worst, ours / hand)
        print(
            f"  {name} by {', '.join(by)}: by hand {hand * 1000:.0f} ms, figure {ours * 1000:.0f} ms, "
            f"× {ours / hand:.2f}, {'equal' if same else 'DIFFERS'}"
        )
    lacking = "not asked" if arguments.no_spark else _lacking()
    equal = bool(lacking) or _spark(folder, results)
    met = worst <= 1.5 and right and equal
    told = lacking or ("equal" if equal else "DIFFERS")
    print(f"P7: at worst × {worst:.2f} (bar 1.5), Spark {told} {ground.verdict(met)}")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(ground.main(__doc__, measure, _options, databases=("sqlite",)))

"""Bar P6: exporting facts against a plain copy of the same rows, and what an increment costs.

    python benchmarks/p6_facts.py [--small] [--matters 200000] [--database sqlite|postgres|both]

The floor reads the same events (all columns but the private half) through ADBC and writes them as Parquet.
Increments: the same number of new events on a small log and on the large one.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

import ground

NEW = 1_000
ROUNDS = 3


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--matters", type=int, default=200_000)


FLOOR = """
import sys, time
import pyarrow.parquet as pq
from contextlib import closing
where, target = sys.argv[1:]
if where.startswith("postgresql:"):
    from adbc_driver_postgresql import dbapi
else:
    from adbc_driver_sqlite import dbapi
began, rows = time.perf_counter(), 0
with closing(dbapi.connect(where)) as made, closing(made.cursor()) as cursor:
    cursor.execute('SELECT id, stream, seq, type, "at", actor, data, hash, prev FROM audit_event')
    reader = cursor.fetch_record_batch()
    with pq.ParquetWriter(target, reader.schema, compression="zstd") as out:
        for batch in reader:
            out.write_batch(batch)
            rows += batch.num_rows
print(time.perf_counter() - began, rows)
"""


def _plain(folder: Path) -> tuple[float, int]:
    """In a process of its own: a second SQLite library beside Django's would break its locks."""
    from django.db import connection

    from bihuan.insight.facts import source

    postgres = connection.vendor == "postgresql"
    where = source._uri() if postgres else f"file:{connection.settings_dict['NAME']}?mode=ro"
    command = [sys.executable, "-c", FLOOR, where, str(folder / "plain.parquet")]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(told[0]), int(told[1])


def _export(folder: Path) -> tuple[float, int]:
    from bihuan.insight import api as insight

    began = time.perf_counter()
    done = insight.export(insight.Store(folder))
    return time.perf_counter() - began, done.rows


def _lives(house, count: int) -> list[int]:
    made = [(house.closed if n % 2 else house.answered)().matter.pk for n in range(count)]
    return [int(pk) for pk in made]


def _increment(house, facts: Path, templates: list[int]) -> float:
    """Medians of exports of NEW new events each."""
    waits = []
    for _ in range(ROUNDS):
        ground.multiply(templates, NEW // 6, events="all")
        waits.append(_export(facts)[0])
    return ground.median(waits)


def measure(arguments: argparse.Namespace) -> int:
    from django.conf import settings
    from django.db import connection

    house = ground.city()
    matters = 10_000 if arguments.small else arguments.matters
    data = Path(settings.DATA)
    templates = _lives(house, 8)
    ground.multiply(templates, 2_000, events="all")
    facts = data / "facts"
    _export(facts)
    small = _increment(house, facts, templates)
    ground.multiply(templates, matters, events="all")
    ground.settle()
    plains, fulls = [], []
    for turn in range(ROUNDS):
        plain, events = _plain(data)
        full, _ = _export(data / f"facts-{turn}")
        plains.append(plain)
        fulls.append(full)
    _export(facts)
    large = _increment(house, facts, templates)
    share, growth = ground.median(plains) / ground.median(fulls), large / small
    print(f"{connection.vendor}: {events:,} events; {ground.quiet()}")
    print(f"  plain copy {ground.median(plains):.2f} s, facts {ground.median(fulls):.2f} s")
    print(f"  {NEW} new events: {small:.2f} s on a small log, {large:.2f} s on the large one")
    met = share >= 0.4 and growth <= 1.5
    print(
        f"P6 {connection.vendor}: {share:.0%} of a plain copy (bar 40 %), increment × {growth:.2f} "
        f"{ground.verdict(met)}"
    )
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(ground.main(__doc__, measure, _options, databases=("sqlite", "postgres")))

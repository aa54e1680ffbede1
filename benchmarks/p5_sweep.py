"""Bar P5: 1,000 clock steps due among many open clocks, against few, and against raw psycopg.

    python benchmarks/p5_sweep.py [--small] [--clocks 1000000]

Every step is a transaction of its own: matter, event, clock, notice. Raw writes the same rows, as
the sweep wrote them, on one connection. Each figure is the median of three rounds.
"""

import argparse
import random
import time

import ground

FEW = 10_000
DUE = 1_000
ROUNDS = 3
CLOCK = "promise"


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--clocks", type=int, default=1_000_000)
    parser.add_argument("--show", action="store_true", help="print the queries of a step")


def _make_due(ids: list[int], at, steps: list[dict]) -> None:
    """Brings the first step of each matter's clock to just before `at`; the others stay far."""
    from datetime import timedelta

    from bihuan.kernel.clocks.api import Clock
    from bihuan.lib import canonical

    when = at - timedelta(minutes=5)
    near = [{**steps[0], "on": canonical.instant(when)}, *steps[1:]]
    for start in range(0, len(ids), 250):
        streams = [f"matter:{pk}" for pk in ids[start : start + 250]]
        Clock.objects.filter(stream__in=streams, key=CLOCK).update(steps=near, next_at=when, done=0)


def _raw(ids: list[int], model: int) -> float:
    """Seconds for the same writes without us: what one sweep of matter `model` wrote, for each id."""
    import psycopg
    from django.conf import settings
    from django.db import connection
    from psycopg.types.json import Jsonb

    from bihuan.foundation.audit.models import Event
    from bihuan.foundation.notify.models import Notice
    from bihuan.kernel.clocks.api import Clock
    from bihuan.kernel.matters.models import Matter

    matter = Matter.objects.get(pk=model)
    event = Event.objects.filter(stream=matter.stream).latest("seq")
    clock = Clock.objects.get(stream=matter.stream, key=CLOCK)
    notices = list(Notice.objects.filter(key__startswith=f"{matter.stream}#{matter.version}:"))
    del connection
    at = settings.DATABASES["default"]
    link = psycopg.connect(
        dbname=at["NAME"],
        user=at["USER"],
        password=at["PASSWORD"],
        host=at["HOST"],
        port=at["PORT"] or 5432,
    )
    tables = [m._meta.db_table for m in (Matter, Event, Clock, Notice)]
    with link:
        began = time.perf_counter()
        for pk in ids:
            stream = f"matter:{pk}"
            link.execute(
                f"UPDATE {tables[0]} SET due_at=%s, paused=%s, level=%s, changed_at=%s, version=%s, head=%s "
                "WHERE id=%s",
                [
                    matter.due_at,
                    matter.paused,
                    matter.level,
                    matter.changed_at,
                    matter.version,
                    matter.head,
                    pk,
                ],
            )
            link.execute(
                f"INSERT INTO {tables[1]} (stream, seq, type, at, recorded, actor, done_by, data, private, "
                "private_digest, key, prev, hash) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, NULL, '', NULL, %s, %s)",
                [
                    stream,
                    event.seq,
                    event.type,
                    event.at,
                    event.recorded,
                    event.actor,
                    event.done_by,
                    event.data,
                    event.prev,
                    event.hash,
                ],
            )
            link.execute(
                f"UPDATE {tables[2]} SET done=%s, level=%s, next_at=%s WHERE stream=%s AND key=%s",
                [clock.done, clock.level, clock.next_at, stream, CLOCK],
            )
            for n in notices:
                link.execute(
                    f'INSERT INTO {tables[3]} (person_id, key, text, "values", ref, at) '
                    "VALUES (%s, %s, %s, %s, %s, %s)",
                    [
                        n.person_id,
                        f"raw:{stream}:{n.person_id}:{began}",
                        n.text,
                        Jsonb(n.values),
                        stream,
                        n.at,
                    ],
                )
            link.commit()
        spent = time.perf_counter() - began
    link.close()
    return spent


def measure(arguments: argparse.Namespace) -> int:
    from datetime import timedelta

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bihuan.kernel.clocks.api import Clock
    from bihuan.kernel.matters import api as matters

    house = ground.city()
    many, few, due = arguments.clocks, FEW, DUE
    if arguments.small:
        many, few, due = 4_000, 1_000, 200
    template = house.handling().matter
    running = Clock.objects.filter(stream=template.stream, next_at__isnull=False)
    each, steps = running.count(), running.get(key=CLOCK).steps
    chance = random.Random(5)
    spent: dict[int, float] = {}
    ids: list[int] = []
    at = house.after(hours=1)
    postgres = connection.vendor == "postgresql"
    raws: list[float] = []
    touched: set[int] = set()
    for size in (few, many):
        began = time.perf_counter()
        ids += ground.multiply([template.pk], size // each - len(ids))
        ground.settle()
        open_now = Clock.objects.filter(next_at__isnull=False).count()
        print(f"{open_now:,} open clocks after {time.perf_counter() - began:.0f} s", flush=True)
        rounds = []
        for _ in range(ROUNDS):
            at += timedelta(minutes=10)
            chosen = chance.sample(ids, due)
            touched.update(chosen)
            _make_due(chosen, at, steps)
            began = time.perf_counter()
            moved = matters.sweep(at)
            rounds.append(time.perf_counter() - began)
            assert moved == due, f"{moved} moved of {due}"
            if postgres and size == many:
                fresh = chance.sample(sorted(set(ids) - touched), due)
                touched.update(fresh)
                raws.append(_raw(fresh, chosen[0]))
        spent[size] = ground.median(rounds)
        print(f"  {due:,} due: " + ", ".join(f"{r:.2f} s" for r in rounds), flush=True)
    at += timedelta(minutes=10)
    _make_due(chance.sample(ids, 20), at, steps)
    with CaptureQueriesContext(connection) as captured:
        matters.sweep(at)
    queries = len(captured) / 20
    if arguments.show:
        print("\n".join(q["sql"][:300] for q in captured.captured_queries[: int(queries) + 2]))
    ratio = spent[many] / spent[few]
    print(f"P5 on {connection.vendor}, {ground.quiet()}")
    print(
        f"  {due / spent[few]:.0f} steps/s among {few:,} clocks, {due / spent[many]:.0f} among {many:,}; "
        f"{queries:.1f} queries a step"
    )
    print(
        f"  cost at {many:,} is {ratio:.2f} x the cost at {few:,} (bar 1.5) {ground.verdict(ratio <= 1.5)}"
    )
    met = ratio <= 1.5
    if raws:
        floor = ground.median(raws)
        share = floor / spent[many]
        met = met and share >= 0.3
        print(
            f"  raw {due / floor:.0f} steps/s; we reach {share:.0%} of it (bar 30 %) {ground.verdict(share >= 0.3)}"
        )
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(ground.main(__doc__, measure, _options))

"""Bar P8: the Kaiping story, 94,468 matters through `api.py`, against raw psycopg in the same run.

    python benchmarks/p8_kaiping.py [--small]

Every step is a transaction of its own, as it is when people do it. The floor commits as many
transactions with the rows that the story's own steps wrote, one statement a row; a second one, with two
small rows a step, is told beside it. PostgreSQL, one process.
Its figures, computed by insight, must be the document's.
"""

import argparse
import time
from functools import cache

import ground

PART = 5000


def _options(parser: argparse.ArgumentParser) -> None:
    del parser


# What a step leaves behind of its matter, by the condition that finds it.
ROWS = {
    "matters_matter": "id = %(pk)s",
    "matters_party": "matter_id = %(pk)s",
    "clocks_clock": "stream = %(stream)s",
    "search_document": "kind = 'm' AND number = %(pk)s",
    "halls_place": "stream = %(stream)s",
}
# Of these a later step writes the row anew; the others stay as the first wrote them.
CHANGED = ("matters_matter", "clocks_clock")


@cache
def _columns(link, table: str) -> list[str]:
    return [f'"{one.name}"' for one in link.execute(f"SELECT * FROM {table} LIMIT 0").description]


def _rows(link, table: str, which: str, **named) -> list[tuple[str, ...]]:
    """Rows as texts, as a plain program would send them."""
    texts = ", ".join(f"{name}::text" for name in _columns(link, table))
    order = "seq" if table == "audit_event" else "id"
    return link.execute(
        f"SELECT {texts} FROM {table} WHERE {which} ORDER BY {order}", named
    ).fetchall()


@cache
def _insert(link, table: str) -> str:
    return f"INSERT INTO raw_{table} VALUES ({', '.join(['%s'] * len(_columns(link, table)))})"


@cache
def _update(link, table: str) -> str:
    names = _columns(link, table)
    marks = ", ".join(["%s"] * len(names))
    return f"UPDATE raw_{table} SET ({', '.join(names)}) = ROW({marks}) WHERE id = %s"


def _written(link, commits: int) -> list[list[tuple[str, tuple[str, ...]]]]:
    """For each committed step its statements, each with its values: rows that the story wrote, one
    event a step, though some wrote two."""
    matters = link.execute(
        "SELECT id, 'matter:' || id FROM matters_matter ORDER BY id DESC LIMIT %s", [commits]
    ).fetchall()
    steps = []
    for pk, stream in reversed(matters):
        known = {"pk": pk, "stream": stream}
        found = {table: _rows(link, table, which, **known) for table, which in ROWS.items()}
        events = _rows(link, "audit_event", "stream = %(stream)s", **known)
        for number, event in enumerate(events):
            step = [(_insert(link, "audit_event"), event)]
            for table, rows in found.items():
                if number == 0:
                    step += [(_insert(link, table), row) for row in rows]
                elif table in CHANGED:
                    step += [(_update(link, table), (*row, row[0])) for row in rows]
            steps.append(step)
    return steps[:commits]


def _raw(url: str, commits: int) -> tuple[float, float]:
    """Seconds for so many committed steps: with the rows of the story's own steps, which is the
    bar's floor, and with two small rows each, which is less than any step can do with."""
    import psycopg

    with psycopg.connect(url.replace("postgres://", "postgresql://")) as link:
        for table in (*ROWS, "audit_event"):
            link.execute(f"CREATE TABLE raw_{table} (LIKE {table} INCLUDING ALL)")
        link.execute("CREATE TABLE raw_matter (id bigserial PRIMARY KEY, state text, body text)")
        link.execute("CREATE TABLE raw_event (id bigserial PRIMARY KEY, matter bigint, data text)")
        steps = _written(link, commits)
        link.commit()
        began = time.perf_counter()
        for step in steps:
            for sql, values in step:
                link.execute(sql, values)
            link.commit()
        same = time.perf_counter() - began
        began = time.perf_counter()
        for n in range(commits):
            if n % 2:
                link.execute("UPDATE raw_matter SET state = 'settled' WHERE id = %s", [n // 2 + 1])
            else:
                link.execute(
                    "INSERT INTO raw_matter (state, body) VALUES ('applied', '信息变更备案')"
                )
            link.execute("INSERT INTO raw_event (matter, data) VALUES (%s, '{}')", [n // 2 + 1])
            link.commit()
        return same, time.perf_counter() - began


def measure(arguments: argparse.Namespace) -> int:
    from django.conf import settings
    from django.core.management import call_command

    from bihuan.stories import figures, kaiping
    from bihuan.stories.stage import script

    call_command("migrate", verbosity=0)
    scale = kaiping.SMALL if arguments.small else 1
    began = time.perf_counter()
    opened = kaiping.tell(scale)
    seconds = time.perf_counter() - began
    counts = {name: n // scale for name, n in script(kaiping.NAME)["counts"].items()}
    usual = counts["settled"] - counts["immediate"]
    under_way = counts["accepted"] - counts["settled"]
    # An answered question and an immediate service commit once, the others at every step.
    commits = counts["consults"] + counts["immediate"] + 3 * usual + 2 * under_way
    database = settings.DATABASES["default"]
    host = f"{database['HOST']}:{database['PORT']}"
    url = f"postgres://{database['USER']}@{host}/{database['NAME']}"
    part = min(PART, commits)
    same, small = (part / seconds for seconds in _raw(url, part))
    found = kaiping.figures_of(scale)
    print(figures.table(found))
    share = commits / seconds / same
    print(f"P8 on PostgreSQL, one process, {ground.quiet()}")
    print(f"  {opened} matters, {commits} committed steps in {seconds / 60:.1f} minutes")
    print(f"  {commits / seconds:.0f} steps/s; raw with the same rows {same:.0f}/s")
    print(f"  {share:.0%} of raw (bar 20 %) {ground.verdict(share >= 0.2)}")
    print(f"  of raw with two small rows a step ({small:.0f}/s): {commits / seconds / small:.0%}")
    equal = all(one.equal for one in found)
    print(f"  figures equal the document's: {ground.verdict(equal)}")
    return 0 if share >= 0.2 and equal else 1


if __name__ == "__main__":
    raise SystemExit(ground.main(__doc__, measure, _options))

"""Bar P8: the Kaiping story, 94,468 matters through `api.py`, against raw psycopg in the same run.

    python benchmarks/p8_kaiping.py [--small]

Every step is a transaction of its own, as it is when people do it. The floor commits as many
transactions with the rows of the matter and its event and nothing else. PostgreSQL, one process.
Its figures, computed by insight, must be the document's.
"""

import argparse
import time

import ground

PART = 5000


def _options(parser: argparse.ArgumentParser) -> None:
    del parser


def _raw(url: str, commits: int) -> float:
    """Seconds for so many committed steps: a row in or changed, and a row of a log."""
    import psycopg

    with psycopg.connect(url.replace("postgres://", "postgresql://")) as link:
        link.execute("CREATE TABLE raw_matter (id bigserial PRIMARY KEY, state text, body text)")
        link.execute("CREATE TABLE raw_event (id bigserial PRIMARY KEY, matter bigint, data text)")
        link.commit()
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
        return time.perf_counter() - began


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
    raw = PART / _raw(url, PART)
    found = kaiping.figures_of(scale)
    print(figures.table(found))
    share = commits / seconds / raw
    print(f"P8 on PostgreSQL, one process, {ground.quiet()}")
    print(f"  {opened} matters, {commits} committed steps in {seconds / 60:.1f} minutes")
    print(f"  {commits / seconds:.0f} steps/s, raw {raw:.0f}/s")
    print(f"  {share:.0%} of raw (bar 20 %) {ground.verdict(share >= 0.2)}")
    equal = all(one.equal for one in found)
    print(f"  figures equal the document's: {ground.verdict(equal)}")
    return 0 if share >= 0.2 and equal else 1


if __name__ == "__main__":
    raise SystemExit(ground.main(__doc__, measure, _options))

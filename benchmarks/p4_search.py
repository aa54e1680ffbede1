"""Bar P4: Chinese search over many matters, on both databases: cost of the first page, exactness.

    python benchmarks/p4_search.py [--small] [--matters 1000000] [--database sqlite|postgres|both]

Queries of one to four characters, cut from the texts, common, rare and absent; each asked as the desk
asks (scope and all) for a first page. Exactness: the numbers found must be those a substring scan finds.
"""

import argparse
import random
import time

import ground

FEW = 10_000
QUERIES = 12
BATCH = 2_000


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--matters", type=int, default=1_000_000)


def _fill(ids: range, chance: random.Random) -> None:
    """Indexes one text for each matter, as `search.put_new` does but many in one statement."""
    from django.db import connection, transaction

    from bihuan.foundation.search import index
    from bihuan.foundation.search.models import Document
    from bihuan.language import tokens

    postgres = connection.vendor == "postgresql"
    first = (Document.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    for start in range(0, len(ids), BATCH):
        numbers = ids[start : start + BATCH]
        texts = [tokens.fold(f"{ground.sentence(chance)}") for _ in numbers]
        rows = [
            (first + start + n, number, text, tokens.index_tokens(text))
            for n, (number, text) in enumerate(zip(numbers, texts, strict=True))
        ]
        with transaction.atomic(), connection.cursor() as cursor:
            if postgres:
                with cursor.copy(
                    "COPY search_document (id, kind, number, body, tokens) FROM STDIN"
                ) as copy:
                    for pk, number, text, found in rows:
                        block = pk // index.BLOCK
                        lexemes = " ".join(
                            "'" + f"m{block}:{t}".replace("\\", "\\\\").replace("'", "''") + "'"
                            for t in found
                        )
                        copy.write_row((pk, "m", number, text, lexemes))
            else:
                cursor.executemany(
                    "INSERT INTO search_document (id, kind, number, body) VALUES (%s, 'm', %s, %s)",
                    [(pk, number, text) for pk, number, text, _ in rows],
                )
                cursor.executemany(
                    "INSERT INTO search_token (rowid, t) VALUES (%s, %s)",
                    [
                        (pk, " ".join(index._word("m", t) for t in found))
                        for pk, _, _, found in rows
                    ],
                )
    if postgres:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence('search_document', 'id'), (SELECT max(id) FROM search_document))"
            )


def _queries(chance: random.Random) -> dict[str, list[str]]:
    """Queries by name; drawn from the first 10,000 texts so that both sizes are asked the same."""
    from bihuan.foundation.search.models import Document

    bodies = list(Document.objects.order_by("pk").values_list("body", flat=True)[:FEW])
    found: dict[str, list[str]] = {}
    for length in (1, 2, 3, 4):
        asked: list[str] = []
        while len(asked) < QUERIES:
            body = chance.choice(bodies)
            at = chance.randrange(len(body) - length)
            text = body[at : at + length]
            if not set(text) & set("，。, "):
                asked.append(text)
        found[f"{length} characters"] = asked
    found["absent"] = ["龘", "龘龘", "红绿井", "灯路路"]
    return found


def measure(arguments: argparse.Namespace) -> int:
    from django.db import connection

    from bihuan.foundation.search import api as search
    from bihuan.foundation.search.models import Document
    from bihuan.kernel.matters import api as matters

    house = ground.city()
    few, many = FEW, arguments.matters
    if arguments.small:
        few, many = 2_000, 20_000
    template = house.open().matter
    desk = house.actor("desk")
    chance = random.Random(4)
    asked: dict[str, list[str]] = {}
    cost: dict[int, dict[str, float]] = {}
    worst: dict[int, tuple[float, str]] = {}
    have = 0
    for size in (few, many):
        began = time.perf_counter()
        ids = ground.multiply([template.pk], size - have, events="none")
        _fill(ids, chance)
        have = size
        ground.settle()
        asked = asked or _queries(random.Random(44))
        print(f"{size:,} matters after {time.perf_counter() - began:.0f} s", flush=True)
        cost[size], singles = {}, []
        for name, texts in asked.items():
            rounds: list[list[float]] = []
            for _ in range(3):
                one = []
                for text in texts:
                    began = time.perf_counter()
                    matters.matters(desk, matters.Filter(text=text))
                    one.append(time.perf_counter() - began)
                rounds.append(one)
            each = [ground.median(times) for times in zip(*rounds, strict=True)]
            cost[size][name] = sum(each) / len(each)
            singles += list(zip(each, texts, strict=True))
        worst[size] = max(singles)
    exact = [text for texts in asked.values() for text in texts[:6]]
    bodies = list(Document.objects.filter(kind="m").values_list("number", "body"))
    wrong = [
        text
        for text in exact
        if set(search.find("m", text)) != {number for number, body in bodies if text in body}
    ]
    print(f"P4 on {connection.vendor}, {ground.quiet()}")
    ratios = []
    for name in asked:
        a, b = cost[few][name] * 1000, cost[many][name] * 1000
        ratios.append(b / a)
        print(f"  {name}: {a:.1f} ms at {few:,}, {b:.1f} ms at {many:,}, ratio {b / a:.2f}")
    mean = sum(cost[many].values()) / sum(cost[few].values())
    print(
        f"  slowest query {worst[few][0] * 1000:.0f} ms ({worst[few][1]}), {worst[many][0] * 1000:.0f} ms ({worst[many][1]})"
    )
    met = max(ratios) <= 3
    print(
        f"  all queries {mean:.2f} x, worst kind {max(ratios):.2f} x (bar 3) {ground.verdict(met)}"
    )
    print(
        f"  {len(exact)} queries against a substring scan, {len(wrong)} differ {wrong} (bar 0) {ground.verdict(not wrong)}"
    )
    return 0 if met and not wrong else 1


if __name__ == "__main__":
    raise SystemExit(ground.main(__doc__, measure, _options, databases=("sqlite", "postgres")))

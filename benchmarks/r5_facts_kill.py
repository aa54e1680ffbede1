"""Bar R5: the export of facts killed at random instants, both databases; then all must be there.

    python benchmarks/r5_facts_kill.py [--small] [--kills 100] [--database sqlite|postgres|both]

Before each kill some matters are written; the command runs in small stretches, so that a kill may fall on any
of its writes. After each the folder must be a whole state; at the end it must equal facts made from nothing,
and a figure computed from it the same figure computed from those.
"""

import argparse
import os
import random
import subprocess
import sys
from pathlib import Path

import ground

EXPORT = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "bihuan.conf.settings"
django.setup()
from bihuan.insight import api as insight
print("begun", flush=True)
{action}
"""
ACTIONS = (
    "insight.export(insight.store(), stretch=40)",
    "insight.export(insight.store(), stretch=40)",
    "insight.rebuild(insight.store(), stretch=400)",
    (
        "from bihuan.rules import periods\n"
        "for one in insight.definitions():\n"
        "    insight.figure(one, periods.parse('2026'))"
    ),
)


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=100)


def _killed(action: str, wait: float) -> bool:
    """Runs an action and kills it so long after it began; whether it was still running."""
    running = subprocess.Popen(
        [sys.executable, "-c", EXPORT.format(action=action)], stdout=subprocess.PIPE, env=os.environ
    )
    assert running.stdout is not None
    running.stdout.readline()
    try:
        running.wait(wait)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()
        return True
    return False


def measure(arguments: argparse.Namespace) -> int:
    from django.conf import settings
    from django.db import connection

    from bihuan.insight import api as insight
    from bihuan.rules import periods

    house = ground.city()
    chance = random.Random(5)
    kills = 10 if arguments.small else arguments.kills
    templates = [(house.closed if n % 2 else house.answered)().matter.pk for n in range(8)]
    facts = insight.Store(Path(settings.FACTS_ROOT))
    insight.export(facts)
    done = broken = tries = 0
    while done < kills and tries < kills * 4:
        tries += 1
        ground.multiply(templates, 40, events="all")
        done += _killed(chance.choice(ACTIONS), chance.uniform(0.0, 0.6))
        wrong = list(insight.findings(facts))
        broken += bool(wrong)
        for one in wrong[:3]:
            print(f"  after kill {done}: {one}")
    insight.export(facts)
    anew = insight.Store(facts.folder.with_name("anew"))
    insight.rebuild(anew)
    unequal = 0
    for one in insight.definitions():
        pair = [insight.figure(one, periods.parse("2026"), facts=f) for f in (facts, anew)]
        unequal += pair[0].total != pair[1].total
    broken += len(list(insight.findings(facts)))
    met = done >= kills and not broken and not unequal
    print(
        f"R5 {connection.vendor}: {done} kills in {tries} runs, {broken} broken states, {unequal} figures "
        f"unequal to those from nothing; {ground.quiet()} {ground.verdict(met)}"
    )
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(ground.main(__doc__, measure, _options, databases=("sqlite", "postgres")))

"""R3: everybody signs in at one instant, each by two phones, while the chair ticks the list: nobody twice, nobody
lost, the log sound.

    python benchmarks/r3_sign_in.py [--count 40] [--vendor sqlite]

`--count 200` is a full hall. All phones are let go at once, and served by as many threads as a server has, each
with a connection of its own; one that loses to another tries again, as in a request. Printed: how many came of how many, how long it
took, how many were told that they are down already, how many failed.
"""

import argparse
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path.insert(0, str(TESTS))

from place import HEAD, Places  # noqa: E402 - found by the line above

COUNT = """
import time
from collections import Counter, deque

import evenings as place
from at_once import at_once
from evenings import MINUTE, SUNG

from bihuan.facets.gathering.models import Attendance
from bihuan.foundation.audit import api as audit

choir = place.build()
for n in range({count}):
    choir.add(f"m{{n}}", f"队员{{n}}", "first")
choir.switch_on()
found, at = choir.going(), SUNG + MINUTE
said = choir.code(found, at)
actors = [choir.actor(f"m{{n}}") for n in range({count})]


def phone(actor):
    return place.matters.act(found.pk, "say_here", actor=actor, at=at, data={{"digits": said}})


def tick():
    some = [choir.person(f"m{{n}}") for n in range(0, {count}, 10)]
    return choir.act(found, "tick_off", at=at, singers_here=some)


begun = time.perf_counter()
jobs = [lambda who=who: phone(who) for who in actors for _ in range(2)]
jobs.insert({count}, tick)
queue, results = deque(jobs), []


def serve():
    while True:
        try:
            job = queue.popleft()
        except IndexError:
            return
        try:
            results.append(job())
        except Exception as error:
            results.append(error)


at_once([serve] * {threads})
took = time.perf_counter() - begun
told = Counter(getattr(one, "key", type(one).__name__) for one in results)
there = Attendance.objects.filter(state="came").count()
print(there, len(list(audit.everything())), f"{{took:.1f}}", dict(told), sep="|")
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--vendor", choices=["sqlite", "postgresql"], default="sqlite")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bihuan_r3_") as folder:
        place = Places(Path(folder)).new(args.vendor)
        place.python(
            'from django.core.management import call_command\ncall_command("migrate", verbosity=0)'
        )
        there, findings, took, told = (
            place._python(HEAD + COUNT.format(count=args.count, threads=args.threads))
            .splitlines()[-1]
            .split("|")
        )
    met = (int(there), int(findings)) == (args.count, 0)
    print(f"{there} of {args.count} came, {findings} findings, {told}")
    print(f"R3 {took} s, {args.count * 2} phones at once", "met" if met else "MISSED")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())

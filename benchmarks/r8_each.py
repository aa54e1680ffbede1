"""R8: one matter for each of 20,000, its workers killed with SIGKILL in the middle: nobody has none, nobody two.

    python benchmarks/r8_each.py [--count 20000] [--kills 20] [--vendor sqlite]

As tests/jobs/test_each_killed.py, whose seed and whose questions it asks, over as many as a large house has
and at random instants. Printed: how many there are for how many, how many tasks are left, what the log says.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path[:0] = [str(TESTS), str(TESTS / "jobs")]

import test_each_killed as told  # noqa: E402 - found by the line above
from place import HEAD, Places  # noqa: E402 - likewise

WORK = 'from bihuan.cli import main\nmain(["work", "--interval", "0.1"])\n'


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--vendor", choices=["sqlite", "postgresql"], default="sqlite")
    args = parser.parse_args()
    chance = random.Random(8)
    with tempfile.TemporaryDirectory(prefix="bihuan_r8_") as folder:
        place = Places(Path(folder)).built(args.vendor)
        place.python(told.SEED.format(count=args.count))
        killed = 0
        begun = time.perf_counter()
        while killed < args.kills and told._opened(place) < args.count:
            both = [
                subprocess.Popen([sys.executable, "-c", HEAD + WORK], env=place.environment())
                for _ in range(2)
            ]
            # In the middle of it: some lots more are in than when they began.
            before, until = told._opened(place), time.monotonic() + 60
            while told._opened(place) == before and time.monotonic() < until:
                time.sleep(0.05)
            time.sleep(chance.uniform(0, 3))
            for one in both:
                one.send_signal(signal.SIGKILL)
                one.wait()
                killed += 1
            place.python(told.RELEASED)
        print(f"{killed} workers killed, {told._opened(place)} of {args.count} opened by then")
        *_, state = place.together(
            told.RELEASED, ["work", "--once"], ["work", "--once"], told.STATE
        )
        there, whom, matters, tasks, findings = json.loads(state.stdout)
        took = time.perf_counter() - begun
    met = there == whom == matters == args.count and not tasks and not findings
    print(
        f"{matters} matters for {whom} of {args.count}, {tasks} tasks left, {len(findings)} findings"
    )
    print(f"R8 {took:.0f} s, {killed} killed", "met" if met else "MISSED")
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())

"""Bar P12: the compliance matrix of 5,000 branches × 10 obligations × 12 months, beside the desk's list.

    python benchmarks/p12_matrix.py [--small] [--branches 5000] [--database sqlite|postgres|both]

One year of a programme that owes ten things a month, each done by nine branches in ten: 540,000 things that
count. Asked in turns, in one process: the desk's list of 50 among 10,000 matters; the matrix as it first
opens (50 of all branches × ten obligations), and when nothing standing is in memory; one obligation through
the year; one branch's own row; sums of all branches by unit; all of it as a spreadsheet. Medians.
"""

import argparse
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import ground

OBLIGATIONS, MONTHS, UNITS, ROUNDS = 10, 12, 50, 9
BAR_MATRIX, BAR_ROW = 3.0, 1.0
NOW = datetime(2026, 12, 20, 2, tzinfo=UTC)
# A Monday, three days before the month ends, at ten.
REMINDED = datetime(2026, 12, 28, 2, tzinfo=UTC)
SHARED = """
[o{n}]
who = "cells"
every = "month"
grace = 3
met_by = [{{ by = "action", with = {{ kind = "walk{n}", actions = ["open"] }} }}]
exempt = ["flooded"]
waived_by = ["vvv_above"]
"""


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--branches", type=int, default=5_000)
    parser.add_argument("--matters", type=int, default=10_000)


def _folder(into: Path) -> Path:
    """The tests' planted programme with ten kinds and an obligation for each."""
    import owed

    made = into / "vvv_owed"
    shutil.copytree(owed.FOLDER, made)
    kinds = (made / "matters.toml").read_text(encoding="utf-8")
    walk = re.search(r"\[walk\].*?(?=\n# What opens)", kinds, re.DOTALL)[0]
    obligations = (made / "obligations.toml").read_text(encoding="utf-8")
    scenario = (made / "scenarios" / "one.toml").read_text(encoding="utf-8")
    for n in range(OBLIGATIONS):
        kinds += walk.replace("walk", f"walk{n}").replace("VW", f"W{chr(65 + n)}")
        obligations += SHARED.format(n=n)
        for locale in ("zh-Hans", "en"):
            path = made / "strings" / f"{locale}.toml"
            words = path.read_text(encoding="utf-8")
            words = words.replace("\n[kinds]\n", f'\n[kinds]\nwalk{n} = "W{n}"\n')
            words = words.replace("\n[obligations]\n", f'\n[obligations]\no{n} = "O{n}"\n')
            words = words.replace("\n[owed]\n", f'\n[owed]\no{n} = "O{n}."\n')
            words += f'\n[states.walk{n}]\nwalk{n}ed = "W"\ntold_of = "T"\n'
            words += f'\n[actions.walk{n}]\ntell_of = "T"\n\n[events.walk{n}]\ntell_of = "T"\n'
            words += f'\n[exempted.o{n}]\nflooded = "F"\n'
            path.write_text(words, encoding="utf-8")
        scenario += (
            f'\n[[step]]\nopen = "walk{n}"\nmatter = "w{n}"\nby = "vvv_keeper"\n'
            f'\n[[step]]\nact = "tell_of"\nmatter = "w{n}"\nby = "vvv_keeper"\n'
        )
    (made / "matters.toml").write_text(kinds, encoding="utf-8")
    (made / "obligations.toml").write_text(obligations, encoding="utf-8")
    (made / "scenarios" / "one.toml").write_text(scenario, encoding="utf-8")
    return made


def _branches(house, count: int) -> list[int]:
    import house as city

    from bihuan.foundation.orgs import api as orgs
    from bihuan.foundation.orgs.api import Org

    units = [orgs.Entry(f"u{n}", f"单位{n}") for n in range(UNITS)]
    cells = [orgs.Entry(f"c{n}", f"支部{n}", f"u{n % UNITS}", "vvv-cell") for n in range(count)]
    under = house.org("streets")
    orgs.load_tree([*units, *cells], at=city.BUILT, actor="system", under=under)
    return list(Org.objects.filter(level="vvv-cell").values_list("pk", flat=True))


def _things(branches: list[int]) -> int:
    """A year of them: in every month, of each obligation, nine branches in ten."""
    from bihuan.kernel.obligations.models import Deed

    rows, done = [], 0
    for n in range(OBLIGATIONS):
        for month in range(1, MONTHS + 1):
            for nth, pk in enumerate(branches):
                if (nth + n + month) % 10 == 0:
                    continue
                done += 1
                day = date(2026, month, 1 + (nth + n) % 28)
                said = {"programme": "vvv_owed", "kind": f"walk{n}", "action": "open", "day": day}
                place = {"unit_id": pk, "home_id": pk, "state": "", "category": ""}
                rows.append(Deed(matter_id=10_000_000 + done, seq=1, **said, **place))
        Deed.objects.bulk_create(rows, batch_size=2000)
        rows = []
    return done


def _got(client, path: str) -> Callable[[], float]:
    def get() -> float:
        begun = time.perf_counter()
        answer = client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200, (path, answer.status_code, body[:300])
        return time.perf_counter() - begun

    return get


def measure(arguments: argparse.Namespace) -> int:
    import time_machine

    house = ground.city()
    import owed

    branches, matters = arguments.branches, arguments.matters
    if arguments.small:
        branches, matters = 300, 1_000
    with tempfile.TemporaryDirectory() as folder:
        owed.FOLDER = _folder(Path(folder))
        owed.land.__wrapped__()
        cells = _branches(house, branches)
    begun = time.perf_counter()
    things = _things(cells)
    print(f"{len(cells)} branches, {things} things written in {time.perf_counter() - begun:.0f} s")
    templates = [house.open().matter.pk, house.handling().matter.pk, house.answered().matter.pk]
    ground.multiply(templates, matters)
    with time_machine.travel(NOW + timedelta(0), tick=False):
        return _compared(house)


def _compared(house) -> int:
    import time_machine

    from bihuan.foundation.audit.api import standing
    from bihuan.kernel.obligations import api as obligations

    desk, above, keeper = (house.client(one) for one in ("desk", "vvv_above", "vvv_a"))
    asked = {
        "list": _got(desk, "/desk/"),
        "matrix": _got(above, "/desk/obligations"),
        "year": _got(above, "/desk/obligations/vvv_owed.o1"),
        "row": _got(keeper, "/desk/obligations"),
    }
    took: dict[str, list[float]] = {name: [] for name in (*asked, "matrix, nothing kept")}
    for get in asked.values():
        get()
    for _ in range(ROUNDS):
        for name, get in asked.items():
            took[name].append(get())
    for _ in range(3):
        standing.forget()
        took["matrix, nothing kept"].append(asked["matrix"]())
    for name, path in (("sums", "/below"), ("spreadsheet", "/export.xlsx")):
        get = _got(above, f"/desk/obligations/vvv_owed.o1{path}")
        get()
        took[name] = [get() for _ in range(3)]
    begun = time.perf_counter()
    with time_machine.travel(REMINDED, tick=False):
        told = obligations.remind(REMINDED)
    print(
        f"reminding {told} people of all that lack something: {time.perf_counter() - begun:.1f} s"
    )
    median = {name: statistics.median(some) for name, some in took.items()}
    for name, value in median.items():
        print(f"{name:<22} {value * 1000:8.0f} ms   {value / median['list']:6.2f} × the list")
    ratios = {name: median[name] / median["list"] for name in ("matrix", "row")}
    met = ratios["matrix"] <= BAR_MATRIX and ratios["row"] <= BAR_ROW
    print(
        f"P12 matrix {ratios['matrix']:.2f} × (bar {BAR_MATRIX:g}), row {ratios['row']:.2f} × "
        f"(bar {BAR_ROW:g})",
        "met" if met else "MISSED",
    )
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(ground.main(__doc__, measure, _options, databases=("sqlite",)))

"""N1: what a programme and a facet weigh. Lines of the kernel beside lines of programmes, and for each
facet the files outside its own folder that name it.

    python benchmarks/n1_weight.py
"""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src" / "bihuan"


def lines(folder: Path, *patterns: str) -> int:
    """Lines of code or data below a folder, migrations apart."""
    files = {p for one in patterns for p in folder.rglob(one) if "migrations" not in p.parts}
    return sum(len(p.read_text(encoding="utf-8").splitlines()) for p in files)


def named_outside(app: Path) -> list[str]:
    """Files of the product outside the folder of an app that import it or list it."""
    dotted = ".".join(("bihuan", *app.relative_to(SRC).parts))
    found = subprocess.run(
        ["git", "grep", "-lF", dotted, "--", "src", "pyproject.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    own = str(app.relative_to(ROOT))
    return [one for one in found if not one.startswith((own, "src/bihuan/stories"))]


def main() -> int:
    programmes = sorted(p.parent for p in (SRC / "programmes").glob("*/programme.toml"))
    kernel = lines(SRC / "kernel", "*.py")
    print(
        f"kernel {kernel} lines, {kernel / len(programmes):.0f} for each of {len(programmes)} programmes"
    )
    print(f"format {lines(SRC / 'spec', '*.py')} lines")
    for one in programmes:
        data, words = lines(one, "*.toml"), lines(one / "strings", "*.toml")
        print(f"  {one.name}: {data - words} lines of data, {words} of words")
    worst = 0
    for app in sorted(p.parent for p in (SRC / "facets").glob("*/apps.py")):
        outside = named_outside(app)
        worst = max(worst, len(outside))
        print(
            f"  facet {app.name}: {lines(app, '*.py')} lines in its folder; outside named by {outside}"
        )
    planted = ROOT / "tests" / "planted"
    print(
        f"  facet planted by the tests: {lines(planted, '*.py')} lines in its folder; outside named by []"
    )
    print(
        f"N1 files outside a facet's own folder at most {worst} (bar 1: the list of apps)", end=" "
    )
    print("met" if worst <= 1 else "MISSED")
    return 0 if worst <= 1 else 1


if __name__ == "__main__":
    raise SystemExit(main())

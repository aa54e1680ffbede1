"""Bar S5: how much of what must go is found in whole sets of texts, and how much of the rest stays.

    python benchmarks/s5_redaction.py [file …]

Lines are `kind|text`: what must go stands between « and »; of a text of the kind `keep` nothing may go.
A text counts as found when nothing between the marks is left standing, nor half of it. Without files: the
sets of the tests; `held_out` is the half that was never looked at while the rules were made.
"""

import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bihuan.language import redact
from bihuan.language.personal import names

SETS = Path(__file__).resolve().parent.parent / "tests/language/redaction"


@dataclass
class Measured:
    """Texts by kind, those masked rightly, and the others as they stand in the set."""

    total: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def rates(self) -> dict[str, float]:
        """Shares of `name`, `structured` and `keep`, of those that the set has."""
        found = {}
        for group in ("name", "structured", "keep"):
            of = [k for k in self.total if (k if k in ("name", "keep") else "structured") == group]
            if of:
                found[group] = sum(self.right[k] for k in of) / sum(self.total[k] for k in of)
        return found


def _bare(text: str) -> str:
    return re.sub(r"[\s\-—–.·•‧・,，*＊/、]", "", text)


def _leaks(kind: str, secret: str, masked: str) -> bool:
    bare = _bare(secret)
    if kind == "name":
        given = bare[len(names.surname(bare)) :]
        return bare in masked or (len(given) > 1 and given in masked)
    # Half of it left standing is a leak too.
    halves = (bare[: len(bare) // 2 + 1], bare[-(len(bare) // 2) :]) if len(bare) > 5 else (bare,)
    return any(half in masked for half in halves)


def measure(path: Path) -> Measured:
    """What a set's texts come to."""
    found = Measured()
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        kind, _, marked = line.replace("\\n", "\n").partition("|")
        text = re.sub("[«»]", "", marked)
        masked = redact.mask(text)
        secrets = re.findall("«(.*?)»", marked)
        wrong = (
            masked != text
            if kind == "keep"
            else any(_leaks(kind, one, _bare(masked)) for one in secrets)
        )
        found.total[kind] += 1
        found.right[kind] += not wrong
        if wrong:
            found.wrong.append(f"{kind}|{marked} => {masked}")
    return found


def main() -> None:
    paths = [Path(one) for one in sys.argv[1:]] or sorted(SETS.glob("*.txt"))
    for path in paths:
        found = measure(path)
        print("  ".join([f"{path.stem:12}", *(f"{g} {r:.1%}" for g, r in found.rates().items())]))
        print("    " + ", ".join(f"{k} {found.right[k]}/{n}" for k, n in found.total.items()))


if __name__ == "__main__":
    main()

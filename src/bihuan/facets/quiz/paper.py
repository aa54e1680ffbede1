"""What papers may say of a short test: its numbers."""

from collections.abc import Iterable
from datetime import datetime

from bihuan.facets.quiz.block import QUIZ
from bihuan.facets.quiz.shown import shown
from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters.api import Matter
from bihuan.outcomes.papers.api import COUNTED, Counted
from bihuan.spec.schema import Kind

_COUNTS = ("should", "answered", "succeeded", "not_yet", "missed", "excused", "exempt")


def _counts(kind: Kind) -> Iterable[str]:
    return (*_COUNTS, "percent") if QUIZ.of(kind) is not None else ()


def _on_paper(found: Matter, who: Actor, at: datetime) -> dict[str, str]:
    told = shown(found, who, at)
    if told is None:
        return {}
    counts = told["counts"]
    numbers = {name: "–" if counts[name] is None else f"{counts[name]}" for name in _COUNTS}
    return {**numbers, "percent": f"{told['percent']}"}


def register() -> None:
    """Gives papers of short tests their tags."""
    about = "how many should answer, did, passed, did not, are excused and exempt; what passes"
    COUNTED.add("quiz", Counted("quiz", about, _counts, _on_paper))

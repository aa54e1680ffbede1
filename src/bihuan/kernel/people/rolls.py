"""Who counts of those whom a matter means: told by the room that keeps a roll, asked by whoever needs to
know of how many."""

from collections.abc import Callable
from dataclasses import dataclass

from bihuan.kernel.matters.step import Step


@dataclass(frozen=True)
class Due:
    """People by their ids: who `should`, and who `may` besides: the exempt, the excused."""

    should: frozenset[int]
    may: frozenset[int]


Kept = Callable[[Step], Due | None]
_KEPT: list[Kept] = []


def keep(told: Kept) -> None:
    """Registers a room that keeps rolls, when its app is ready; it tells None of a kind without."""
    if told not in _KEPT:
        _KEPT.append(told)


def due(step: Step) -> Due | None:
    """Who counts of those on the roll of a step's matter, as the step leaves it; None where there is no
    roll."""
    return next((found for told in _KEPT if (found := told(step)) is not None), None)

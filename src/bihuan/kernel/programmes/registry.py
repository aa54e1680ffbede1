"""What programmes may name of the house. Apps above register theirs; `bihuan check` reads it."""

from collections.abc import Callable, Collection
from datetime import date

from bihuan.spec.arguments import Args
from bihuan.spec.check import Verbs
from bihuan.spec.registry import Registry

_GUARDS: Registry[type[Args]] = Registry("guard")
_EFFECTS: Registry[type[Args]] = Registry("effect")
# How much was opened by releases at a place and below since a day, told by the app that opens.
OPENED: Registry[Callable[[Collection[int], str, date], int]] = Registry("count of what was opened")
guard, effect = _GUARDS.add, _EFFECTS.add


def verbs() -> Verbs:
    """All verbs of the running house."""
    return Verbs(_GUARDS, _EFFECTS)

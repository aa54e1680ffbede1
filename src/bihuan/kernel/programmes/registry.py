"""What programmes may name of the house. Apps above register theirs; `bihuan check` reads it."""

from bihuan.spec.arguments import Args
from bihuan.spec.check import Verbs

_GUARDS: dict[str, type[Args]] = {}
_EFFECTS: dict[str, type[Args]] = {}


def guard(name: str, args: type[Args]) -> None:
    """Declares a guard. Raises ValueError on a name already taken by another."""
    if _GUARDS.setdefault(name, args) is not args:
        msg = f"guard {name} is declared twice"
        raise ValueError(msg)


def effect(name: str, args: type[Args]) -> None:
    """Declares an effect. Raises ValueError on a name already taken by another."""
    if _EFFECTS.setdefault(name, args) is not args:
        msg = f"effect {name} is declared twice"
        raise ValueError(msg)


def verbs() -> Verbs:
    """All verbs of the running house."""
    return Verbs(_GUARDS, _EFFECTS)

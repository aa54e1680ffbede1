"""What programmes may name of the house. Apps above register theirs; `bihuan check` reads it."""

from collections.abc import Callable

from bihuan.spec.arguments import Args
from bihuan.spec.check import Verbs

_GUARDS: dict[str, type[Args]] = {}
_EFFECTS: dict[str, type[Args]] = {}
_ROLES: set[str] = set()
_TEXTS: list[Callable[[str], bool]] = []


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


def texts(has: Callable[[str], bool]) -> None:
    """Declares who knows whether a text of notices or mails exists."""
    _TEXTS.append(has)


def has_text(key: str) -> bool:
    """Whether a text exists; where no catalogue is known, nobody can say that it does not."""
    return not _TEXTS or any(has(key) for has in _TEXTS)


def roles(*names: str) -> None:
    """Declares roles that the house itself asks for, whether a programme's actions do or not."""
    _ROLES.update(names)


def asked_roles() -> frozenset[str]:
    """The roles that the house itself asks for."""
    return frozenset(_ROLES)

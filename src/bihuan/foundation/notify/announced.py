"""Which events webhooks may be told of: each room that announces some says which."""

from collections.abc import Callable, Iterable

_TOLD: list[Callable[[], Iterable[str]]] = []


def announces(types: Callable[[], Iterable[str]]) -> None:
    """Registers a source of types of events, asked anew each time."""
    _TOLD.append(types)


def untold(types: Iterable[str]) -> list[str]:
    """Those of some types that nothing here announces today: mistyped, or of a programme to come."""
    known = {one for source in _TOLD for one in source()}
    return [one for one in types if one not in known]

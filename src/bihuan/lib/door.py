"""Doors whose rooms are opened when first entered."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def opened_late(package: str, rooms: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """A module's `__getattr__` for names that live in rooms of `package` which take long to load.

    `rooms` maps a module below the package to its names. The result raises AttributeError.
    """
    places = {name: f"{package}.{room}" for room, names in rooms.items() for name in names}

    def enter(name: str) -> Any:
        if name not in places:
            msg = f"{package} has no {name!r}"
            raise AttributeError(msg)
        return getattr(import_module(places[name]), name)

    return enter

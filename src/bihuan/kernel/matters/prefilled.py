"""What the house offers whoever opens a matter, before they type anything: said by the room that knows it."""

from collections.abc import Callable, Mapping
from typing import Any

from bihuan.foundation.access.api import Actor
from bihuan.spec.schema import Kind

Offers = Callable[[Kind, Actor], Mapping[str, Any]]
_KNOWN: list[Offers] = []


def register(offers: Offers) -> None:
    """Registers what a room offers, when its app is ready."""
    _KNOWN.append(offers)


def values(kind: Kind, who: Actor) -> dict[str, Any]:
    """The fields of a kind with what somebody who opens one will most likely fill in."""
    return {name: value for offers in _KNOWN for name, value in offers(kind, who).items()}

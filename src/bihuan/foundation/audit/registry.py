"""What can happen: every event type declared once, with its words and what to redact."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


class UnknownEventTypeError(LookupError):
    """An event type nobody declared."""


@dataclass(frozen=True)
class EventType:
    """`shown` says to whom the time line may show it; its words are `event.<name>` in the
    catalogue. `personal` lists the private keys that must go when a person is forgotten; there
    is no default, so that nobody forgets to decide. `security` events are also listed for those who
    watch over the house (see `security`)."""

    name: str
    shown: Literal["sender", "staff", "admin"]
    personal: tuple[str, ...]
    security: bool = False


_TYPES: dict[str, EventType] = {}


def declare(types: Iterable[EventType]) -> None:
    """Adds event types at start-up. Raises ValueError on a name declared twice."""
    for one in types:
        if _TYPES.get(one.name, one) != one:
            msg = f"event type {one.name} is declared twice"
            raise ValueError(msg)
        _TYPES[one.name] = one


def find(name: str) -> EventType:
    """The declared type. Raises UnknownEventTypeError."""
    try:
        return _TYPES[name]
    except KeyError as error:
        raise UnknownEventTypeError(name) from error


def all_types() -> list[EventType]:
    return sorted(_TYPES.values(), key=lambda t: t.name)


declare(
    [
        EventType("contact.stored", "admin", ("set",)),
        EventType("contact.revealed", "admin", ("reason",), security=True),
        EventType("contact.erased", "admin", ()),
    ]
)

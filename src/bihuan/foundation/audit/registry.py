"""What can happen: every event type declared once, with its words and what to redact."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

# Whom an event tells, by [text, people]: any may (see notify.notices).
TOLD = "told"


class UnknownEventTypeError(LookupError):
    """An event type nobody declared."""


class UndeclaredKeyError(ValueError):
    """Something an event says under a key that its type did not declare: `half` open or private."""

    def __init__(self, name: str, half: str, keys: Iterable[str]) -> None:
        super().__init__(f"{name} says {sorted(keys)} in its {half} half, which is not declared")


@dataclass(frozen=True)
class EventType:
    """`shown` says to whom the time line may show it; its words are `event.<name>` in the
    catalogue. `personal` lists the keys of its private half, which goes when a person is forgotten;
    there is no default, so that nobody forgets to decide. `open` lists the keys of the half that
    stays for good and is published as a hash (beside `told`): codes, numbers and instants, never words that
    somebody typed. What is declared under neither is refused; columns ask their model (PRIVATE).
    `security` events are also listed for those who watch over the house (see `security`)."""

    name: str
    shown: Literal["sender", "staff", "admin"]
    personal: tuple[str, ...]
    open: tuple[str, ...] = ()
    security: bool = False

    def check(self, said: Iterable[str], hidden: Iterable[str]) -> None:
        """Raises UndeclaredKeyError on a key that this type does not know in that half."""
        if strange := set(said) - {*self.open, TOLD}:
            raise UndeclaredKeyError(self.name, "open", strange)
        if strange := set(hidden) - set(self.personal):
            raise UndeclaredKeyError(self.name, "private", strange)


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
        EventType("backup.made", "admin", (), ("encrypted", "keys"), security=True),
    ]
)

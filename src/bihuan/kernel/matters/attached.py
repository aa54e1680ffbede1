"""What hangs on matters and lives in a room of its own: each room says what a matter's moves mean to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bihuan.kernel.matters.models import Matter
from bihuan.spec.schema import Action


@dataclass(frozen=True)
class Attached:
    """What a room does, in the transaction of the step, when somebody `acted` on a matter, when its
    subject was `retitled`, when what was written in it is `forgotten`. Each is called with the
    matter, the actor's reference and the instant."""

    acted: Callable[[Matter, Action, str, datetime], None] | None = None
    retitled: Callable[[Matter, str, datetime], None] | None = None
    forgotten: Callable[[Matter, str, datetime], None] | None = None


_ALL: list[Attached] = []


def attach(one: Attached) -> None:
    """Registers a room, when its app is ready."""
    _ALL.append(one)


def acted(found: Matter, action: Action, *, actor: str, at: datetime) -> None:
    """Somebody took an action."""
    for one in _ALL:
        if one.acted is not None:
            one.acted(found, action, actor, at)


def retitled(found: Matter, *, actor: str, at: datetime) -> None:
    """The subject says something else now."""
    for one in _ALL:
        if one.retitled is not None:
            one.retitled(found, actor, at)


def forgotten(found: Matter, *, actor: str, at: datetime) -> None:
    """What people wrote is about to go, with whatever hangs on it."""
    for one in _ALL:
        if one.forgotten is not None:
            one.forgotten(found, actor, at)

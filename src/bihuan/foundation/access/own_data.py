"""What the house holds about somebody, told to themselves: put together from what apps register.

An app that keeps something about people registers it, once, when it is loaded:

    own_data.register("memberships", rows)

`rows(person_id, at)` gives rows of plain values under keys: text, numbers, yes or no, days, instants, lists and
objects of these, and `Code` for what has words. The words of a name are `own_data.part.<name>` of the app's
catalogue, those of keys `own_data.key.<key>`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bihuan.foundation.access import doings
from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.spec.registry import Registry

Rows = Callable[[int, datetime], Iterable[Mapping[str, Any]]]
Held = dict[str, list[Mapping[str, Any]]]
_PARTS: Registry[Rows] = Registry("own data")


@dataclass(frozen=True)
class Code:
    """A value that has words under the key `word`: a programme's where one is named, else the house's or
    those of the first programme that has them."""

    value: str
    word: str
    programme: str = ""


def register(name: str, rows: Rows) -> None:
    """Adds what an app holds about a person. Raises ValueError on a name taken by another."""
    _PARTS.add(name, rows)


def names() -> list[str]:
    """What is told, in the order of the apps."""
    return list(_PARTS)


def taken(actor: Actor, at: datetime) -> Held:
    """Everything that is held about the actor, by name, in the order of the apps; that they took it is
    noted. Raises DeniedError for who is no person."""
    if actor.person_id is None:
        raise DeniedError("login")
    found = {name: list(rows(actor.person_id, at)) for name, rows in _PARTS.items()}
    count = sum(len(rows) for rows in found.values())
    doings.done(actor, "account.data_taken", at, {"rows": count})
    return found


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Code):
        return value.value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value

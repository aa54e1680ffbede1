"""What can be looked at of a running installation: each app registers what it knows how to look at."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Looked:
    """What is looked at and when: `mail_to` is sent a mail (`subject`, `text`) where it is not '';
    `clock_url` is asked for its time where it is not ''."""

    at: datetime
    mail_to: str = ""
    subject: str = ""
    text: str = ""
    clock_url: str = ""


@dataclass(frozen=True)
class Said:
    """One line: which outcome of its check it is (a message of the catalogues, `doctor.<check>.<outcome>`),
    whether all is well, and what fills the message."""

    outcome: str
    good: bool = True
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Checkup:
    """`look` says what it finds; one that asks the database is left out where that does not answer."""

    name: str
    look: Callable[[Looked], Iterable[Said]]
    asks_database: bool = False


_ALL: dict[str, Checkup] = {}


def add(one: Checkup) -> None:
    """Registers a check, when its app is loaded; again is once."""
    _ALL.setdefault(one.name, one)


def every() -> tuple[Checkup, ...]:
    """All of them as they were registered: from the ground up."""
    return tuple(_ALL.values())

"""What people have in hand: each room that gives somebody something says how it goes to another."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from bihuan.foundation.access.api import Actor
from bihuan.kernel.absences.models import Absence


@dataclass(frozen=True)
class Work:
    """One kind of thing that people have.

    `barred` names what a person (number) has and who is to stand in (number) may not touch on a day;
    `hand_over` gives what may go to who stands in, and says how many; `hand_back` returns it. Both
    may run twice.
    """

    barred: Callable[[int, int, date], list[str]]
    hand_over: Callable[[Absence, Actor, datetime], int]
    hand_back: Callable[[Absence, Actor, datetime], None]


_ALL: list[Work] = []


def register(one: Work) -> None:
    """Adds a kind, when its app is ready."""
    _ALL.append(one)


def barred(person_id: int, stand_in_id: int, on: date) -> list[str]:
    """Names of all that may not go over."""
    return [name for one in _ALL for name in one.barred(person_id, stand_in_id, on)]


def hand_over(row: Absence, actor: Actor, at: datetime) -> int:
    """Gives everything over; how many things."""
    return sum(one.hand_over(row, actor, at) for one in _ALL)


def hand_back(row: Absence, actor: Actor, at: datetime) -> None:
    """Returns everything."""
    for one in _ALL:
        one.hand_back(row, actor, at)

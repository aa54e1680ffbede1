"""What hangs on matters and lives in a room of its own: each room says what a matter's moves mean to it,
and what of it everybody who sees the matter may see."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import ProblemError
from bihuan.spec.schema import Action, Kind


@dataclass(frozen=True)
class Given:
    """What somebody gave a matter already, and may change or take back by `actions`: `text` are words of
    the house that say so, `choice` words of the programme for what was given."""

    text: str
    choice: str
    actions: frozenset[str]


@dataclass(frozen=True)
class Attached:
    """What a room does, in the transaction of the step, when somebody `acted` on a matter, when its
    subject was `retitled`, when what was written in it is `forgotten`. Each is called with the
    matter, the actor's reference and the instant. What it adds `within` a step is said while the step is
    made, the first one included: before the effects of an opening, after those of an action. Once its
    event is in, of whatever sort, it is `written`.

    A room with a `name` has a part of the matter's page and of its JSON: what is `shown` of the
    matter to whoever looks and sees it, at an instant; None where there is nothing. `collided` tells
    of a failed write whether two took the same thing of the room at the same moment: the step is
    tried again, and ends in that refusal when it goes on failing. `unsaid` names the inputs of an
    action of a kind that stand in no time line: whoever filled them in is told by the room. `given`
    is what somebody gave the matter already. `lists` are the kinds of the matters below that the room's
    own part shows, so that they are listed nowhere else. What is asked `before` an action is looked at (of the
    matter's id, the action, the actor, the instant) may refuse it, and what it writes stays though the
    step is refused. On pages its part stands `instead` of those of other rooms, by name, that say less of
    the same. Steps of an action that are nobody's `own` business but of whoever took them stand in no
    other time line: the room tells of them, as far as somebody may know.
    """

    name: str = ""
    within: Callable[[Step], None] | None = None
    written: Callable[[Step], None] | None = None
    acted: Callable[[Matter, Action, str, datetime], None] | None = None
    retitled: Callable[[Matter, str, datetime], None] | None = None
    forgotten: Callable[[Matter, str, datetime], None] | None = None
    shown: Callable[[Matter, Actor, datetime], Mapping[str, Any] | None] | None = None
    collided: Callable[[Exception], ProblemError | None] | None = None
    unsaid: Callable[[Kind, Action], Collection[str]] | None = None
    given: Callable[[Matter, Actor], Collection[Given]] | None = None
    lists: Callable[[Matter], Collection[str]] | None = None
    before: Callable[[int, str, Actor, datetime], None] | None = None
    instead: tuple[str, ...] = ()
    own: Callable[[Kind, Action], bool] | None = None


_ALL: list[Attached] = []


def attach(one: Attached) -> None:
    """Registers a room, when its app is ready."""
    _ALL.append(one)


def before(matter_id: int, action: str, actor: Actor, at: datetime) -> None:
    """Somebody is about to take an action, in no transaction yet. Raises what rooms refuse."""
    for one in _ALL:
        if one.before is not None:
            one.before(matter_id, action, actor, at)


def within(step: Step) -> None:
    """A step is being made: every room adds what is its own. Raises what they refuse."""
    for one in _ALL:
        if one.within is not None:
            one.within(step)


def written(step: Step) -> None:
    """A step is in the log, in the same transaction: what must happen after it is planned, and every
    room writes down what follows from it."""
    step.follow_up()
    for one in _ALL:
        if one.written is not None:
            one.written(step)


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


def shown(found: Matter, who: Actor, at: datetime) -> dict[str, Mapping[str, Any]]:
    """What every room has to show of a matter to somebody who sees it, by the room's name."""
    told = {one.name: one.shown(found, who, at) for one in _ALL if one.shown is not None}
    return {name: part for name, part in told.items() if part is not None}


def covered(there: Collection[str]) -> set[str]:
    """The parts instead of which others stand that are there."""
    return {name for one in _ALL if one.name in there for name in one.instead}


def given(found: Matter, who: Actor) -> list[Given]:
    """What somebody gave a matter already, by every room."""
    return [said for one in _ALL if one.given is not None for said in one.given(found, who)]


def lists(found: Matter) -> set[str]:
    """The kinds of matters below this one that a room shows."""
    return {kind for one in _ALL if one.lists is not None for kind in one.lists(found)}


def unsaid(kind: Kind, action: Action | None) -> set[str]:
    """The inputs of an action that stand in no time line."""
    if action is None:
        return set()
    return {name for one in _ALL if one.unsaid is not None for name in one.unsaid(kind, action)}


def own(kind: Kind, action: Action | None) -> bool:
    """Whether steps of an action stand in the time line of whoever took them only."""
    if action is None:
        return False
    return any(one.own is not None and one.own(kind, action) for one in _ALL)


def collided(error: Exception) -> ProblemError | None:
    """Why a write failed, where two took the same thing at the same moment; None of other errors."""
    told = (one.collided(error) for one in _ALL if one.collided is not None)
    return next((found for found in told if found is not None), None)

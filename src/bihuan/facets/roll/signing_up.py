"""Signing up: people come on a roll one by one, as long as it has room, and leave it again. Whoever may is the
kind's roster; who of two takes the last place is settled by the matter's next step, which only one can write."""

from typing import Annotated, ClassVar

from pydantic import Field

from bihuan.facets.roll import counting
from bihuan.facets.roll.block import JOIN, LEAVE, MOST, ROLL, places_of
from bihuan.facets.roll.counting import Row
from bihuan.facets.roll.models import Enrolled
from bihuan.facets.roll.verbs import OfRoll
from bihuan.foundation.orgs.api import standing_person
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.kernel.people import api as people
from bihuan.lib.problems import InputError, RefusedError
from bihuan.spec.arguments import Names
from bihuan.spec.schema import Kind

PeopleInput = Annotated[
    str,
    Names("input", ("person", "people")),
    Field(examples=["who"], description="an input that names people"),
]
# Whoever is excused gives the place back.
_TAKES_A_PLACE = ("should", "done")


class Join(OfRoll):
    beside: ClassVar[bool] = True
    shown: ClassVar[tuple[str, ...]] = ("places",)
    input: PeopleInput | None = Field(
        None, description="an input that names whom somebody else signs up; absent: whoever acts"
    )
    places: Annotated[str, Names("fact")] | None = Field(
        None,
        examples=["places"],
        description="a field of type int: for how many there is room; absent, or empty: for all",
    )


class Leave(OfRoll):
    beside: ClassVar[bool] = True
    input: PeopleInput | None = Field(
        None, description="an input that names who does not come; absent: whoever acts"
    )


def room(kind: Kind, found: Matter) -> tuple[int, int] | None:
    """(for how many a roll has room, how many places are left); None where it has for all."""
    name = places_of(kind)
    most = found.facts.get(name) if name is not None else None
    if most is None:
        return None
    taken = sum(one.state in _TAKES_A_PLACE for one in counting.rows(found).values())
    return int(most), max(int(most) - taken, 0)


def join(step: Step, args: Join) -> None:
    """Whoever acts, or those named, sign up: they come on the roll, where the kind's roster means them on this
    day at the organisation that received the matter, as long as there is room. Of two who take the last place
    one gets it. Who is exempt from what the others have to may come all the same.

    Refuses whom the roster does not mean, who is on it, and all of those named where not all have room.
    """
    there, pks = counting.of(step), _named(step, args.input)
    most = step.fact(args.places) if args.places is not None else None
    taken = sum(one.state in _TAKES_A_PLACE for one in there.values())
    most = MOST if most is None else int(most)
    left = most - taken
    rows = enter(step, pks, args.input)
    if len(rows) > left:
        raise RefusedError("roll.full", n=most, left=max(left, 0))


def enter(step: Step, pks: list[int], name: str | None) -> list[Row]:
    """Brings some on the roll, by an input or (None) whoever acts: those the kind's roster means on this day at the
    organisation that received the matter. Raises InputError, RefusedError of others, and of who is on it."""
    there = counting.of(step)
    home = step.org(step.value("home_id"))
    roster = str(ROLL.of(step.kind))
    found = people.resolve(step.programme, roster, home, step.day(), among=pks)
    meant = {one.person_id: one for one in found}
    rows = []
    for pk in pks:
        if pk not in meant:
            raise _wrong(name, "roll.not_meant", pk)
        if f"p{pk}" in there:
            raise _wrong(name, "roll.joined_already", pk)
        one = meant[pk]
        rows.append(
            Row(one.key, one.person_id, one.org_id, one.kind, "should", "", step.at, step.at)
        )
    for row in rows:
        step.parts[(Enrolled.PART, row.key)] = row.columns()
    return rows


def leave(step: Step, args: Leave) -> None:
    """Whoever acts, or those named, do not come after all: they leave the roll, and their place is free. The log
    keeps that they were on it.

    Refuses who is not on the roll, and of whom it is said already what became of them.
    """
    there = counting.of(step)
    for key in counting.named(step, args.input):
        row = there[key]
        if row.state != "should":
            raise RefusedError(f"roll.leaves_{row.state}", name=row.name)
        step.parts[(Enrolled.PART, key)] = None


def _named(step: Step, name: str | None) -> list[int]:
    if name is None:
        if step.actor.person_id is None:
            raise RefusedError("roll.not_meant_yourself")
        return [step.actor.person_id]
    given = step.inputs.get(name)
    pks = given if isinstance(given, list) else [given] if given is not None else []
    return list(dict.fromkeys(pks))


def _wrong(name: str | None, key: str, pk: int) -> InputError | RefusedError:
    if name is None:
        return RefusedError(f"{key}_yourself")
    return InputError({name: (key, {"name": standing_person(pk).name})})


def free(step: Step, args: OfRoll) -> Refusal | None:
    """Whoever acts is not on the roll yet, and there is room on it."""
    del args
    if counting.mine(step.actor, counting.of(step).values()):
        return Refusal("guard.roll_joined", {})
    found = room(step.kind, step.matter)
    if found is not None and not found[1]:
        return Refusal("guard.roll_full", {"n": found[0]})
    return None


def meant(step: Step, args: OfRoll) -> Refusal | None:
    """The kind's roster means whoever acts, on this day at the organisation that received the matter."""
    del args
    person = step.actor.person_id
    home = step.org(step.value("home_id"))
    roster = str(ROLL.of(step.kind))
    if person is not None and people.resolve(
        step.programme, roster, home, step.day(), among=[person]
    ):
        return None
    return Refusal("guard.roll_meant", {})


def register() -> None:
    """Declares the verbs of this module."""
    verbs.effect(JOIN, Join, join)
    verbs.effect(LEAVE, Leave, leave)
    verbs.guard("roll.free", OfRoll, free)
    verbs.guard("roll.meant", OfRoll, meant)

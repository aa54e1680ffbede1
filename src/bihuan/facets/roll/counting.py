"""Who is on the roll of a matter and what became of them: as it stands, or as a step leaves it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from bihuan.facets.roll.block import DONE, EXCUSE, MISSED, ROLL, joins, rule_of
from bihuan.facets.roll.models import Enrolled
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import standing_org, standing_person
from bihuan.foundation.sql.lookup import Lookup
from bihuan.kernel.matters import access, membership
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.step import Step
from bihuan.kernel.people import rolls
from bihuan.kernel.people.api import RosterSpec
from bihuan.lib.problems import InputError, ProblemError, RefusedError

_of_stream = Lookup(Enrolled.objects.filter(stream="?").order_by("pk"), "?")
_HELD = "known_roll"
_WORDS = 2000


@dataclass(frozen=True)
class Row:
    """One of those on a roll."""

    key: str
    person_id: int | None
    org_id: int
    kind: str
    state: str
    reason: str
    since: datetime
    at: datetime

    @property
    def name(self) -> str:
        """What they are called today."""
        if self.person_id is not None:
            return standing_person(self.person_id).name
        return standing_org(self.org_id).name

    def columns(self) -> dict[str, Any]:
        """The part of the matter that it is."""
        names = ("person_id", "org_id", "kind", "state", "reason", "since", "at")
        return {name: getattr(self, name) for name in names}


def rows(found: Matter) -> dict[str, Row]:
    """Those on the roll of a matter by their keys, in the order in which they came on it; read once
    for each version of it."""
    if not found.pk:
        return {}
    known = found.__dict__.get(_HELD)
    if known is None or known[0] != found.version:
        read = {row.key: Row(row.key, **row.values()) for row in _of_stream(found.stream)}
        known = found.__dict__[_HELD] = (found.version, read)
    held: dict[str, Row] = known[1]
    return held


def of_person(person_id: int) -> QuerySet[Enrolled]:
    """Somebody on the rolls of all matters, wherever they were not excused."""
    return Enrolled.objects.filter(person_id=person_id, state__in=("should", "done"))


def of(step: Step) -> dict[str, Row]:
    """Those on the roll with what a step has said of them by now."""
    found = dict(rows(step.matter))
    for (part, key), columns in step.parts.items():
        if part == Enrolled.PART and columns is None:
            found.pop(key, None)
        elif part == Enrolled.PART and columns is not None:
            found[key] = Row(key, **columns)
    return found


def rule(step: Step) -> RosterSpec:
    """The roster of the kind. Raises ProblemError where it has none (an old release)."""
    found = rule_of(step.programme, step.kind)
    if found is None:
        raise ProblemError("roll.no_roster", roster=str(ROLL.of(step.kind)))
    return found


def untaken(step: Step) -> RefusedError:
    """What is said where nobody is on the roll."""
    return RefusedError("roll.nobody_joined" if joins(step.kind) else "roll.not_taken")


def named(step: Step, name: str | None) -> list[str]:
    """The keys of those whom an input names, or without one of whoever acts. Raises InputError,
    RefusedError where one of them is not on the roll."""
    there = of(step)
    if not there:
        raise untaken(step)
    if name is None:
        return [own(step.actor, there)]
    given = step.inputs.get(name)
    pks = given if isinstance(given, list) else [given] if given is not None else []
    letter = "o" if rule(step).of_orgs else "p"
    for pk in pks:
        if f"{letter}{pk}" not in there:
            called = standing_org(pk).name if letter == "o" else standing_person(pk).name
            raise InputError({name: ("roll.not_on_it", {"name": called})})
    return [f"{letter}{pk}" for pk in pks]


def own(actor: Actor, there: dict[str, Row]) -> str:
    """Whoever acts, on a roll; of organisations the one where they belong. Raises RefusedError where
    they are not on it, or belong to several."""
    found = mine(actor, there.values())
    if not found:
        raise RefusedError("roll.you_are_not_on_it")
    if len(found) > 1:
        raise RefusedError("roll.several_are_yours")
    return found[0].key


def mine(actor: Actor, there: Iterable[Row]) -> list[Row]:
    """Whoever looks, as they are on a roll themselves, or the organisations where they belong."""
    places = membership.places(actor)
    return [
        one
        for one in there
        if (
            one.person_id == actor.person_id
            if one.person_id is not None
            else standing_org(one.org_id).path in places
        )
    ]


def changed(step: Step, do: str, args: Any) -> list[Row]:
    """Those of whom an effect of this facet says something, as it leaves them. Raises what `named`
    raises; RefusedError for whoever cannot be excused any more."""
    there = of(step)
    found = [there[key] for key in named(step, args.get("input"))]
    if do == DONE:
        new = [one for one in found if one.state != "done"]
        return [replace(one, state="done", reason="", at=step.at) for one in new]
    if do == MISSED:
        again = [one for one in found if one.state in ("done", "excused")]
        return [replace(one, state="should", reason="", at=step.at) for one in again]
    for one in found:
        if one.state in ("done", "exempt"):
            raise RefusedError(f"roll.is_{one.state}", name=one.name)
    why = str(step.inputs.get(args["reason"], ""))[:_WORDS]
    return [replace(one, state="excused", reason=why, at=step.at) for one in found]


def left(step: Step) -> dict[str, Row]:
    """Those on the roll as the action's own effects leave them, for guards that look ahead."""
    found, action = of(step), step.kind.actions.get(step.action)
    for verb in action.effects if action is not None else ():
        if verb.do in (DONE, EXCUSE, MISSED):
            try:
                found |= {one.key: one for one in changed(step, verb.do, verb.args)}
            except ProblemError:
                # The effect itself says why.
                continue
    return found


def counting(there: Iterable[Row], found: Matter, on: date) -> list[Row]:
    """Those who count on a day: not whoever was recused or is complained of since. Who has left
    counts on: the roll is of the day on which it was taken."""
    barred = access.kept_away(found, on)
    return [one for one in there if one.person_id is None or one.person_id not in barred]


def states(there: Iterable[Row]) -> Counter[str]:
    """How many are in each state."""
    return Counter(one.state for one in there)


def _due(step: Step) -> rolls.Due | None:
    """Who of the people on a roll should do what the matter asks, and who besides may."""
    if ROLL.of(step.kind) is None:
        return None
    there = counting(left(step).values(), step.matter, step.day())
    people = {one.person_id: one.state for one in there if one.person_id is not None}
    should = frozenset(pk for pk, state in people.items() if state in ("should", "done"))
    return rolls.Due(should, frozenset(people) - should)


def register() -> None:
    """Tells other rooms who counts."""
    rolls.keep(_due)

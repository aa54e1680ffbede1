"""The ballot of a round: every nomination on which somebody has a vote, voted in one go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bihuan.facets.round import guards, rounds
from bihuan.facets.stances import counting
from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import acting
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.lib.problems import RefusedError


@dataclass(frozen=True)
class Line:
    """A nomination on which somebody has a vote, the choices there are, and what they chose ('' nothing
    yet)."""

    matter: Matter
    choices: tuple[str, ...]
    mine: str


def lines(found: Matter, who: Actor, at: datetime) -> list[Line]:
    """The nominations of a round on which somebody may vote now, as they came."""
    if who.person_id is None or who.person_id not in guards.on_roll(found):
        return []
    told = []
    for one in matters.by_ids(who, [row.pk for row in rounds.nominations(found)]):
        name, field, choices = _ballot(one)
        may = next((o for o in acting.offered(one, who, at) if o.id == name), None)
        if field and may is not None and may.refusal is None:
            stands = counting.stands(one).values()
            mine = next((s.choice for s in stands if s.person_id == who.person_id), "")
            told.append(Line(one, choices, mine))
    return told


def _ballot(one: Matter) -> tuple[str, str, tuple[str, ...]]:
    """The action, its input and the choices by which a nomination is voted on."""
    name = rounds.nominating(one).ballot
    action = rounds.kind_of(one).actions[name]
    fields = (str(v.args.get("input", "")) for v in action.effects if v.do == "stance.take")
    field = next(fields, "")
    return name, field, action.inputs[field].choices if field in action.inputs else ()


def left(found: Matter, who: Actor, at: datetime) -> list[Line]:
    """Those on which somebody has not voted yet."""
    return [one for one in lines(found, who, at) if not one.mine]


@transaction.atomic
def vote(found: Matter, given: Mapping[int, str], *, actor: Actor, at: datetime) -> int:
    """Votes on nominations of a round, by their ids: on all that are given or on none; what one chose
    before and chooses again stays. Returns on how many it was voted.

    Raises RefusedError where one of them is not theirs to vote on, InputError for a choice that is none."""
    there = {one.matter.pk: one for one in lines(found, actor, at)}
    done = 0
    for pk, choice in given.items():
        line = there.get(pk)
        if line is None:
            raise RefusedError("round.not_yours")
        if choice == line.mine:
            continue
        name, field, _ = _ballot(line.matter)
        matters.act(pk, name, actor=actor, at=at, data={field: choice})
        done += 1
    return done

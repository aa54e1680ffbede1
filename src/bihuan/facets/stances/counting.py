"""Who stands for what, and how many count: those who were kept away since do not."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bihuan.facets.stances.block import STANCES, TAKE, WITHDRAW, StancesSpec
from bihuan.facets.stances.models import Stance
from bihuan.foundation.sql.lookup import Lookup
from bihuan.kernel.matters import access
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.step import Step

_of_stream = Lookup(Stance.objects.filter(stream="?").order_by("at", "pk"), "?")
_HELD = "known_stances"


@dataclass(frozen=True)
class Said:
    """What one person says to a matter, and since when."""

    person_id: int
    choice: str
    at: datetime


def stands(found: Matter) -> dict[str, Said]:
    """The stances on a matter by their keys, oldest first; read once for each version of it."""
    known = found.__dict__.get(_HELD)
    if known is None or known[0] != found.version:
        rows = _of_stream(found.stream)
        read = {row.key: Said(row.person_id, row.said, row.at) for row in rows}
        known = found.__dict__[_HELD] = (found.version, read)
    held: dict[str, Said] = known[1]
    return held


def block_of(step: Step) -> StancesSpec:
    """What the kind of a step says of stances; `bihuan check` refuses kinds that say nothing."""
    block = STANCES.of(step.kind)
    assert block is not None
    return block


def key_of(block: StancesSpec, person_id: int, choice: str) -> str:
    """Under which key a person's stance stands: one for a person, or one for each choice."""
    return str(person_id) if block.once else f"{person_id}-{choice}"


def chosen(step: Step, args: Any) -> str:
    """What is chosen in a step: what the verb says, or what was filled in ('' while nothing is)."""
    return str(args.get("choice") or step.inputs.get(str(args.get("input")), ""))


def left(step: Step) -> dict[str, Said]:
    """The stances as the step leaves them: with the one that its own action is about to take, so
    that a turn may ask whether that one was the last that was wanted."""
    found = dict(stands(step.matter))
    action = step.kind.actions.get(step.action)
    person_id = step.actor.person_id
    if action is None or person_id is None:
        return found
    block = block_of(step)
    for verb in action.effects:
        if verb.do == WITHDRAW:
            found = {key: one for key, one in found.items() if one.person_id != person_id}
        elif verb.do == TAKE and (choice := chosen(step, verb.args)):
            found[key_of(block, person_id, choice)] = Said(person_id, choice, step.at)
    return found


def counting(said: Iterable[Said], found: Matter, on: date) -> list[Said]:
    """Those that count on a day: not of whoever was recused or is complained of since. Who has left
    counts on: what somebody signed they signed."""
    barred = access.kept_away(found, on)
    return [one for one in said if one.person_id not in barred]


def tally(said: Iterable[Said]) -> Counter[str]:
    """How often each choice stands."""
    return Counter(one.choice for one in said)


def people(said: Iterable[Said]) -> int:
    """How many people took a stance."""
    return len({one.person_id for one in said})

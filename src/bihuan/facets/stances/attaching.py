"""What of stances hangs on a matter: what is shown of them to whom, and what time goes by without."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils import timezone

from bihuan.facets.stances import counting
from bihuan.facets.stances.block import STANCES, TAKE, WITHDRAW, StancesSpec, taking
from bihuan.facets.stances.counting import Said
from bihuan.facets.stances.models import Stance
from bihuan.facets.stances.spread import spread
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change
from bihuan.foundation.orgs.api import standing_person
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, Given, attach
from bihuan.kernel.programmes import api as programmes
from bihuan.outcomes.papers.api import COUNTED, Counted
from bihuan.spec.schema import Action, Kind, Verb

# Names on a page; the counts are of all.
NAMES = 300


def shown(found: Matter, who: Actor, at: datetime) -> dict[str, Any] | None:
    """What somebody who sees the matter is shown: how many took part, how often each choice stands,
    who said what where that is open, and always what they said themselves. None of kinds without."""
    kind = programmes.spec_of(found.release_id).kinds[found.kind]
    block = STANCES.of(kind)
    if block is None:
        return None
    on = timezone.localtime(at).date()
    every = list(counting.stands(found).values())
    said = counting.counting(every, found, on)
    going_on = found.state in taking(kind, block)
    # Where it is not open, who is recused later must not show by what is missing from then on.
    counts = _counts(block, said if block.open else every, going_on=going_on)
    return {
        "open": block.open,
        "taking": going_on,
        "people": counting.people(said if block.open else every),
        "aside": counting.people(every) - counting.people(said) if block.open else 0,
        "choices": [{"choice": name, "count": n} for name, n in counts.items()],
        "mine": [_one(one) for one in every if one.choice and one.person_id == who.person_id],
        "names": [_named(one) for one in said[:NAMES]] if block.open else [],
        "more_names": max(len(said) - NAMES, 0) if block.open else 0,
    }


def _counts(block: StancesSpec, said: list[Said], *, going_on: bool) -> dict[str, int | None]:
    told = counting.tally(said)
    counts = {choice: told[choice] for choice in block.choices}
    if block.open:
        return {**counts}
    # While they come in, each would show by what the one before it left; a forgotten one has none.
    if going_on or told[""]:
        return dict.fromkeys(block.choices)
    return spread(counts)


def _one(one: Said) -> dict[str, Any]:
    return {"choice": one.choice, "at": one.at}


def _named(one: Said) -> dict[str, Any]:
    name = standing_person(one.person_id).name
    return {**_one(one), "person": {"id": one.person_id, "name": name}}


def given(found: Matter, who: Actor) -> list[Given]:
    """Each choice that somebody stands for while stances are taken, with the actions that change it or
    take it back."""
    kind = programmes.spec_of(found.release_id).kinds[found.kind]
    block = STANCES.of(kind)
    if block is None or found.state not in taking(kind, block):
        return []
    mine = [one for one in counting.stands(found).values() if one.person_id == who.person_id]
    return [
        Given(
            "stances.given",
            f"stances.{found.kind}.{one.choice}",
            frozenset(
                name
                for name, action in kind.actions.items()
                if any(_touches(verb, block, one.choice) for verb in action.effects)
            ),
        )
        for one in mine
        if one.choice
    ]


def _touches(verb: Verb, block: StancesSpec, choice: str) -> bool:
    """Whether it takes a stance back, or puts another in its place."""
    if verb.do == WITHDRAW:
        return True
    return verb.do == TAKE and (block.once or verb.args.get("choice") == choice)


def unsaid(kind: Kind, action: Action) -> Collection[str]:
    """The inputs that hold what somebody chose, where that is nobody else's business."""
    block = STANCES.of(kind)
    if block is None or block.open:
        return ()
    return [str(verb.args.get("input")) for verb in action.effects if verb.do == TAKE]


def forgotten(found: Matter, actor: str, at: datetime) -> None:
    """What people chose for themselves goes with what else was written."""
    rows = Stance.objects.filter(stream=found.stream).exclude(kept="")
    parts = {(Stance.PART, row.key): {"kept": ""} for row in rows}
    if parts:
        told = {"changed_at": at}
        change(found, Happening("matter.stances_forgotten", at, actor, set=told, parts=parts))


def _choices(kind: Kind) -> Collection[str]:
    block = STANCES.of(kind)
    return ("people", *block.choices) if block is not None else ()


def _on_paper(found: Matter, who: Actor, at: datetime) -> dict[str, str]:
    """How many took part, and how often each choice stands; a count that is not told is left out."""
    told = shown(found, who, at) or {"people": 0, "choices": []}
    counts = {one["choice"]: one["count"] for one in told["choices"]}
    counts["people"] = told["people"]
    return {name: f"{n}" for name, n in counts.items() if n is not None}


def register() -> None:
    """Attaches stances to matters."""
    attach(Attached("stances", forgotten=forgotten, shown=shown, unsaid=unsaid, given=given))
    about = "how many said something, and how often each choice stands"
    COUNTED.add("stances", Counted("stances", about, _choices, _on_paper))

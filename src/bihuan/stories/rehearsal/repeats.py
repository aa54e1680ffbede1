"""Fields that ask for what an event already holds: what scenarios fill in, beside what was known then."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import inputs
from bihuan.kernel.matters.api import Matter
from bihuan.lib.problems import InputError
from bihuan.spec.load import Problem
from bihuan.spec.schema import Input

# Once may be chance.
TWICE = 2
# Of these types two values that are equal may still be two answers, 1 and 1, yes and yes: only what
# was filled in under the same name is the same.
_SMALL = ("bool", "int", "number", "choice")
Known = Mapping[str, Mapping[str, Any]]


def knowledge(at: datetime, actor: Actor, home: int, found: Matter | None) -> Known:
    """What the house knows when somebody takes a step, by type of field, each under the name of where
    it stands: who acts and where they work, the day, whose matter it is, what was filled in before."""
    day = timezone.localtime(at).date()
    people: dict[str, Any] = {"actor": actor.person_id}
    places: dict[str, Any] = {"home": home}
    held: dict[str, Any] = {}
    if found is not None:
        people["assignee"] = found.assignee_id
        places |= {"home": found.home_id, "unit": found.unit_id}
        held = {f"facts.{name}": value for name, value in found.facts.items()}
    if len(actor.posts) == 1:
        places["where the actor works"] = orgs.orgs_at(actor.posts)[0].pk
    return {
        "person": people,
        "org": places,
        "date": {"day of the step": day.isoformat()},
        "month": {"month of the step": f"{day:%Y-%m}"},
        "": held,
    }


@dataclass
class Repeats:
    """What was filled in so far: by path of the field, for each time it was, where it was known."""

    _times: dict[str, list[set[str]]] = field(default_factory=lambda: defaultdict(list))

    def note(
        self, path: str, declared: Mapping[str, Input], given: Mapping[str, Any], known: Known
    ) -> None:
        """Notes a step before it is taken. What it fills in wrongly asks nothing."""
        for name, one in declared.items():
            if one.required and name in given:
                try:
                    value = inputs.take({name: one}, {name: given[name]}).get(name)
                except InputError:
                    continue
                there = {**known[""], **known.get(one.type, {})}
                if one.type in _SMALL:
                    there = {f"facts.{name}": known[""].get(f"facts.{name}")}
                self._times[f"{path}.{name}"].append(
                    {where for where, held in there.items() if held is not None and held == value}
                )

    def found(self) -> Iterator[Problem]:
        """The required fields that were filled in at least twice, each time with what stood in the same
        place already."""
        for path, times in sorted(self._times.items()):
            always = set[str].intersection(*times)
            if len(times) >= TWICE and always:
                cause = (
                    f"every scenario fills in what is known already: {', '.join(sorted(always))}"
                )
                remedy = "let the step take it from there, or show in a scenario when it differs"
                yield Problem("matters.toml", path, cause, remedy)

"""What was said of somebody on rolls, for their own eyes; and rolls as a way of taking part."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import Q

from bihuan.facets.roll import signing_up
from bihuan.facets.roll.block import DONE, ENTERED, ROLL, effects
from bihuan.facets.roll.models import Enrolled
from bihuan.foundation.access.api import Actor
from bihuan.foundation.access.own_data import Code
from bihuan.foundation.orgs.api import Person
from bihuan.kernel.joining import api as joining
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.profiles import entries
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Programme
from bihuan.web import words

MOST = 100
_SAID = ("done", "excused")


def own_actions(programme: Programme, kind_id: str) -> Collection[str]:
    """The actions by which somebody does themselves what they are on the roll for."""
    kind = programme.kinds[kind_id]
    if ROLL.of(kind) is None:
        return ()
    return [
        name
        for name, action in kind.actions.items()
        if any(verb.do == DONE and "input" not in verb.args for verb in effects(action))
    ]


def _mine(who: Actor) -> Q | None:
    """The matters on whose roll somebody is."""
    if who.person_id is None:
        return None
    return Q(pk__in=Enrolled.objects.filter(person_id=who.person_id).values("matter_id"))


def _said(found: Person, at: datetime) -> Iterator[entries.Entry]:
    """What others, or they themselves, said of somebody on a roll."""
    del at
    rows = Enrolled.objects.filter(person_id=found.pk, state__in=_SAID).order_by("-at")
    some = list(rows[:MOST])
    held = matters.of_streams([one.stream for one in some])
    by = entries.by_whom((one.stream, one.at) for one in some)
    for one in some:
        matter = held[one.stream]
        blocks = programmes.spec_of(matter.release_id).kinds[matter.kind].blocks
        if one.state == "done" and ENTERED & blocks.keys():
            continue
        kind = Code(matter.kind, f"kinds.{matter.kind}", matter.programme)
        values: dict[str, entries.Said] = {"kind": kind, "number": matter.number}
        who = by.get((one.stream, one.at), "")
        said = f"entries.roll_{one.state}"
        yield entries.Entry(one.at, said, who, values, one.reason, matter.pk)


def _tells(found: Matter) -> list[str]:
    """How many places are left, where people sign up for a roll that has not room for all."""
    left = signing_up.room(programmes.spec_of(found.release_id).kinds[found.kind], found)
    if left is None:
        return []
    if not left[1]:
        return [words.text("roll.places_gone", most=left[0])]
    return [words.text("roll.places_left", most=left[0], count=left[1])]


def register() -> None:
    """Registers both."""
    joining.register(joining.Way(_mine, own_actions, tells=_tells))
    entries.register(_said)

"""Whose turn it is besides theirs who handle: what waits for whoever opened it."""

from functools import reduce
from operator import or_

from django.db.models import Q

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.kernel.matters import access
from bihuan.kernel.matters.models import Matter, Party
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import OPENER


@standing.kept
def _states() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """(programme, kind, states) in which the next step is the opener's."""
    found = []
    for one in programmes.known():
        for kind_id, kind in one.kinds.items():
            theirs = [
                action
                for action in kind.actions.values()
                if OPENER in action.by and action.tone == "primary"
            ]
            states = {state for action in theirs for state in kind.sources_of(action)}
            if states:
                found.append((one.id, kind_id, tuple(sorted(states))))
    return tuple(found)


def awaits_opener(actor: Actor, limit: int = 20) -> list[Matter]:
    """What somebody opened with an account and has to confirm now, what is due first before. Nothing for
    strangers: a sender is asked by their query code."""
    states = _states()
    if actor.person_id is None or not states:
        return []
    mine = Party.objects.filter(role=OPENER, person_id=actor.person_id).values("matter_id")
    turn = reduce(or_, (Q(programme=p, kind=kind, state__in=some) for p, kind, some in states))
    rows = Matter.objects.filter(turn, pk__in=mine).filter(access.visible(actor))
    return [access.placed(row) for row in rows.order_by("due_at", "pk")[:limit]]

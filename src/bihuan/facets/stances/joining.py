"""Stances as a way of taking part: for whoever has a role that may take one."""

from collections.abc import Collection
from functools import reduce
from operator import or_

from django.db.models import Q

from bihuan.facets.stances.block import STANCES, TAKE, WITHDRAW, taking
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.kernel.joining import api as joining
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Programme


def actions(programme: Programme, kind_id: str) -> Collection[str]:
    """The actions of a kind that take a stance, or take one back."""
    kind = programme.kinds[kind_id]
    if STANCES.of(kind) is None:
        return ()
    return [
        name
        for name, one in kind.actions.items()
        if any(verb.do in (TAKE, WITHDRAW) for verb in one.effects)
    ]


@standing.kept
def _taken() -> tuple[tuple[str, str, tuple[str, ...], frozenset[str]], ...]:
    """(programme, kind, states, roles) in which stances are taken, and by whom."""
    found = []
    for one in programmes.known():
        for kind_id, block in STANCES.kinds(one):
            kind = one.kinds[kind_id]
            roles = {role for name in actions(one, kind_id) for role in kind.actions[name].by}
            states = tuple(sorted(taking(kind, block)))
            found.append((one.id, kind_id, states, frozenset(roles)))
    return tuple(found)


def _open_to(who: Actor) -> Q | None:
    """The matters of kinds in which somebody may take a stance by a role."""
    some = [
        Q(programme=programme, kind=kind, state__in=states)
        for programme, kind, states, roles in _taken()
        if any(who.paths(role, programme) for role in roles)
    ]
    return reduce(or_, some) if some else None


def register() -> None:
    """Registers it."""
    joining.register(joining.Way(_open_to, actions))

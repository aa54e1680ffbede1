"""What somebody may open as themselves, and where; what they filled in the last time."""

from collections import Counter
from datetime import date
from typing import Any

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Event, read, standing
from bihuan.foundation.orgs.api import orgs_at, tree
from bihuan.kernel.matters import membership, openers, reading
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.receivers.api import Receiver
from bihuan.spec.schema import Programme

# So far back the last one of a kind is looked for.
BACK = 200


def openings(actor: Actor, on: date) -> list[Receiver]:
    """Every kind that somebody may open as themselves, at each organisation where a grant lets them
    (or, where that is above, at the one in which the programme is in force), and what members open at
    their own and at those above it, by place in the tree."""
    return list(_openings(actor, on))


@standing.kept
def _openings(actor: Actor, on: date) -> tuple[Receiver, ...]:
    found: dict[str, Receiver] = {}
    inside = _inside(actor, on)
    at = {org.path: org for org in orgs_at({path for paths in inside.values() for path in paths})}
    for force, paths in inside.items():
        for org in (at[path] for path in sorted(paths) if path in at):
            programme = programmes.held_under(force.release_id, org.path, on).programme
            for kind_id, kind in programme.kinds.items():
                if openers.may_open(actor, kind, programme, org.path):
                    one = Receiver(org, programme, kind_id)
                    found.setdefault(one.key, one)
    return tuple(sorted(found.values(), key=lambda one: one.org.path))


def _inside(actor: Actor, on: date) -> dict[programmes.InForce, set[str]]:
    """What is in force, with the places in it where one has a role of the programme or is a member."""
    found = {}
    own = membership.places(actor)
    forces = programmes.all_in_force(on)
    several = Counter(force.programme for force in forces)
    for force in forces:
        spec = programmes.spec_of(force.release_id)
        granted = {p for role in spec.manifest.roles for p in actor.paths(role.id, spec.id)}
        paths = {max(p, force.org.path) for p in granted if _meet(p, force.org.path)}
        if any(kind.for_members() for kind in spec.kinds.values()):
            above = (p for at in own for p in tree.ancestors(at))
            paths |= {p for p in above if tree.covers(force.org.path, p)}
        # Further down another may be in force, which is the one that holds there.
        if several[force.programme] > 1:
            paths = {p for p in paths if programmes.in_force_at(p, on)[spec.id] == force}
        if paths:
            found[force] = paths
    return found


def by_role(actor: Actor, one: Receiver) -> bool:
    """Whether a role lets somebody open what they may open, or only that they are a member."""
    return openers.opens_by_role(actor, one.kind, one.programme, one.org.path)


@standing.kept
def opens(actor: Actor) -> bool:
    """Whether any programme there is lets the actor open something, by a role or as a member: what a
    menu asks on every page. Standing data."""
    member = bool(membership.places(actor))
    return any(
        (member and kind.for_members())
        or any(actor.paths(role, programme.id) for role in kind.staff())
        for programme in programmes.known()
        for kind in programme.kinds.values()
    )


def _meet(one: str, other: str) -> bool:
    """Whether one place is the other's, or below it."""
    return tree.covers(one, other) or tree.covers(other, one)


def same_as_last(actor: Actor, programme: Programme, kind_id: str) -> dict[str, Any]:
    """What may be filled in again as the actor filled it in when they last opened one of a kind: the
    optional fields of one they still see, as they are kept; never one kept apart, nor a file."""
    wanted = reading.Filter(programme=programme.id, kind=kind_id)
    streams = [row.stream for row in reading.matters(actor, wanted, BACK).rows]
    opened = Event.objects.filter(stream__in=streams, seq=1, actor=actor.ref)
    last = opened.order_by("-pk").first()
    given = read(last).get("inputs", {}) if last is not None else {}
    asked = programme.kinds[kind_id].asked(of_sender=False)
    return {
        name: given[name]
        for name, one in asked.items()
        if name in given and not (one.required or one.apart or one.type == "file")
    }

"""Who is a member of an organisation: whoever has a membership or works there, or was given something
to do there. One place to ask."""

from datetime import date

from bihuan.foundation.access import api as grants
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import Person, tree
from bihuan.spec.schema import Programme


def places(actor: Actor) -> frozenset[str]:
    """The organisations to which somebody belongs themselves, by a membership, a post or a
    grant."""
    return frozenset((*actor.belongs, *actor.posts, *(at for _, at, _ in actor.held)))


def places_of(person: Person, on: date) -> frozenset[str]:
    """The same of anybody, on a day."""
    return places(grants.actor(person, on))


def works_at(person: Person, on: date) -> frozenset[str]:
    """Where somebody has a post or a grant on a day: of which they are a member is not said."""
    who = grants.actor(person, on)
    return frozenset((*who.posts, *(at for _, at, _ in who.held)))


def is_member(actor: Actor, path: str) -> bool:
    """Whether somebody belongs to an organisation or to one below it."""
    return any(tree.covers(path, at) for at in places(actor))


def voices(actor: Actor, programme: Programme) -> frozenset[str]:
    """The organisations for which somebody speaks in a programme: those at which they themselves have
    one of its roles. A post alone is no voice, nor is a role above or below."""
    roles = {role.id for role in programme.manifest.roles}
    return frozenset(
        at for role, at, of in actor.held if role in roles and of in ("", programme.id)
    )


def speakers(org_id: int, programme: Programme, on: date) -> frozenset[int]:
    """Whoever speaks for an organisation in a programme on a day."""
    roles = {role.id for role in programme.manifest.roles}
    return frozenset(
        one.person_id
        for one in grants.grants_at(org_id, on)
        if one.start <= on and one.role in roles and one.programme in ("", programme.id)
    )

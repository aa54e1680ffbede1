"""Who is a member of an organisation: whoever has a membership or works there, or was given something
to do there. One place to ask."""

from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import tree


def places(actor: Actor) -> frozenset[str]:
    """The organisations to which somebody belongs themselves, by a membership, a post or a
    grant."""
    return frozenset((*actor.belongs, *actor.posts, *(at for _, at, _ in actor.held)))


def is_member(actor: Actor, path: str) -> bool:
    """Whether somebody belongs to an organisation or to one below it."""
    return any(tree.covers(path, at) for at in places(actor))

"""Who may ask for figures, and of which organisations."""

from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org, tree
from bihuan.spec.schema import Programme


def _paths(actor: Actor, programme: Programme) -> list[str]:
    """The outermost places where the actor has a role of the programme."""
    held = {p for role in programme.manifest.roles for p in actor.paths(role.id, programme.id)}
    return [p for p in sorted(held) if not held & set(tree.ancestors(p)[1:])]


def scopes(actor: Actor, programme: Programme) -> list[Org]:
    """The organisations whose whole subtrees the actor may ask about, in tree order."""
    return orgs.orgs_at(_paths(actor, programme)) if actor.may_scope("matters:read") else []


def scope(actor: Actor, programme: Programme, org: Org | None = None) -> Org:
    """The organisation somebody asks about, or the first they may ask about when none is named.

    Figures count what one may not open (a matter one is recused from, say), but only where one has
    a role in the programme. Raises DeniedError elsewhere."""
    allowed = scopes(actor, programme)
    if org is None and allowed:
        return allowed[0]
    if org is not None and any(tree.covers(one.path, org.path) for one in allowed):
        return org
    raise DeniedError("figures")

"""Guards over what a matter is linked to."""

from bihuan.facets.links import standing
from bihuan.facets.links.arguments import OneLink
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal

_SHOWN = 5


def linked_some(step: Step, args: OneLink) -> Refusal | None:
    """At least one matter is linked."""
    return None if standing.linked(step, args.link) else Refusal("guard.linked_some", {})


def linked_closed(step: Step, args: OneLink) -> Refusal | None:
    """No linked matter is still open."""
    rows = standing.rows_of(standing.linked(step, args.link))
    left = [one for one in rows if one.phase != "done"]
    if not left:
        return None
    # Those that the actor must not know of are counted and not named.
    seen = [one.number for one in left if matters.sees(step.actor, one)][:_SHOWN]
    if not seen:
        return Refusal("guard.linked_open", {"n": len(left)})
    return Refusal("guard.linked_closed", {"n": len(left), "numbers": "、".join(seen)})


def linked_visible(step: Step, args: OneLink) -> Refusal | None:
    """The actor sees every linked matter: nobody decides on what is kept from them."""
    rows = standing.rows_of(standing.linked(step, args.link))
    hidden = sum(not matters.sees(step.actor, one) for one in rows)
    return Refusal("guard.linked_visible", {"n": hidden}) if hidden else None


def register() -> None:
    """Declares the guards of this module."""
    verbs.guard("linked.some", OneLink, linked_some)
    verbs.guard("linked.closed", OneLink, linked_closed)
    verbs.guard("linked.visible", OneLink, linked_visible)

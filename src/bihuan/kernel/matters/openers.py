"""Who may open a matter of a kind, and as whom."""

from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import membership
from bihuan.spec.schema import Kind, Programme

# As whom somebody opens what members open, without a role.
MEMBER = "member"


def may_open(actor: Actor, kind: Kind, programme: Programme, home_path: str) -> bool:
    """Whether the actor may open a matter of a kind at an organisation."""
    return bool(opens_as(actor, kind, programme, home_path))


def opens_as(actor: Actor, kind: Kind, programme: Programme, home_path: str) -> str:
    """As whom of those who may open a kind the actor may open it at an organisation: a role, `member`,
    `sender`, `system`; '' for nobody."""
    if actor.ref in ("sender", "system"):
        return actor.ref if actor.ref in kind.opened_by or actor.ref == "system" else ""
    if not actor.may_scope("matters:write"):
        return ""
    if by_role := _role(actor, kind, programme, home_path):
        return by_role
    return MEMBER if kind.for_members() and membership.is_member(actor, home_path) else ""


def opens_by_role(actor: Actor, kind: Kind, programme: Programme, home_path: str) -> bool:
    """Whether it is by a role that the actor may open a matter of a kind at an organisation."""
    return bool(_role(actor, kind, programme, home_path))


def _role(actor: Actor, kind: Kind, programme: Programme, home_path: str) -> str:
    return next((name for name in kind.opened_by if actor.has(name, home_path, programme.id)), "")

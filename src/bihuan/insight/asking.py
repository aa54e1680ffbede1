"""How many fields the steps of a period asked for, by programme, kind, action and as whom they were taken.

A sum over all that lies below a place: of no person, and nothing of how long it took. Where fewer than
`FEWEST` steps are behind a sum, or fewer than so many people could have taken them, it is not told.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org, tree
from bihuan.kernel.programmes import duties
from bihuan.lib.door import opened_late

if TYPE_CHECKING:
    from bihuan.insight.weighing import asked

__all__ = ["FEWEST", "SENDER", "Asked", "asked", "place", "places"]

FEWEST = 5
SENDER = "sender"


@dataclass(frozen=True)
class Asked:
    """What one action of a kind (`open`: its opening) asked of one role: how many steps, and how many
    fields in all of them; None for both where they are not told."""

    programme: str
    kind: str
    action: str
    role: str
    steps: int | None
    fields: int | None

    @property
    def each(self) -> float | None:
        """How many fields one step asked for."""
        return self.fields / self.steps if self.steps and self.fields is not None else None


def places(actor: Actor) -> list[Org]:
    """The outermost organisations where somebody leads or supervises in a programme, or administers:
    they may ask what each asks of people, with all that lies below. No two of them overlap."""
    held = {*duties.paths(actor, *duties.LEADING), *officers.places(actor, officers.SYSTEM)}
    outermost = [path for path in sorted(held) if not held & set(tree.ancestors(path)[1:])]
    return orgs.orgs_at(outermost) if actor.may_scope("matters:read") else []


def place(actor: Actor, org: Org | None = None) -> Org:
    """The organisation somebody asks about, or the first they may ask about. Raises DeniedError, also of
    one below: what is too little to be told of one would be what is told above it without the others."""
    found = [one for one in places(actor) if org is None or one.pk == org.pk]
    if not found:
        raise DeniedError("burden")
    return found[0]


__getattr__ = opened_late("bihuan.insight", {"weighing": ("asked",)})

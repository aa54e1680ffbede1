"""What a person typed into a form and has not sent: theirs alone, in no log."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import access, cleaning
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.workbench.models import Draft

DRAFT_DAYS = 90
# Of a small table, as text.
LONGEST = 20_000


def save_draft(
    pk: int, action_id: str, data: Mapping[str, Any], *, actor: Actor, at: datetime
) -> bool:
    """Keeps what the actor has typed into an action's form; an empty form keeps nothing. Returns
    whether there is a draft now. Raises LookupError (absent, forbidden, or no such action)."""
    found = access.matter(actor, pk)
    action = programmes.spec_of(found.release_id).kinds[found.kind].actions.get(action_id)
    if action is None or actor.person_id is None or found.phase == "done":
        raise LookupError(action_id)
    kept = {
        name: cleaning.clean(str(data[name]))[: LONGEST if one.columns else one.max]
        for name, one in action.inputs.items()
        if name in data and one.type != "orgs"
    }
    if not any(kept.values()):
        drop_draft(pk, action_id, actor.person_id)
        return False
    Draft.objects.update_or_create(
        matter_id=pk,
        person_id=actor.person_id,
        action=action_id,
        defaults={"data": kept, "kept_at": at},
    )
    return True


def drafts_of(pk: int, person_id: int) -> dict[str, dict[str, str]]:
    """A person's own drafts for a matter, by action."""
    rows = Draft.objects.filter(matter_id=pk, person_id=person_id)
    return dict(rows.values_list("action", "data"))


def drop_draft(pk: int, action_id: str, person_id: int) -> None:
    """Forgets a draft that was sent; nothing happens when there is none."""
    Draft.objects.filter(matter_id=pk, action=action_id, person_id=person_id).delete()


def forget_with(found: Matter, actor: str, at: datetime) -> None:
    """What was typed about a matter goes with what was written in it."""
    del actor, at
    Draft.objects.filter(matter_id=found.pk).delete()


def forget_drafts(at: datetime) -> int:
    """Forgets the drafts of closed matters, and those nobody touched for DRAFT_DAYS."""
    old = Q(kept_at__lt=at - timedelta(days=DRAFT_DAYS))
    return Draft.objects.filter(Q(matter__phase="done") | old).delete()[0]

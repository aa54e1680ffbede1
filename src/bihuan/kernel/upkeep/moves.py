"""Matters follow organisations that moved in the tree."""

from datetime import datetime

from django.db import transaction

from bihuan.foundation.audit.api import Happening, change
from bihuan.kernel.matters.models import Matter, Party


@transaction.atomic
def follow_moves(moved: list[tuple[str, str]], *, at: datetime, actor: str) -> int:
    """Puts the new paths of moved organisations on to the matters that copied the old ones."""
    new_of = dict(moved)
    touched = 0
    for column in ("home_path", "unit_path"):
        for old, new in new_of.items():
            for found in Matter.objects.filter(**{column: old}):
                when = max(at, found.changed_at)
                values = {column: new, "changed_at": when}
                change(found, Happening("matter.rescoped", when, actor, set=values))
                touched += 1
    for party in Party.objects.filter(org_path__in=list(new_of)):
        found = Matter.objects.get(pk=party.matter_id)
        when = max(at, found.changed_at)
        columns = {"org_path": new_of[party.org_path]}
        change(
            found,
            Happening(
                "matter.rescoped",
                when,
                actor,
                set={"changed_at": when},
                parts={("party", party.key): columns},
            ),
        )
        touched += 1
    return touched

"""What says much the same as a text, or was merged already."""

from bihuan.foundation.access.api import Actor
from bihuan.foundation.search import api as search
from bihuan.kernel.matters import access
from bihuan.kernel.matters.models import Matter

# Looked at, so that of many alike those still open are shown.
LOOKED, SHOWN = 30, 5


def alike(actor: Actor, text: str, *, exclude: int | None = None) -> list[tuple[Matter, float]]:
    """Visible matters that say much what a text says, most alike first, of about equals the open ones."""
    condition = access.visible(actor)

    def keep(ids: list[int]) -> set[int]:
        return set(Matter.objects.filter(condition, pk__in=ids).values_list("pk", flat=True))

    scores = {one.number: one.score for one in search.alike("m", text, limit=LOOKED, keep=keep)}
    scores.pop(exclude or 0, None)
    found = {m.pk: m for m in Matter.objects.filter(pk__in=scores)}

    def rank(pk: int) -> tuple[float, bool, float, int]:
        return -round(scores[pk], 1), found[pk].phase == "done", -scores[pk], -pk

    return [(found[pk], scores[pk]) for pk in sorted(found, key=rank)[:SHOWN]]


def merged_here(matter: Matter) -> int:
    """How many were merged into this one."""
    if not matter.facts.get("joined"):
        return 0
    return Matter.objects.filter(merged_into_id=matter.pk).count()

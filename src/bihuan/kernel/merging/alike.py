"""What says much the same as a text, or was merged already."""

from bihuan.foundation.access.api import Actor
from bihuan.foundation.search import api as search
from bihuan.kernel.matters import access
from bihuan.kernel.matters.models import Matter


def alike(actor: Actor, text: str, *, exclude: int | None = None) -> list[tuple[Matter, float]]:
    """Visible matters much like a text, most alike first."""
    condition = access.visible(actor)

    def keep(ids: list[int]) -> set[int]:
        return set(Matter.objects.filter(condition, pk__in=ids).values_list("pk", flat=True))

    scores = {one.number: one.score for one in search.alike("m", text, keep=keep)}
    scores.pop(exclude or 0, None)
    found = {m.pk: m for m in Matter.objects.filter(pk__in=scores)}
    return [(found[pk], score) for pk, score in scores.items() if pk in found]


def merged_here(matter: Matter) -> int:
    """How many were merged into this one."""
    if not matter.facts.get("joined"):
        return 0
    return Matter.objects.filter(merged_into_id=matter.pk).count()

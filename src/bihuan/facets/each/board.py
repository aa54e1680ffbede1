"""Who of those for whom one was opened has done it: counts of all, and the rows that a reader may see."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When

from bihuan.facets.each.growing import RUN
from bihuan.facets.each.models import EachMissed, EachOf, EachRun
from bihuan.foundation.access.api import SYSTEM, Actor
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter

LISTS = ("late", "open", "left", "done")
_LATER = Case(
    *(When(level=level, then=Value(n)) for n, level in enumerate(("late", "urgent", "near"))),
    default=Value(3),
    output_field=IntegerField(),
)


@dataclass(frozen=True)
class Counts:
    """How many are `due` one, have it (`opened`), or could not be given it (`missed`); of those opened
    how many are done, late, open and not late, and open of somebody who has `left`."""

    due: int
    exempt: int
    opened: int
    missed: int
    done: int
    late: int
    open: int
    left: int

    @property
    def going_on(self) -> bool:
        """Whether some are still being opened."""
        return self.opened + self.missed < self.due

    @property
    def among(self) -> int:
        """Of how many a share speaks: not of those who have left and had not done it."""
        return max(self.due, self.opened) - self.left


def run_of(found: Matter) -> EachRun | None:
    """How a matter opened others; None where it did not."""
    return EachRun.objects.filter(stream=found.stream, key=RUN).first() if found.pk else None


def _children(found: Matter) -> QuerySet[Matter]:
    own = EachOf.objects.filter(parent_id=found.pk).values("matter_id")
    return Matter.objects.filter(pk__in=own)


def _where(found: Matter, name: str) -> Q:
    left = Q(
        pk__in=EachOf.objects.filter(parent_id=found.pk, left__isnull=False).values("matter_id")
    )
    if name == "done":
        return Q(phase="done")
    if name == "left":
        return ~Q(phase="done") & left
    late = Q(level="late")
    return ~Q(phase="done") & ~left & (late if name == "late" else ~late)


def counts(found: Matter, run: EachRun) -> Counts:
    """How many there are of each."""
    asked = {f"n_{name}": Count("pk", filter=_where(found, name)) for name in LISTS}
    told = _children(found).aggregate(opened=Count("pk"), **asked)
    missed = EachMissed.objects.filter(stream=found.stream).count()
    named = {name: told[f"n_{name}"] for name in LISTS}
    return Counts(run.due, run.exempt, told["opened"], missed, **named)


def rows(found: Matter, who: Actor, *names: str) -> QuerySet[Matter]:
    """Those opened that somebody sees, the late ones first, then by organisation: all, or some lists of
    LISTS."""
    seen = Q() if who == SYSTEM else matters.visible(who)
    found_ones = _children(found).filter(seen)
    wanted = [_where(found, name) for name in names if name]
    if wanted:
        found_ones = found_ones.filter(reduce(or_, wanted))
    ordered = found_ones.select_related("home", "unit", "assignee")
    return ordered.order_by(_LATER, "due_at", "home_path", "pk")

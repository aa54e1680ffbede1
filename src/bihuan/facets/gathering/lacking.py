"""What waits of gatherings: excuses to decide on, those one is asked to; what an organisation owes of them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Count
from django.urls import reverse

from bihuan.facets.gathering import joining
from bihuan.facets.gathering.block import ACCEPT
from bihuan.facets.gathering.models import Attendance, Sitting
from bihuan.facets.roll.block import effects
from bihuan.facets.roll.models import Enrolled
from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import access, reading
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.web import faces
from bihuan.web.faces import Lacking, Waiting

MOST = 40
WEEK = timedelta(days=7)


def _decides(who: Actor, found: Matter) -> bool:
    programme = programmes.spec_of(found.release_id)
    return any(
        any(verb.do == ACCEPT for verb in effects(action))
        and access.may_act(who, found, action, programme)
        for action in programme.kinds[found.kind].actions.values()
    )


def _asked(who: Actor) -> dict[int, int]:
    """How many ask to be excused from each of the newest gatherings still to be held that somebody sees."""
    open_ = Sitting.objects.filter(off=False, held_at__isnull=True)
    rows = Attendance.objects.filter(
        state="asked",
        matter_id__in=Matter.objects.filter(
            access.visible(who), pk__in=open_.values("matter_id")
        ).values("pk"),
    )
    counted = rows.values_list("matter_id").annotate(n=Count("pk")).order_by("-matter_id")
    return dict(counted[:MOST])


def _awaited(who: Actor, at: datetime) -> Iterable[Waiting]:
    """The excuses that somebody decides on, and the gatherings of the next days on whose roll they are."""
    if who.person_id is None:
        return
    of = _asked(who)
    mine = [one for one in matters.by_ids(who, sorted(of)) if _decides(who, one)] if of else []
    if mine:
        here = reverse("desk:matter", args=[mine[0].pk])
        count = sum(of[one.pk] for one in mine)
        address = here if len(mine) == 1 else reverse("gathering:index")
        yield Waiting("gathering.waits_excuses", count, address)
    soon = [row for row in joining.coming(who, at) if not row.off and row.begins <= at + WEEK]
    if soon:
        yield Waiting("gathering.waits_coming", len(soon), reverse("gathering:index"))


def _lacking(who: Actor, path: str, at: datetime) -> Iterator[Lacking]:
    """Those whose time is over, and nobody wrote down that they were held."""
    rows = Sitting.objects.filter(
        ends__lt=at, held_at__isnull=True, off=False, announced_at__isnull=False
    )
    for found in reading.among(who, path, rows.values("matter_id"), MOST):
        count = Enrolled.objects.filter(stream=found.stream).exclude(state="exempt").count()
        here = reverse("desk:matter", args=[found.pk])
        yield Lacking(
            "gathering.lacking_held", count, found.subject, f"{here}#gathering", late=True
        )


def register() -> None:
    """Registers both."""
    faces.awaits(_awaited)
    faces.lacks(_lacking)

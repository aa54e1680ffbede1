"""Gatherings as something to take part in: whoever is on the roll of one that was announced signs in, asks to be
excused, makes up for it."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from bihuan.facets.gathering.block import (
    BY_ONESELF,
    GATHERING,
    MAKE_UP,
    OWN_EXCUSE,
    SIGN,
    doing,
)
from bihuan.facets.gathering.models import Attendance, Sitting
from bihuan.facets.roll.models import Enrolled
from bihuan.foundation.access.api import Actor
from bihuan.kernel.joining import api as joining
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Given
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Programme
from bihuan.web import days

MOST = 100
# What one says of oneself, and by which effects one may say it anew.
_CHANGED_BY = {
    "asked": (OWN_EXCUSE,),
    "came": (SIGN,),
    "excused": (OWN_EXCUSE,),
    "made_up": (MAKE_UP,),
}


def actions(programme: Programme, kind_id: str) -> Collection[str]:
    """The actions of a kind by which somebody says something of themselves."""
    kind = programme.kinds[kind_id]
    return doing(kind, *BY_ONESELF, of_others=False) if GATHERING.of(kind) is not None else ()


def _mine(who: Actor) -> Q | None:
    """The gatherings on whose roll somebody is: to come or going on; held, while they missed it."""
    if who.person_id is None:
        return None
    mine = Enrolled.objects.filter(person_id=who.person_id).values("matter_id")
    sittings = Sitting.objects.filter(off=False, announced_at__isnull=False, matter_id__in=mine)
    missed = Attendance.objects.filter(person_id=who.person_id, state__in=("absent", "excused"))
    open_ = Q(held_at__isnull=True) | Q(matter_id__in=missed.values("matter_id"))
    return Q(pk__in=sittings.filter(open_).values("matter_id"))


def coming(who: Actor, at: datetime) -> list[Sitting]:
    """The gatherings on whose roll somebody is that are not over yet, the next one first; one that was called
    off says so."""
    mine = Enrolled.objects.filter(person_id=who.person_id).exclude(state="exempt")
    rows = Sitting.objects.filter(
        matter_id__in=mine.values("matter_id"),
        announced_at__isnull=False,
        ends__gte=at,
        held_at__isnull=True,
    )
    return list(rows.order_by("begins", "pk")[:MOST])


def _page(found: Matter, action: str) -> str:
    """Where one signs in by phone."""
    kind = programmes.spec_of(found.release_id).kinds[found.kind]
    signs = GATHERING.of(kind) is not None and action in doing(kind, SIGN)
    return reverse("gathering:sign", args=[found.pk]) if signs else ""


def given(found: Matter, who: Actor) -> list[Given]:
    """What somebody said of themselves, or the chair of them: that they are there, asked to be excused,
    are excused, made up for it."""
    programme = programmes.spec_of(found.release_id)
    if who.person_id is None or GATHERING.of(programme.kinds[found.kind]) is None:
        return []
    kind, own = programme.kinds[found.kind], f"kinds.{found.kind}"
    rows = Attendance.objects.filter(stream=found.stream, person_id=who.person_id)
    return [
        Given(f"gathering.given.{row.state}", own, frozenset(doing(kind, *_CHANGED_BY[row.state])))
        for row in rows
        if row.state in _CHANGED_BY
    ]


def _tells(found: Matter) -> list[str]:
    """When and where a gathering is."""
    block = GATHERING.of(programmes.spec_of(found.release_id).kinds[found.kind])
    if block is None:
        return []
    row = Sitting.objects.filter(stream=found.stream, off=False).first()
    if row is None:
        return []
    since, until = timezone.localtime(row.begins), timezone.localtime(row.ends)
    when = f"{days.named(since.date())} {since:%H:%M}–{until:%H:%M}"
    place = str(found.facts.get(block.place) or "") if block.place is not None else ""
    return [f"{when} · {place}" if place else when]


def register() -> None:
    """Registers it."""
    joining.register(joining.Way(_mine, actions, _page, _tells))

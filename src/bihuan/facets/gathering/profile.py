"""This year's attendance on the page of a person: to themselves, and to who reads their name on the lists."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from bihuan.facets.gathering import standing
from bihuan.facets.gathering.models import Attendance, Sitting
from bihuan.facets.roll import sight
from bihuan.facets.roll.counting import Row
from bihuan.facets.roll.models import Enrolled
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import Person
from bihuan.kernel.matters import access
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.profiles import api as profiles

MOST = 100
STATES = ("came", "excused", "absent", "made_up")


def _of_person(found: Person, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    """How often somebody should have come this year, came, was excused, absent, made up for it."""
    year = timezone.localtime(at).year
    mine = Enrolled.objects.filter(person_id=found.pk).exclude(state="exempt")
    since = standing.instant(date(year, 1, 1), "00:00")
    held = Sitting.objects.filter(
        held_from__gte=since, off=False, matter_id__in=mine.values("matter_id")
    )
    pks = list(held.values_list("matter_id", flat=True)[:MOST])
    if not pks:
        return None
    if found.pk != who.person_id:
        pks = _named(who, pks, found.pk)
    rows = Attendance.objects.filter(person_id=found.pk, matter_id__in=pks, state__in=STATES)
    counts: Counter[str] = Counter()
    minutes = 0
    for row in rows:
        counts[row.state] += 1
        minutes += int(row.numbers.get("minutes", 0))
    if not counts:
        return None
    told = {state: counts[state] for state in STATES}
    return {"year": year, "should": sum(told.values()), **told, "minutes": minutes}


def _named(who: Actor, pks: list[int], person_id: int) -> list[int]:
    """Those of some gatherings on whose roll the reader reads somebody's name."""
    rows = list(Matter.objects.filter(access.visible(who), pk__in=pks).defer("facts"))
    access.know_parties(rows)
    on = {
        one.matter_id: Row(one.key, **one.values())
        for one in Enrolled.objects.filter(person_id=person_id, matter_id__in=pks)
    }
    return [one.pk for one in map(access.placed, rows) if sight.named(one, who)(on[one.pk])]


def register() -> None:
    """Puts the part on the pages of people."""
    profiles.register(profiles.Profile("attendance", of_person=_of_person))

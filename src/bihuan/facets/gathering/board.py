"""Attendance by person and by organisation over some days, of what somebody sees, in a few statements."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from bihuan.facets.gathering import shown
from bihuan.facets.gathering.block import GATHERING
from bihuan.facets.gathering.models import Attendance, Sitting
from bihuan.facets.roll import counting, sight
from bihuan.facets.roll.counting import Row
from bihuan.facets.roll.models import Enrolled
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing as kept
from bihuan.foundation.orgs.api import standing_org, tree
from bihuan.kernel.matters import access
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes

# More are no list for a page; figures count them all.
MOST = 300
COUNTED = ("came", "excused", "absent", "made_up")


@kept.kept
def kinds() -> tuple[tuple[str, str], ...]:
    """(programme, kind) of the kinds with gatherings, by any release ever."""
    found: set[tuple[str, str]] = set()
    for row in programmes.releases():
        spec = programmes.spec_of(row.pk)
        found |= {(spec.id, kind_id) for kind_id, _ in GATHERING.kinds(spec)}
    return tuple(sorted(found))


@dataclass
class Tally:
    """Somebody, or an organisation, over some days: of how many gatherings, in which state how often, the
    minutes that were attended; of an organisation how often there was a quorum."""

    name: str
    org: str
    gatherings: int = 0
    states: Counter[str] = field(default_factory=Counter)
    minutes: int = 0
    quorate: int = 0

    @property
    def should(self) -> int:
        """How often somebody should have come."""
        return sum(self.states[name] for name in COUNTED)

    @property
    def percent(self) -> int | None:
        """How many of these they came to; None where they never should."""
        return self.states["came"] * 100 // self.should if self.should else None

    @property
    def hours(self) -> str:
        """The time that was attended, in hours with one decimal, rounded down."""
        tenths = self.minutes // 6
        return f"{tenths // 10}.{tenths % 10}"


@dataclass(frozen=True)
class Board:
    """By organisation, by person (as far as their names are read); how many gatherings, of how many people
    the names are not shown, and whether there were more gatherings than are counted."""

    orgs: list[Tally]
    people: list[Tally]
    gatherings: int
    unnamed: int
    more: bool


def board(who: Actor, path: str, first: date, last: date) -> Board:
    """What was held from a day until another, at an organisation (a path; '' everywhere) and below it."""
    query = Matter.objects.filter(access.visible(who), _of_kinds())
    if path:
        low, high = tree.bounds(path)
        query = query.filter(home_path__gte=low, home_path__lt=high)
    held = _held(first, last).filter(matter_id__in=query.values("pk"))
    newest = list(held.order_by("-held_from", "-pk")[: MOST + 1])
    more, sittings = len(newest) > MOST, {row.matter_id: row for row in newest[:MOST]}
    rows = list(Matter.objects.filter(pk__in=sittings).defer("facts").order_by("-pk"))
    access.know_parties(rows)
    orgs: dict[int, Tally] = {}
    people: dict[int, Tally] = {}
    unnamed: set[int] = set()
    enrolled, said = _enrolled(rows), _said(rows)
    for found in map(access.placed, rows):
        sitting = sittings[found.pk]
        of_org = orgs.setdefault(found.home_id, Tally(found.home.name, found.home.name))
        of_org.gatherings += 1
        of_org.quorate += bool(sitting.quorum.get("enough"))
        is_named = sight.named(found, who)
        there = counting.counting(enrolled.get(found.pk, []), found, shown.on_day(sitting))
        for row in there:
            state, minutes = _state(row, said.get((found.pk, row.key)))
            of_org.states[state] += 1
            of_org.minutes += minutes
            if row.person_id is None:
                continue
            if not is_named(row):
                unnamed.add(row.person_id)
                continue
            name = standing_org(row.org_id).name
            one = people.setdefault(row.person_id, Tally(row.name, name))
            one.gatherings += 1
            one.states[state] += 1
            one.minutes += minutes
    return Board(
        sorted(orgs.values(), key=lambda one: one.name),
        sorted(people.values(), key=lambda one: (one.org, one.name)),
        len(rows),
        len(unnamed - people.keys()),
        more,
    )


def _held(first: date, last: date) -> QuerySet[Sitting]:
    since = timezone.make_aware(datetime.combine(first, time()))
    until = timezone.make_aware(datetime.combine(last + timedelta(days=1), time()))
    return Sitting.objects.filter(held_from__gte=since, held_from__lt=until, off=False)


def _enrolled(rows: list[Matter]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in Enrolled.objects.filter(matter_id__in=[one.pk for one in rows]).order_by("pk"):
        found.setdefault(row.matter_id, []).append(Row(row.key, **row.values()))
    return found


def _said(rows: list[Matter]) -> dict[tuple[int, str], Attendance]:
    every = Attendance.objects.filter(matter_id__in=[one.pk for one in rows])
    return {(row.matter_id, row.key): row for row in every}


def _state(row: Row, said: Attendance | None) -> tuple[str, int]:
    if said is None:
        return ("exempt" if row.state == "exempt" else "absent"), 0
    return said.state, int(said.numbers.get("minutes", 0))


@dataclass(frozen=True)
class Line:
    """A gathering in a list."""

    matter: Matter
    sitting: Sitting
    place: str
    progress: str


def lines(who: Actor, at: datetime, *, to_come: bool, most: int = 60) -> list[Line]:
    """The gatherings that somebody sees: those to come, the next one first, or those that are over."""
    over = Q(off=True) | Q(held_at__isnull=False) | Q(ends__lt=at)
    visible = Matter.objects.filter(access.visible(who), _of_kinds())
    query = Sitting.objects.filter(matter_id__in=visible.values("pk"))
    rows = (
        query.exclude(over).order_by("begins", "pk")
        if to_come
        else query.filter(over).order_by("-begins", "-pk")
    )
    some = list(rows[:most])
    found = {one.pk: one for one in Matter.objects.filter(pk__in=[row.matter_id for row in some])}
    return [_line(access.placed(found[row.matter_id]), row) for row in some]


def _line(found: Matter, row: Sitting) -> Line:
    block = GATHERING.of(programmes.spec_of(found.release_id).kinds[found.kind])
    place = block.place if block is not None else None
    said = str(found.facts.get(place, "")) if place is not None else ""
    return Line(found, row, said, shown.progress(row))


def _of_kinds() -> Q:
    q = Q(pk__in=[])
    for programme, kind in kinds():
        q |= Q(programme=programme, kind=kind)
    return q

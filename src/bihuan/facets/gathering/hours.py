"""Hours as what meets an obligation: each full hour that somebody was at gatherings in a year, as they were
confirmed to be there; never time on a page."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from pydantic import Field

from bihuan.facets.gathering import spans
from bihuan.facets.gathering.block import GATHERING
from bihuan.facets.gathering.models import Attendance, Sitting
from bihuan.facets.gathering.standing import instant
from bihuan.facets.subject.block import KindNamed
from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.obligations import checks
from bihuan.kernel.obligations.whom import few
from bihuan.spec import ways
from bihuan.spec.arguments import Args
from bihuan.spec.checks.around import Around
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme
from bihuan.spec.ways import HOURS, KindOf, Looked, Thing, Way, noted
from bihuan.web import obligations as told

CAME, MADE_UP = "came", "made_up"
HOUR = 60
# Whose, on which day, at which gathering, for how many minutes, and when that was written down, if long after.
Attended = tuple[int, date, int, int, date | None]
_COLUMNS = ("state", "made_up_on", "numbers", "came_at", "left_at", "at")


class _Said(NamedTuple):
    """What a list says of somebody, and from when to when its gathering was held."""

    begun: datetime
    ended: datetime
    held_at: datetime
    state: str
    made_up_on: date | None
    numbers: Mapping[str, int]
    came_at: datetime | None
    left_at: datetime | None
    at: datetime


class HoursArgs(Args):
    """Of people: the hours that they attended gatherings of some kinds, or made up for them, as the list of each
    says. Each full hour of a calendar year counts once, on the day on which it was full."""

    kinds: tuple[KindNamed, ...] = Field(
        min_length=1, examples=[["session"]], description="gatherings whose hours count"
    )
    made_up: bool = Field(default=True, description="what was made up for counts, too")

    def kinds_of(self, programme: str) -> list[KindOf]:
        """The programmes and kinds that are meant."""
        named = (one.rpartition(".") for one in self.kinds)
        return [(own or programme, name) for own, _, name in named]


def _things(args: HoursArgs, looked: Looked) -> Iterator[Thing]:
    if not looked.persons:
        return
    found = (one for one in _attended(args, looked) if looked.who is None or one[0] in looked.who)
    ordered = sorted(found, key=lambda one: one[:4])
    for (owner, _), some in groupby(ordered, key=lambda one: (one[0], one[1].year)):
        minutes = 0
        for _, day, matter, more, late in some:
            for n in range(minutes // HOUR + 1, (minutes + more) // HOUR + 1):
                if looked.start <= day < looked.after:
                    yield Thing(owner, day, f"{HOURS}:{matter}", n, late)
            minutes += more


def _attended(args: HoursArgs, looked: Looked) -> Iterator[Attended]:
    """What somebody attended from the first of the first year on: hours go on from gathering to gathering. Time
    at which they were at two of them is time once."""
    first = date(looked.start.year, 1, 1)
    there: dict[int, list[tuple[datetime, datetime, int, int, datetime]]] = {}
    for person, matter, said in _lists(args, looked, first):
        day = timezone.localtime(said.begun).date()
        minutes = int(said.numbers.get("minutes", 0))
        if said.state == MADE_UP:
            day = said.made_up_on or day
            if minutes and first <= day < looked.after:
                yield person, day, matter, minutes, _late(day, said.at)
        elif minutes and first <= day:
            since = max(said.begun, said.came_at or said.begun)
            until = min(said.ended, said.left_at or said.ended)
            there.setdefault(person, []).append((since, until, matter, minutes, said.held_at))
    for person, some in there.items():
        some.sort()
        alone = spans.alone((since, until) for since, until, *_ in some)
        for (*_, matter, minutes, at), span in zip(some, alone, strict=True):
            if more := min(minutes, spans.minutes(span)):
                day = timezone.localtime(span[0]).date()
                yield person, day, matter, more, _late(day, at)


def _late(day: date, at: datetime) -> date | None:
    return noted(day, timezone.localtime(at).date())


def _lists(args: HoursArgs, looked: Looked, first: date) -> Iterator[tuple[int, int, "_Said"]]:
    """(whose, of which gathering, what its list says): of all kinds that are meant, of whom is looked for."""
    states = (CAME, MADE_UP) if args.made_up else (CAME,)
    for programme, kind in args.kinds_of(looked.programme):
        rows = Matter.objects.filter(programme=programme, kind=kind, merged_into__isnull=True)
        held = Sitting.objects.filter(
            matter_id__in=rows.values("pk"),
            held_at__isnull=False,
            off=False,
            held_from__gte=instant(date(first.year - 1, 1, 1), "00:00"),
            held_from__lt=instant(looked.after, "00:00"),
        )
        said = Attendance.objects.filter(state__in=states, person_id__isnull=False)
        if few(looked):
            said = said.filter(person_id__in=sorted(looked.who or ()))
            held = held.filter(matter_id__in=said.values("matter_id"))
        times = {
            pk: (since, until, at)
            for pk, since, until, at in held.values_list(
                "matter_id", "held_from", "held_to", "held_at"
            )
            if since is not None and until is not None and at is not None
        }
        said = said.filter(matter_id__in=held.values("matter_id"))
        for person, matter, *columns in said.values_list("person_id", "matter_id", *_COLUMNS):
            if person is not None and matter in times:
                yield person, matter, _Said(*times[matter], *columns)


def _problems(
    programme: Programme, path: str, args: HoursArgs, around: Around
) -> Iterator[Problem]:
    for said in args.kinds:
        other, name, wrong = checks.kind_of(programme, path, said, around)
        yield from wrong
        if other is not None and GATHERING.of(other.kinds[name]) is None:
            those = sorted(key for key, one in other.kinds.items() if GATHERING.of(one) is not None)
            cause = f"{name} is no gathering"
            yield Problem(
                checks.FILE, f"{path}.kinds", cause, f"some of {those}, or give it gathering"
            )


def _opens(who: Actor, pk: int) -> tuple[str, str] | None:
    for one in matters.by_ids(who, [pk]):
        return f"{one.number} {one.subject}", reverse("desk:matter", args=[pk])
    return None


def register() -> None:
    """Registers the way."""
    ways.register(
        Way(
            "hours",
            "of people, each full hour that they attended gatherings of some kinds in a year",
            HoursArgs,
            _things,
            problems=_problems,
            unit=HOURS,
        )
    )
    told.opened_by(HOURS, _opens)

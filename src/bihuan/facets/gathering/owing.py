"""Gatherings as what meets an obligation: a unit held one with its quorum, a person came to one."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from pydantic import Field

from bihuan.facets.gathering.block import GATHERING
from bihuan.facets.gathering.models import Attendance, Sitting
from bihuan.foundation.audit.api import Event, read
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.obligations import checks
from bihuan.kernel.obligations.deeds import OfKind
from bihuan.kernel.obligations.whom import BATCH, few, names_somebody, naming
from bihuan.spec import ways
from bihuan.spec.base import Name
from bihuan.spec.checks.around import Around
from bihuan.spec.load import Problem
from bihuan.spec.schema import SUBJECT, Programme
from bihuan.spec.ways import Done, Looked, Thing, Way, noted

AWAY = ("absent", "excused")
CAME, MADE_UP, SUCCEEDED = "came", "made_up", "matter.succeeded"


class HeldArgs(OfKind):
    """A gathering of a kind that was held: of organisations theirs, with its quorum; of people one they
    came to, or made up for. It counts on the day it was held, of whatever day was meant, and late where that was written down when the days
    of grace were over; for who made up for it on the day they did; or whom a field names, of those that were held. One that became part of another
    counts with that one."""

    quorum: bool = Field(
        default=True, description="only where its quorum was reached, if the kind has one"
    )
    made_up: bool = Field(default=True, description="of people: whoever made up for it counts, too")
    states: tuple[Name, ...] = Field(
        (), description="only those that are in one of these states by now; absent: in whichever"
    )


def _things(args: HeldArgs, looked: Looked) -> Iterator[Thing]:
    programme, kind = args.kind_of(looked.programme)
    rows = Matter.objects.filter(programme=programme, kind=kind, merged_into__isnull=True)
    if args.categories:
        rows = rows.filter(category__in=args.categories)
    if args.states:
        rows = rows.filter(state__in=args.states)
    ever = Sitting.objects.filter(
        matter_id__in=rows.values("pk"),
        held_at__isnull=False,
        off=False,
        held_from__lt=_midnight(looked.after),
    )
    held = ever.filter(held_from__gte=_midnight(looked.start))
    if few(looked):
        held = held.filter(matter_id__in=_theirs(args, rows, looked))
        ever = ever.filter(
            matter_id__in=Attendance.objects.filter(
                person_id__in=sorted(looked.who or ()), state=MADE_UP
            ).values("matter_id")
        )
    days = _days(args, held)
    mends = looked.persons and args.made_up and args.person is None
    # Where nothing was held nobody came: asked of every kind whenever somebody's day is shown.
    if not days and not mends:
        return
    found = {
        Thing(owner, days[matter][0], f"{Matter.STREAM}:{matter}", noted=days[matter][1])
        for owner, matter in (_of_whom(args, held, looked, days) if days else ())
        if matter in days
    }
    if mends:
        found |= {*_made_up(args, ever, looked)}
    # Chosen here, not by the database: a statement takes some ten thousand numbers, a house has more people.
    mine = (one for one in found if looked.who is None or one.owner in looked.who)
    yield from sorted(mine, key=lambda one: (one.day, one.stream, one.owner))


def _days_of_uses(uses: Sequence[tuple[HeldArgs, Looked]]) -> list[Iterable[Done]]:
    """Of several uses at once: of few people only the kinds are looked into to whose gatherings one of them
    ever came; of most that somebody may owe they have nothing."""
    coming = [use for use in uses if use[1].persons and use[0].person is None and few(use[1])]
    who = {pk for _, looked in coming for pk in looked.who or ()}
    if not 0 < len(who) <= BATCH:
        coming = []
    rows = Attendance.objects.filter(person_id__in=sorted(who), state__in=(CAME, MADE_UP))
    there = Matter.objects.filter(pk__in=rows.values("matter_id")).order_by()
    been = {*there.values_list("programme", "kind").distinct()} if coming else set()
    return [
        ()
        if (args, looked) in coming and args.kind_of(looked.programme) not in been
        else [(one.owner, one.day, one.known_by, one.noted) for one in _things(args, looked)]
        for args, looked in uses
    ]


def _theirs(args: HeldArgs, rows: QuerySet[Matter], looked: Looked) -> QuerySet[Any]:
    """The gatherings that may be of those few who are looked for."""
    who = sorted(looked.who or ())
    if not looked.persons:
        # Of one that went along with its organisation, who held it is in the log.
        joined = {one.merged_into_id for one in orgs.merged_orgs() if one.merged_into_id}
        return rows.filter(**{f"{args.of}_id__in": [*who, *joined]}).values("pk")
    if args.person is not None:
        return naming(args.person, rows, looked)
    came = Attendance.objects.filter(person_id__in=who, state=CAME)
    return came.values("matter_id")


def _of_whom(
    args: HeldArgs, held: QuerySet[Sitting], looked: Looked, days: Collection[int]
) -> Iterable[tuple[int, int]]:
    """Whose each is: of people those who came, or whom it names; of organisations the one that held it."""
    if not looked.persons:
        return _whose(args, held)
    whom = args.whom(looked, days)
    if whom is None:
        return _who_came(held)
    # Named before it was held: whoever then stayed away did not.
    away = Attendance.objects.filter(matter_id__in=held.values("matter_id"), state__in=AWAY)
    gone = {*away.values_list("matter_id", "person_id")}
    return [(who, matter) for matter, who in whom.items() if (matter, who) not in gone]


def _days(args: HeldArgs, held: Iterable[Sitting]) -> dict[int, tuple[date, date | None]]:
    """The day on which each was held, of those that count, and when that was written down if it was long after."""
    return {
        one.matter_id: _when(one.held_from, one.held_at)
        for one in held
        if one.held_from and one.held_at and not (args.quorum and one.quorum.get("enough") is False)
    }


def _when(since: datetime, at: datetime) -> tuple[date, date | None]:
    day = timezone.localtime(since).date()
    return day, noted(day, timezone.localtime(at).date())


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _whose(args: HeldArgs, held: QuerySet[Sitting]) -> list[tuple[int, int]]:
    """Which organisation held each: of one that was still open when its organisation joined another, and went
    along, the one that held it."""
    rows = Matter.objects.filter(pk__in=held.values("matter_id"))
    found = [*rows.values_list(f"{args.of}_id", "pk")]
    joined = {one.merged_into_id for one in orgs.merged_orgs()}
    moved = {f"{Matter.STREAM}:{pk}": pk for owner, pk in found if owner in joined}
    if not moved:
        return found
    since = dict(held.filter(matter_id__in=moved.values()).values_list("matter_id", "held_at"))
    then: dict[int, int] = {}
    for event in Event.objects.filter(stream__in=moved, type=SUCCEEDED).order_by("pk"):
        said, pk = read(event), moved[event.stream]
        held_at = since[pk]
        if held_at and held_at < event.at and f"{args.of}_id" in said.get("set", {}):
            then.setdefault(pk, int(said["from"]))
    return [(then.get(pk, owner), pk) for owner, pk in found]


def _made_up(args: HeldArgs, ever: QuerySet[Sitting], looked: Looked) -> Iterator[Thing]:
    """Who made up in the days looked at for one that was held then or before."""
    rows = Attendance.objects.filter(
        matter_id__in=ever.values("matter_id"),
        state=MADE_UP,
        person_id__isnull=False,
        made_up_on__gte=looked.start,
        made_up_on__lt=looked.after,
    )
    made = [*rows.values_list("person_id", "matter_id", "made_up_on", "at")]
    known = ever.filter(matter_id__in=rows.order_by().values("matter_id"))
    days = _days(args, known) if made else {}
    for person, matter, day, at in made:
        if person is not None and day is not None and matter in days:
            late = noted(day, timezone.localtime(at).date())
            yield Thing(person, day, f"{Matter.STREAM}:{matter}", noted=late)


def _who_came(held: QuerySet[Sitting]) -> list[tuple[int, int]]:
    rows = Attendance.objects.filter(matter_id__in=held.values("matter_id"), state=CAME)
    found = rows.filter(person_id__isnull=False).values_list("person_id", "matter_id")
    return [(person, matter) for person, matter in found if person is not None]


def _problems(programme: Programme, path: str, args: HeldArgs, around: Around) -> Iterator[Problem]:
    other, name, wrong = checks.kind_of(programme, path, args.kind, around)
    yield from wrong
    if args.of == SUBJECT:
        cause = "a gathering counts for who held it, of people for who came"
        yield Problem(checks.FILE, f"{path}.of", cause, "say unit or home, or leave of out")
    if other is not None and GATHERING.of(other.kinds[name]) is None:
        those = sorted(key for key, one in other.kinds.items() if GATHERING.of(one) is not None)
        cause = f"{name} is no gathering"
        yield Problem(checks.FILE, f"{path}.kind", cause, f"one of {those}, or give it gathering")
    if other is None:
        return
    yield from names_somebody(path, args.kind, args.person, other.kinds[name], opener=False)
    for missing in sorted({*args.states} - {*other.kinds[name].states}):
        cause, remedy = (
            f"{name} has no state {missing!r}",
            f"one of {sorted(other.kinds[name].states)}",
        )
        yield Problem(checks.FILE, f"{path}.states", cause, remedy)


def _marks(args: HeldArgs, programme: str) -> set[str]:
    of, kind = args.kind_of(programme)
    whom = f" of {args.person}" if args.person is not None else ""
    return {f"{of}.{kind} held {each}".strip() + whom for each in args.categories or ("",)}


def register() -> None:
    """Registers the way."""
    ways.register(
        Way(
            "gathering",
            "a gathering of a kind that was held with its quorum; of people, one they came to",
            HeldArgs,
            _things,
            _days_of_uses,
            problems=_problems,
            marks=_marks,
            opens=lambda args, programme: args.kind_of(programme),
        )
    )

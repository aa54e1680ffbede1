"""What is owed by period on the pages of who has to do it: a branch's row of this period, what it lacks with the
form to do it, what waits for whoever keeps it, or owes it themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.obligations import api as obligations
from bihuan.kernel.obligations.api import Line, Obligation
from bihuan.rules.owing import LACKING, State
from bihuan.rules.periods import Period
from bihuan.web import faces
from bihuan.web import obligations as told
from bihuan.web.faces import Lacking, Missing, Waiting
from bihuan.web.obligations import Box

PEOPLE = 60
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Owed:
    """An obligation in the row of a branch: its name, its period, how it stands, where it is done."""

    name: str
    period: str
    box: Box
    lacks: int
    doors: list[tuple[str, str]]


def _two(one: Obligation, today: date) -> list[Period]:
    """The period before the one that lasts, and that one."""
    this = Period.of(one.spec.grain, today)
    return [Period.of(one.spec.grain, this.start - DAY), this]


def row(who: Actor, place: Org, today: date) -> list[Owed]:
    """What a branch owes in the periods that last, each with how it stands."""
    found = []
    for one in obligations.known():
        if not (one.of_orgs and obligations.sees(who, one, place.path)):
            continue
        for line in obligations.lines_at(one, _two(one, today)[1:], {place.pk}, today):
            cell = line.cells[0]
            found.append(
                Owed(
                    told.name(one),
                    told.period_name(cell.period),
                    told.Boxes(one).box(cell, place.pk),
                    cell.lacks if cell.state in LACKING else 0,
                    told.doors(who, one, place.pk) if cell.state in LACKING else [],
                )
            )
    return found


def _lacking(who: Actor, path: str, at: datetime) -> Iterator[Lacking]:
    """What an organisation, and its people, lack of the period that lasts and of the one before."""
    today = timezone.localtime(at).date()
    for place in orgs.orgs_at([path]):
        for one in obligations.known():
            if not obligations.sees(who, one, path):
                continue
            for nth, period in enumerate(_two(one, today)):
                yield from _of_period(who, one, place, period, today, over=nth == 0)


def _of_period(
    who: Actor, one: Obligation, place: Org, period: Period, today: date, *, over: bool
) -> Iterator[Lacking]:
    if one.of_orgs:
        lines = obligations.lines_at(one, [period], {place.pk}, today)
    else:
        lines, _ = obligations.lines(one, [period], place.path, today, most=PEOPLE)
    lines = [line for line in lines if line.cells[0].state in LACKING]
    if not lines or (over and not one.of_orgs):
        return
    first = lines[0].cells[0]
    late = first.state is State.MISSED
    label = "people" if not one.of_orgs else "missed" if late else "due"
    yield Lacking(
        f"obligations.lacking.{label}",
        first.lacks if one.of_orgs else len(lines),
        f"{told.name(one)} {told.period_name(period)}",
        told.Boxes(one).address(place.pk, period)
        if one.of_orgs
        else f"{reverse('desk:obligation', args=[one.full])}?unit={place.pk}",
        _named(who, one, place, lines),
        due=None if late else _end(first.asked.due),
        late=late,
    )


def _named(who: Actor, one: Obligation, place: Org, lines: Sequence[Line]) -> tuple[Missing, ...]:
    if one.of_orgs:
        doors = told.doors(who, one, place.pk)
        return tuple(Missing(label, address) for label, address in doors)
    boxes = told.Boxes(one)
    return tuple(
        Missing(line.name, boxes.address(line.org_id, line.cells[0].period, line.person_id))
        for line in lines
    )


def _end(day: date) -> datetime:
    """The last minute of a day here."""
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


def _awaited(who: Actor, at: datetime) -> Iterator[Waiting]:
    """What the places lack for which somebody is reminded, and what they owe themselves."""
    if who.person_id is None or not obligations.known():
        return
    today = timezone.localtime(at).date()
    due = missed = 0
    address = reverse("desk:obligations")
    for one in obligations.known():
        for line in _own(who, one, today):
            states = [cell.state for cell in line.cells]
            due += states.count(State.DUE)
            missed += states.count(State.MISSED)
            if line.person_id is not None:
                address = told.Boxes(one).address(
                    line.org_id, line.cells[-1].period, line.person_id
                )
    yield Waiting("obligations.waits.missed", missed, address)
    yield Waiting("obligations.waits.due", due, address)


def _own(who: Actor, one: Obligation, today: date) -> list[Line]:
    """The lines of an obligation for which somebody answers: of the places where they themselves hold a
    role that is reminded, or their own."""
    if one.of_orgs:
        paths = {at for role in one.spec.told for at in who.paths(role, one.programme.id)}
        places = {org.pk for org in orgs.orgs_at(sorted(paths)[: told.PLACES])}
        return obligations.lines_at(one, _two(one, today), places, today) if places else []
    return told.own(who, one, _two(one, today), today)


def register() -> None:
    """What is lacking at a branch, and what waits for somebody on their day."""
    faces.lacks(_lacking)
    faces.awaits(_awaited)

"""What is owed by period on the pages of who has to do it: a branch's row of this period, what it lacks with the
form to do it, what waits for whoever keeps it, or owes it themselves."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.obligations import api as obligations
from bihuan.kernel.obligations.api import Line, Obligation
from bihuan.rules.owing import LACKING, Cell, State
from bihuan.rules.periods import Period
from bihuan.web import faces
from bihuan.web import obligations as told
from bihuan.web.faces import Lacking, Missing, Waiting
from bihuan.web.obligations import Box

# So many are named; all are counted.
PEOPLE = 60
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Owed:
    """An obligation in the row of a branch: its name, its period, how it stands, where it is done, what one press
    does at the `address` of its cell."""

    name: str
    period: str
    box: Box
    lacks: int
    doors: list[tuple[str, str]]
    press: str = ""
    address: str = ""
    place: str = ""


def _two(one: Obligation, today: date) -> list[Period]:
    """The period before the one that lasts, and that one."""
    this = Period.of(one.spec.grain, today)
    return [Period.of(one.spec.grain, this.start - DAY), this]


def _here(who: Actor, place: Org) -> list[tuple[Obligation, Collection[int]]]:
    """The obligations of organisations that somebody sees at a place."""
    known = (one for one in obligations.known() if one.of_orgs)
    return [(one, [place.pk]) for one in known if obligations.sees(who, one, place.path)]


def _lines(
    some: Sequence[tuple[Obligation, Collection[int]]], today: date
) -> list[tuple[Obligation, Line]]:
    """The lines of a few places in the period that lasts and the one before, of several obligations at
    once."""
    asked = [(one, _two(one, today), pks) for one, pks in some]
    found = obligations.lines_at(asked, today)
    return [(one, line) for (one, _), lines in zip(some, found, strict=True) for line in lines]


def row(who: Actor, place: Org, today: date) -> list[Owed]:
    """What a branch owes in the periods that last, each with how it stands."""
    found = []
    for one, line in _lines(_here(who, place), today):
        cell = line.cells[-1]
        lacks = cell.state in LACKING
        if cell.asked.there:
            found.append(
                Owed(
                    told.name(one),
                    told.period_name(cell.period),
                    told.Boxes(one).box(cell, place.pk),
                    cell.lacks if lacks else 0,
                    told.doors(who, one, place.pk) if lacks else [],
                    told.pressed(who, one, place) if lacks else "",
                    told.Boxes(one).address(place.pk, cell.period),
                )
            )
    return found


def at_hand(who: Actor, today: date) -> list[Owed]:
    """What somebody is reminded of that one press meets, at the places where they are: the oldest first."""
    known = [one for one in obligations.known() if one.of_orgs and one.spec.press is not None]
    some = [(one, _kept(who, one)) for one in known]
    found = []
    for one, line in _lines([each for each in some if each[1]], today):
        place = orgs.standing_org(line.org_id)
        press = told.pressed(who, one, place)
        # The one after it waits until this one is met, as what comes counts for the older first.
        cell = next((cell for cell in line.cells if cell.state is State.DUE), None)
        if cell is not None and press:
            boxes = told.Boxes(one)
            found.append(
                Owed(
                    told.name(one),
                    told.period_name(cell.period),
                    boxes.box(cell, place.pk),
                    cell.lacks,
                    told.doors(who, one, place.pk),
                    press,
                    boxes.address(place.pk, cell.period),
                    place.name,
                )
            )
    return found


def _lacking(who: Actor, path: str, at: datetime) -> Iterator[Lacking]:
    """What an organisation lacks of the period that lasts and of the one before, and its people of the
    one that lasts."""
    today = timezone.localtime(at).date()
    for place in orgs.orgs_at([path]):
        for one, line in _lines(_here(who, place), today):
            for cell in line.cells:
                if cell.state in LACKING:
                    yield _of_place(who, one, place, cell)
        for one in obligations.known():
            if not one.of_orgs and obligations.sees(who, one, path):
                yield from _of_people(one, place, today)


def _of_place(who: Actor, one: Obligation, place: Org, cell: Cell) -> Lacking:
    late = cell.state is State.MISSED
    doors = told.doors(who, one, place.pk)
    return Lacking(
        f"obligations.lacking.{'missed' if late else 'due'}",
        cell.lacks,
        f"{told.name(one)} {told.period_name(cell.period)}",
        told.Boxes(one).address(place.pk, cell.period),
        tuple(Missing(label, address) for label, address in doors),
        due=None if late else _end(cell.asked.due),
        late=late,
    )


def _of_people(one: Obligation, place: Org, today: date) -> Iterator[Lacking]:
    period = _two(one, today)[1]
    found, _ = obligations.lines(one, [period], place.path, today)
    lines = [line for line in found if line.cells[0].state in LACKING]
    if not lines:
        return
    boxes = told.Boxes(one)
    yield Lacking(
        "obligations.lacking.people",
        len(lines),
        f"{told.name(one)} {told.period_name(period)}",
        f"{reverse('desk:obligation', args=[one.full])}?unit={place.pk}",
        tuple(
            Missing(line.name, boxes.address(line.org_id, period, line.person_id))
            for line in lines[:PEOPLE]
        ),
        due=_end(lines[0].cells[0].asked.due),
    )


def _end(day: date) -> datetime:
    """The last minute of a day here."""
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


def _awaited(who: Actor, at: datetime) -> Iterator[Waiting]:
    """What the places lack for which somebody is reminded, and what they owe themselves."""
    known = obligations.known()
    if who.person_id is None or not known:
        return
    today = timezone.localtime(at).date()
    of_places = _lines([(one, _kept(who, one)) for one in known if one.of_orgs], today)
    own = told.own(who, [(one, _two(one, today)) for one in known], today)
    count: Counter[State] = Counter()
    where: dict[State, list[str]] = {State.MISSED: [], State.DUE: []}
    for one, line in (*of_places, *own):
        boxes = told.Boxes(one)
        for cell in line.cells:
            count[cell.state] += 1
            if cell.state in where:
                where[cell.state].append(boxes.address(line.org_id, cell.period, line.person_id))
    # Of several one chooses, where one sees them all; else the first of them is where one goes.
    every = reverse("desk:obligations") if obligations.anywhere(who) else ""
    for state, name in ((State.MISSED, "missed"), (State.DUE, "due")):
        there = where[state]
        address = there[0] if len(there) == 1 or (there and not every) else every
        yield Waiting(f"obligations.waits.{name}", count[state], address)


def _kept(who: Actor, one: Obligation) -> list[int]:
    """The places at which somebody themselves holds a role that is reminded of it."""
    paths = {at for role in one.spec.told for at in who.paths(role, one.programme.id)}
    return [org.pk for org in orgs.orgs_at(sorted(paths)[: told.PLACES])]


def register() -> None:
    """What is lacking at a branch, and what waits for somebody on their day."""
    faces.lacks(_lacking)
    faces.awaits(_awaited)

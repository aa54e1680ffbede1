"""Windows: where there are any, who waits there, and who is called to which."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from bihuan.foundation.access import api as grants
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import Org, tree
from bihuan.kernel.halls import api as places
from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.services import api as services
from bihuan.spec.schema import Programme
from bihuan.web import words

TICKETS = "kiosk"
DAY = timedelta(days=1)
DIGITS = 10_000


@dataclass(frozen=True)
class Hall:
    """An organisation with windows; `kinds` are what its programme opens there."""

    org: Org
    programme: Programme
    kinds: dict[str, str]


def halls(on: date) -> Iterator[Hall]:
    """Every organisation with a desk and a programme that has something for its windows."""
    for org in grants.orgs_with("desk", on):
        for force in programmes.all_in_force(on):
            if not tree.covers(force.org.path, org.path):
                continue
            programme = programmes.held_under(force.release_id, org.path, on).programme
            kinds = {one.at_window: name for name, one in programme.kinds.items() if one.at_window}
            if kinds:
                yield Hall(org, programme, {str(part): name for part, name in kinds.items()})


def hall(pk: int, on: date) -> Hall:
    """The hall of an organisation. Raises LookupError."""
    found = next((one for one in halls(on) if one.org.pk == pk), None)
    if found is None:
        raise LookupError(pk)
    return found


def mine(who: Actor, at: datetime, part: str) -> list[Hall]:
    """The halls at whose desk somebody works, that have a part."""
    on = timezone.localtime(at).date()
    return [
        one
        for one in halls(on)
        if part in one.kinds and who.has("desk", one.org.path, one.programme.id)
    ]


def hall_for(path: str, on: date, part: str) -> Hall | None:
    """Where one goes with a matter of an organisation: its own hall or the nearest above it, else
    the first common one of its city. `part` is what must be done there."""
    rows = [
        one
        for one in halls(on)
        if part in one.kinds and one.org.path[: tree.STEP] == path[: tree.STEP]
    ]
    over = [one for one in rows if tree.covers(one.org.path, path)]
    return max(over, key=lambda one: len(one.org.path)) if over else next(iter(rows), None)


AHEAD = "book_ahead"


def ahead(org: Org, programme: Programme, at: datetime) -> int:
    """How many days ahead one may book at a hall; 0 where its programme has no appointments."""
    if AHEAD not in programme.settings:
        return 0
    on = timezone.localtime(at).date()
    value = programmes.resolve(
        programme, AHEAD, org_path=org.path, on=on, case={"level": org.level}
    )
    return int(value.value)


def free(org: Org, programme: Programme, at: datetime) -> list[places.Free]:
    """The half hours one may still book at a hall, full ones too."""
    return places.free(org, at, days=ahead(org, programme, at))


def day_text(day: date) -> str:
    """A day with its day of the week: 3月4日 周三."""
    name = words.text(f"weekday.{day.weekday()}")
    return words.text("weekday.day", month=day.month, day=day.day, name=name)


def slot_options(org: Org, programme: Programme, at: datetime) -> list[tuple[str, str]]:
    """The half hours with a place, as a field offers them."""
    return [
        (
            one.written,
            words.text("book.option", day=day_text(one.day), time=f"{one.start:%H:%M}", n=one.left),
        )
        for one in free(org, programme, at)
        if one.left
    ]


def _turn(ticket: matters.Matter, at: datetime) -> tuple[int, str, int]:
    """Who is before whom: those whose booked time has come, by it; then the others as they came.

    Only a ticket that an appointment opened is believed: a sender may write any time into their own.
    """
    booked = str(ticket.facts.get("booked", "")) if ticket.parent_id else ""
    come = bool(booked) and booked <= f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
    return (0, booked, ticket.pk) if come else (1, "", ticket.pk)


def tickets(one: Hall, at: datetime) -> list[matters.Matter]:
    """Today's tickets that are still in the queue, in their turn; numbers only, so public."""
    rows = matters.through(TICKETS).filter(
        home_path=one.org.path, kind=one.kinds["ticket"], phase="open", opened_at__gt=at - DAY
    )
    return sorted(rows.order_by("pk")[:200], key=lambda ticket: _turn(ticket, at))


@dataclass(frozen=True)
class Booked:
    """One appointment of today, as the window shows it; the contact stays in the vault."""

    matter: matters.Matter
    time: str
    window: str
    service: str

    @property
    def waits(self) -> bool:
        """Whether they have not come yet."""
        return self.matter.phase != "done"


def appointments(one: Hall, at: datetime) -> list[Booked]:
    """Today's appointments at a hall, by time."""
    rows = places.booked(one.org, [timezone.localtime(at).date()])
    found = matters.of_streams([row.stream for row in rows])
    return [
        Booked(
            found[row.stream],
            row.time,
            row.window,
            services.standing_service(int(found[row.stream].facts["service"])).name,
        )
        for row in rows
        if row.stream in found
    ]


def short(ticket: matters.Matter) -> str:
    """What is called: the last four digits. Ten thousand do not wait in one hall."""
    return f"{ticket.pk % DIGITS:04}"

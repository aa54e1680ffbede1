"""Windows: where there are any, who waits there, and who is called to which."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from bihuan.kernel.halls import api as places
from bihuan.kernel.matters import api as matters
from bihuan.kernel.services import api as services
from bihuan.web import words

DIGITS = 10_000


@dataclass(frozen=True)
class Way:
    """One line of a hall as a machine shows it: its letter, what it is for, how many wait in it."""

    choice: str
    letter: str
    name: str
    waiting: int


def ways(one: places.Hall, queue: list[matters.Matter]) -> list[Way]:
    """What a visitor may take a number for; none where a hall asks nothing."""
    waiting = Counter(short(ticket)[:1] for ticket in queue if ticket.state == "waiting")
    return [
        Way(
            line.choice,
            line.letter,
            words.choice_of(one.programme, line.field, line.choice),
            waiting[line.letter],
        )
        for line in places.lines(one.programme, one.kinds["ticket"])
        if line.open
    ]


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


def appointments(one: places.Hall, at: datetime) -> list[Booked]:
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
    """What is called: a letter and the number of the day; of a programme that gives none, the last four
    digits. Ten thousand do not wait in one hall."""
    return str(ticket.facts.get(places.QUEUE_NUMBER) or f"{ticket.pk % DIGITS:04}")

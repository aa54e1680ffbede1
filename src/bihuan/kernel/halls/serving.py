"""Who waits in a hall, whose turn it is, and serving them: what they came for is opened and their number
ends, both or neither."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.kernel.halls.at_window import Step, action
from bihuan.kernel.halls.windows import Hall
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opened, Opening
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import RefusedError

# The channel of a number that a machine gave.
MACHINE = "kiosk"
DAY = timedelta(days=1)
MOST = 200


def _turn(ticket: Matter, at: datetime) -> tuple[int, str, int]:
    """Who is before whom: those whose booked time has come, by it; then the others as they came.

    Only a ticket that an appointment opened is believed: a sender may write any time into their own.
    """
    booked = str(ticket.facts.get("booked", "")) if ticket.parent_id else ""
    come = bool(booked) and booked <= f"{timezone.localtime(at):%Y-%m-%d %H:%M}"
    return (0, booked, ticket.pk) if come else (1, "", ticket.pk)


def tickets(hall: Hall, at: datetime) -> list[Matter]:
    """Today's tickets that are still in the queue, in their turn; numbers only, so public."""
    rows = matters.through(MACHINE).filter(
        home_path=hall.org.path, kind=hall.kinds["ticket"], phase="open", opened_at__gt=at - DAY
    )
    return sorted(rows.order_by("pk")[:MOST], key=lambda ticket: _turn(ticket, at))


def ticket_of(appointment: Matter) -> Matter:
    """The number of somebody who has booked and come. Raises LookupError where they have none,
    RefusedError when it was served or missed: it is nobody's turn any more."""
    ticket = next(iter(matters.open_children(appointment)), None)
    if ticket is None:
        raise LookupError(appointment.pk)
    if ticket.phase == "done":
        raise RefusedError("halls.number_over")
    return ticket


def called(hall: Hall, who: Actor, at: datetime) -> list[Matter]:
    """The numbers that somebody has called to their window and not ended."""
    rows = tickets(hall, at)
    return [one for one in rows if one.state == "called" and one.assignee_id == who.person_id]


def step(
    found: Matter,
    named: Step,
    data: Mapping[str, Any],
    *,
    who: Actor,
    at: datetime,
    version: int | None = None,
) -> Matter:
    """Takes a step of a window with a number, by its own release. Raises what `matters.act` raises."""
    taken = action(programmes.spec_of(found.release_id), found.kind, named)
    return matters.act(found.pk, taken, actor=who, at=at, data=data, version=version)


def serve(
    hall: Hall, opening: Opening, named: Step, *, actor: Actor, at: datetime, key: str | None
) -> Opened:
    """Opens what the visitor at somebody's window came for, takes its step there, and ends the number
    they were called by. After an error nothing of it was written; the same key again does it once.

    Raises what `matters.open_and_act` and `matters.act` raise.
    """
    taken = action(hall.programme, opening.kind, named)
    with transaction.atomic():
        opened = matters.open_and_act(opening, taken, {}, actor=actor, at=at, key=key)
        if not opened.repeated:
            for ticket in called(hall, actor, at):
                step(ticket, "serve", {}, who=actor, at=at)
    return opened

"""The public door of halls: how many come when, what is still free, where the mobile unit goes."""

from bihuan.foundation.audit.api import register
from bihuan.kernel.halls.at_window import AT_WINDOW, STEPS, Step, action, parts
from bihuan.kernel.halls.lines import QUEUE_NUMBER, lines
from bihuan.kernel.halls.models import Place, QueueNumber, Timetable, Visit
from bihuan.kernel.halls.places import (
    Free,
    booked,
    collided,
    end_timetable,
    free,
    instant_of,
    set_timetable,
    take,
    timetable,
    timetables,
    written,
)
from bihuan.kernel.halls.problems import HallError
from bihuan.kernel.halls.serving import MACHINE, called, serve, step, ticket_of, tickets
from bihuan.kernel.halls.visits import Outing, cancel, plan, visit, visits
from bihuan.kernel.halls.windows import (
    Hall,
    at_desk,
    bookable,
    everywhere,
    hall,
    is_at_desk,
    nearest,
)

__all__ = [
    "AT_WINDOW",
    "MACHINE",
    "QUEUE_NUMBER",
    "STEPS",
    "Free",
    "Hall",
    "HallError",
    "Outing",
    "Step",
    "Timetable",
    "Visit",
    "action",
    "at_desk",
    "bookable",
    "booked",
    "called",
    "cancel",
    "collided",
    "end_timetable",
    "everywhere",
    "free",
    "hall",
    "instant_of",
    "is_at_desk",
    "lines",
    "nearest",
    "parts",
    "plan",
    "serve",
    "set_timetable",
    "step",
    "take",
    "ticket_of",
    "tickets",
    "timetable",
    "timetables",
    "visit",
    "visits",
    "written",
]

register(Timetable, Place, QueueNumber, Visit)

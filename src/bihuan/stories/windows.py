"""The windows of the demonstration city: a catalogue, places by appointment, an outing, and people
on their way through them."""

from datetime import datetime, time, timedelta
from typing import Any

from bihuan.foundation.access.api import SENDER, SYSTEM
from bihuan.foundation.audit.api import vault
from bihuan.kernel.halls import api as halls
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Opening
from bihuan.kernel.services import api as services
from bihuan.kernel.services.api import Offer, Service
from bihuan.rules.slots import Plan, Span
from bihuan.stories.stage import Stage

STEP = timedelta(minutes=20)
OFFICE = tuple(range(5))


def _spans(rows: list[list[str]]) -> tuple[Span, ...]:
    return tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in rows)


def build(city: Stage, plan: dict[str, Any], *, built: datetime, now: datetime) -> int:
    """Everything of `plan["windows"]`; returns how many matters were opened."""
    found = plan["windows"]
    hall, clerk = city.units[found["hall"]], city.actor(found["clerk"])
    offered: dict[str, Service] = {}
    for one in found["service"]:
        offer = Offer(**{**one, "materials": tuple(one["materials"])})
        offered[one["code"]], _ = services.offer(
            hall, offer, start=built.date(), at=built, actor=SYSTEM
        )
    for one in found["places"]:
        timetable = Plan("", OFFICE, _spans(one["spans"]), one["places"], one["after_hours"])
        halls.set_timetable(hall, timetable, start=built.date(), at=built, actor="system")
    outing = found["outing"]
    opens, closes = _spans([outing["hours"]])[0]
    day = now.date() + timedelta(days=outing["ahead"])
    pks = [row.pk for row in offered.values()]
    given = halls.Outing(outing["place"], day, opens, closes, pks, outing["note"])
    halls.plan(hall, given, at=now - STEP, actor="system")
    for number, one in enumerate(found["application"], 1):
        at = now - timedelta(days=one["ago"]) - 3 * STEP
        opening = Opening(
            programme="service_window",
            kind="application",
            home=hall,
            subject=offered[one["code"]].name,
            body=one["body"],
            fields={"service": offered[one["code"]].pk, "channel": one["channel"]},
            contact=vault.Person(one["name"], one["phone"], ""),
        )
        by = SENDER if one["channel"] == "web" else clerk
        matter = matters.open_matter(opening, actor=by, at=at, key=f"window:{number}").matter
        for action in one["then"]:
            at += STEP
            matter = matters.act(matter.pk, action, actor=clerk, at=at, data=one.get(action, {}))
    slot = next(row.written for row in halls.free(hall, now, days=14) if row.day > now.date())
    booked = Opening(
        programme="service_window",
        kind="appointment",
        home=hall,
        body=found["booked"],
        fields={"service": pks[0], "channel": "web", "slot": slot},
        contact=vault.Person(**found["booker"]),
    )
    matters.open_matter(booked, actor=SENDER, at=now - STEP, key="window:booked")
    _queue(city, found, now)
    return len(found["application"]) + 1 + len(found["waiting"])


def _queue(city: Stage, found: dict[str, Any], now: datetime) -> None:
    """People who took a number a while ago; the first was called to a window."""
    hall, clerk = city.units[found["hall"]], city.actor(found["clerk"])
    for number, errand in enumerate(found["waiting"]):
        at = now - (len(found["waiting"]) - number) * timedelta(minutes=4)
        taken = Opening(
            programme="service_window",
            kind="ticket",
            home=hall,
            body="现场取号。",
            fields={"channel": "kiosk", "errand": errand},
            anonymous=True,
        )
        row = matters.open_matter(taken, actor=SENDER, at=at, key=f"window:ticket:{number}").matter
        if number == 0:
            called = {"window": found["window"]}
            at += timedelta(minutes=3)
            matters.act(row.pk, "call", actor=clerk, at=at, data=called)

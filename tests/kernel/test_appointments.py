"""Appointments: as many as there are places, never one more, whatever happens at one instant."""

from collections import Counter
from datetime import date, time, timedelta

import pytest
from at_once import at_once
from house import SINCE

from bihuan.foundation.audit import api as audit
from bihuan.kernel.halls import api as halls
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opened, Opening
from bihuan.lib.problems import InputError, RefusedError
from bihuan.rules.slots import Plan

pytestmark = pytest.mark.django_db
TUESDAY = "2026-03-03 09:00"
OFFICE = Plan("", (0, 1, 2, 3, 4), ((time(9), time(12)),), 2)


@pytest.fixture
def hall(house):
    plan(house, OFFICE)
    return house.org("center")


def plan(house, given, start=SINCE):
    return halls.set_timetable(house.org("center"), given, start=start, at=house.at, actor="system")


def opening(house, slot=TUESDAY):
    return Opening(
        "service_window", "appointment", house.org("center"), "预约办理。",
        fields={"service": house.service("plate").pk, "channel": "web", "slot": slot},
    )  # fmt: skip


def book(house, slot=TUESDAY, *, key=None, at=None, by="sender"):
    return matters.open_matter(
        opening(house, slot), actor=house.actor(by), at=at or house.at, key=key
    )


def left(house, slot=TUESDAY, at=None):
    rows = halls.free(house.org("center"), at or house.at, days=14)
    return next((one.left for one in rows if one.written == slot), None)


def test_a_place_is_taken_moved_and_given_back(house, hall):
    first, second = book(house), book(house)
    assert left(house) == 0
    with pytest.raises(InputError) as told:
        book(house)
    assert told.value.fields["slot"][0] == "halls.slot_full"
    house.act(first, "move", "sender", slot="2026-03-03 10:30")
    assert (left(house), left(house, "2026-03-03 10:30")) == (1, 1)
    house.act(second, "cancel", "sender")
    assert left(house) == 2
    with pytest.raises(RefusedError):
        house.act(second, "move", "sender", slot=TUESDAY)
    assert list(audit.everything()) == []


@pytest.mark.parametrize(
    ("slot", "why"),
    [
        ("2026-03-07 09:00", "halls.no_slot"),  # Saturday
        ("2026-03-03 12:00", "halls.no_slot"),
        ("2026-03-03 09:15", "halls.no_slot"),
        ("2026-03-02 09:00", "halls.slot_past"),
        ("2026-03-17 09:00", "halls.slot_far"),
        ("3月3日上午", "halls.bad_slot"),
    ],
)
def test_what_cannot_be_booked_says_why_and_writes_nothing(house, hall, slot, why):
    with pytest.raises(InputError) as told:
        book(house, slot)
    assert told.value.fields["slot"][0] == why
    assert not Matter.objects.filter(kind="appointment").exists()


def test_a_holiday_has_no_places_and_a_make_up_day_has(house, hall):
    """Tomb-Sweeping 2026: Saturday 4 April to Monday the 6th is off."""
    at = house.after(days=29)
    days = {one.day for one in halls.free(hall, at, days=10)}
    assert date(2026, 4, 6) not in days
    assert {date(2026, 4, 3), date(2026, 4, 7)} <= days


def test_after_hours_places_stand_beside_those_of_the_office(house, hall):
    plan(house, Plan("", (1, 5), ((time(17, 30), time(18, 30)),), 1, after_hours=True))
    book(house, "2026-03-07 18:00")
    found = {o.written: o for o in halls.free(hall, house.at, days=7)}
    assert (found["2026-03-07 18:00"].left, found["2026-03-07 18:00"].after_hours) == (0, True)
    assert found["2026-03-03 17:30"].left == 1


def test_several_windows_fewer_places_and_who_has_booked_keeps_theirs(house, hall):
    plan(house, Plan("3", (1,), ((time(9), time(9, 30)),), 1))
    for _ in range(3):
        book(house)
    assert left(house) == 0
    places = [(p.window, p.nth) for p in halls.booked(hall, [date(2026, 3, 3)])]
    assert places == [("", 1), ("", 2), ("3", 1)]
    plan(house, Plan("", (0, 1, 2, 3, 4), ((time(9), time(12)),), 1), start=house.day)
    assert left(house) == 0
    assert len(halls.booked(hall, [date(2026, 3, 3)])) == 3
    with pytest.raises(InputError):
        book(house)


def test_who_came_gets_a_ticket_and_who_did_not_is_noted_once(house, hall):
    came, absent = book(house), book(house)
    with pytest.raises(RefusedError) as told:
        house.act(came, "arrive", "sender")
    assert told.value.key == "guard.day_come"
    day = house.after(days=1)
    house.act(came, "arrive", "sender", at=day)
    (ticket,) = matters.open_children(came.matter)
    assert (ticket.kind, ticket.state, ticket.facts["booked"]) == ("ticket", "waiting", TUESDAY)
    matters.sweep(day + timedelta(minutes=59))
    assert Matter.objects.get(pk=absent.matter.pk).state == "booked"
    matters.sweep(day + timedelta(minutes=61))
    assert Matter.objects.get(pk=absent.matter.pk).state == "missed"
    assert Matter.objects.get(pk=came.matter.pk).state == "arrived"


def test_the_last_place_asked_for_twice_is_one_appointment(house, hall):
    book(house)
    first, again = book(house, key="k"), book(house, key="k")
    assert (again.repeated, again.matter.pk, again.code) == (True, first.matter.pk, first.code)
    with pytest.raises(InputError):
        book(house, key="other")


@pytest.mark.django_db(transaction=True)
def test_many_at_one_instant_never_take_one_place_too_many(house):
    plan(house, Plan("", (1,), ((time(9), time(10)),), 5))
    moved = book(house, "2026-03-03 09:30")

    def move():
        return house.act(moved, "move", "sender", slot=TUESDAY)

    results = at_once([lambda: book(house)] * 20 + [move])
    told = Counter(type(one).__name__ for one in results)
    winners = [one for one in results if isinstance(one, (Opened, Matter))]
    assert len(winners) == 5, told
    assert all(isinstance(one, (Opened, Matter, InputError, RefusedError)) for one in results), told
    taken = halls.booked(house.org("center"), [date(2026, 3, 3)])
    at_nine = [p.nth for p in taken if p.time == "09:00"]
    assert sorted(at_nine) == [1, 2, 3, 4, 5]
    assert left(house) == 0
    assert list(audit.everything()) == []

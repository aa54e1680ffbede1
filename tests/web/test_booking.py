"""Booking on the portal, the hall's own plan, and the window on the day."""

import re
from datetime import date, time, timedelta

import pytest
from django.utils import timezone
from house import SINCE, House

from bihuan.foundation.audit.api import Event
from bihuan.foundation.orgs.api import calendars
from bihuan.kernel.halls import api as halls
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.lib.clock import now
from bihuan.rules.slots import Plan
from bihuan.web import days

pytestmark = pytest.mark.django_db
WHO = {"name": "甘棠", "phone": "13900000001"}
EVERY_DAY = tuple(range(7))
PLACES = "/desk/places"


@pytest.fixture
def today(house):
    """The city at the server's own time, with a place every half hour, day and night."""
    for year in (now().year, now().year + 1):
        # Whatever day this runs on, it is no holiday.
        none = {"year": year, "status": "announced", "off": [], "work": []}
        calendars.set_year(calendars.default(), none, at=house.at, actor="system")
    plan = Plan("", EVERY_DAY, ((time(0), time(23, 59)),), 1, after_hours=True)
    halls.set_timetable(house.org("center"), plan, start=SINCE, at=house.at, actor="system")
    return House(at=now())


def code_of(page):
    return re.sub(r"\s", "", re.search(r'code-big.*?nowrap">([^<]+)<', page, re.DOTALL)[1])


def free(house):
    return [one for one in halls.free(house.org("center"), house.at, days=14) if one.left]


def test_booked_moved_and_cancelled_by_the_code_alone(today):
    url = f"/services/{today.service('plate').pk}/book"
    citizen = today.client()
    assert "预约到场办理" in citizen.get(url.removesuffix("/book")).content.decode()
    first, second = (one.written for one in free(today)[-2:])
    page = citizen.get(f"{url}?day={first[:10]}").content.decode()
    assert first in page
    missing = citizen.post(url, {**WHO, "phone": "", "slot": first})
    assert missing.status_code == 422
    assert "甘棠" in missing.content.decode()
    receipt = citizen.post(url, {**WHO, "slot": first, "key": "k"}).content.decode()
    code = code_of(receipt)
    said = f"{days.named(date.fromisoformat(first[:10]))} {first[11:]}"
    assert said in receipt, "as people say a day"
    again = citizen.post(url, {**WHO, "slot": first, "key": "k"}).content.decode()
    assert code_of(again) == code, "sent twice, booked once"
    full = citizen.post(url, {**WHO, "slot": first, "key": "other"})
    assert (full.status_code, "约满了" in full.content.decode()) == (422, True)

    page = citizen.post("/follow", {"code": code}).content.decode()
    assert second in page, "what is free is offered for moving"
    moved = {"code": code, "action": "move", "slot": second, "key": "m"}
    assert citizen.post("/follow/act", moved).status_code == 200
    booked = Matter.objects.get(kind="appointment")
    assert booked.facts["slot"] == second
    citizen.post("/follow/act", {"code": code, "action": "cancel", "key": "c"})
    booked.refresh_from_db()
    assert booked.state == "cancelled"
    assert second in [one.written for one in free(today)]


def booked_today(today, slot):
    """An appointment of today, whatever the hour is: booked yesterday."""
    opening = matters.Opening(
        "service_window", "appointment", today.org("center"), "预约办理。",
        fields={"service": today.service("plate").pk, "channel": "web", "slot": slot},
    )  # fmt: skip
    at = today.at - timedelta(days=1)
    return matters.open_matter(opening, actor=today.actor("sender"), at=at)


def local(today, **more):
    return f"{timezone.localtime(today.at + timedelta(**more)):%Y-%m-%d}"


def test_on_the_day_the_booked_go_first_from_their_time_on(today):
    hall = f"/halls/{today.org('center').pk}"
    day = local(today)
    due = booked_today(today, f"{day} 00:00")
    early = booked_today(today, f"{day} 23:00")
    tomorrow = booked_today(today, f"{local(today, days=1)} 10:00")
    citizen, clerk = today.client(), today.client("desk")
    forged = matters.Opening(
        "service_window", "ticket", today.org("center"), "取号",
        fields={"channel": "kiosk", "booked": f"{day} 00:00"}, anonymous=True,
    )  # fmt: skip
    citizen.post(hall)
    matters.open_matter(forged, actor=today.actor("sender"), at=today.at)
    plain, forged = Matter.objects.filter(kind="ticket").order_by("pk")
    page = citizen.post(hall, {"code": early.code})
    assert page.status_code == 200
    assert citizen.post(hall, {"code": tomorrow.code}).status_code == 409
    assert citizen.post(hall, {"code": "AAAAAAAAAA"}).status_code == 404
    window = clerk.get("/desk/window").content.decode()
    assert due.matter.number in window
    assert tomorrow.matter.number not in window
    clerk.post("/desk/window", {"do": "arrive", "matter": due.matter.pk})
    once = citizen.post(hall, {"code": due.code}).content.decode()
    (first,) = matters.open_children(due.matter)
    assert first.facts["queue_number"] in once, "a second look shows the same number"
    (later,) = matters.open_children(early.matter)
    turns = [plain, forged, later]
    if timezone.localtime(now()).hour == 23:
        turns = [later, plain, forged]
    for expected in (first, *turns):
        clerk.post("/desk/window", {"do": "next", "label": "3"})
        called = Matter.objects.get(kind="ticket", state="called")
        assert called.pk == expected.pk
    # A number that was served is nobody's turn any more.
    over = citizen.post(hall, {"code": due.code})
    assert over.status_code == 409
    assert "这个号码已办完或已过号" in over.content.decode()


GIVEN = {
    "do": "set", "window": "3", "weekday": ["0", "1"], "spans": "09:00至10:00，14:00—15:30",
    "places": "4", "start": "2026-01-01",
}  # fmt: skip


def test_the_hall_sets_and_stops_its_own_places(house):
    desk = house.client("desk")
    assert desk.post(PLACES, {**GIVEN, "spans": "09:00-12:00"}).status_code == 302
    other = {**GIVEN, "spans": "09:00-10:00、14:00-15:30"}
    # From the same day on it would leave nothing of the first, whom people may have booked by.
    refused = desk.post(PLACES, other)
    assert (refused.status_code, other["spans"] in refused.content.decode()) == (422, True)
    assert desk.post(PLACES, {**other, "start": "2026-02-01"}).status_code == 302
    rows = halls.timetables(house.org("center"), house.day)
    row = next(one for one in rows if one.end is None)
    assert (row.spans, row.places) == ([["09:00", "10:00"], ["14:00", "15:30"]], 4)
    desk.post(PLACES, {"do": "end", "row": row.pk})
    assert halls.timetable(row.pk).end is not None


@pytest.mark.parametrize(
    "bad", [{"places": "0"}, {"places": "x"}, {"spans": "上午"}, {"spans": "09:00-09:20"}, {"weekday": []}]
)  # fmt: skip
def test_a_bad_plan_comes_back_with_what_was_typed(house, bad):
    before = Event.objects.count()
    answer = house.client("desk").post(PLACES, {**GIVEN, **bad})
    assert answer.status_code == 422
    assert 'value="3"' in answer.content.decode()
    assert Event.objects.count() == before


def test_nobody_stops_the_places_of_another_hall(house, today):
    (row,) = halls.timetables(house.org("center"), house.day)
    assert house.client("outsider").post(PLACES, {"do": "end", "row": row.pk}).status_code == 404
    assert house.client("handler").get(PLACES).status_code == 403

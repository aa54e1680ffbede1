"""The mobile unit: planned in public; what was entered without a network comes in once, late or not."""

import json
from datetime import time, timedelta

import pytest
from django.utils import timezone
from house import House
from icalendar import Calendar

from bihuan.foundation.audit.api import Event, vault
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.halls import api as halls
from bihuan.kernel.matters.api import Matter
from bihuan.lib.clock import now

pytestmark = pytest.mark.django_db
PLAN, SYNC = "/desk/visits", "/desk/mobile/sync"


@pytest.fixture
def today(house):
    return House(at=now())


@pytest.fixture
def visit(today):
    """An outing three days ago: its window is long closed."""
    given = halls.Outing(
        "人民广场", (today.at - timedelta(days=3)).date(), time(9), time(12),
        [today.service("plate").pk, today.service("notice").pk],
    )  # fmt: skip
    return halls.plan(today.org("center"), given, at=today.at, actor="system")


def entry(today, key, service="plate", **more):
    return {
        "key": key, "taken": (today.at - timedelta(days=3)).isoformat(), "step": "accept",
        "service": today.service(service).pk, "name": "甘棠", "phone": "13900000001", "remark": "",
        **more,
    }  # fmt: skip


def outings(citizen):
    """The events of the public calendar."""
    return Calendar.from_ical(citizen.get("/visits.ics").content).walk("VEVENT")


def sync(house, visit, entries, who="desk"):
    body = json.dumps({"visit": visit.pk, "entries": entries})
    return house.client(who).post(SYNC, body, content_type="application/json")


def test_late_twice_and_a_bad_one_among_good_ones(today, visit):
    entries = [
        entry(today, "a"),
        entry(today, "b", step="settle_now"),
        entry(today, "c", service="notice", step="settle_now"),
        entry(today, "d", service="plate", phone="没有号码"),
        {**entry(today, "e"), "service": 999_999},
        entry(today, "f", step="answer", name="", phone="", remark="老人证怎么办？"),
    ]  # fmt: skip
    first = sync(today, visit, entries).json()["entries"]
    assert [bool(one["number"]) for one in first] == [True, False, True, False, False, True]
    assert all(bool(one["number"]) != bool(one["problem"]) for one in first)
    again = sync(today, visit, entries).json()["entries"]
    assert [one["number"] for one in again] == [one["number"] for one in first]
    rows = Matter.objects.filter(channel="mobile").order_by("pk")
    assert [(m.kind, m.state) for m in rows] == [
        ("application", "handling"), ("application", "settled"), ("consult", "answered"),
    ]  # fmt: skip
    # It counts from the day it was taken, not from the day there was a network again.
    accepted = rows[0]
    assert accepted.opened_at == today.at - timedelta(days=3)
    assert clocks.of(accepted.stream)["promise"].started_at == accepted.opened_at
    assert vault.for_delivery(accepted.stream).name == "甘棠"
    corrected = sync(today, visit, [entry(today, "g")]).json()["entries"]
    assert corrected[0]["number"]
    assert Matter.objects.filter(channel="mobile").count() == 4


def test_a_phone_whose_clock_is_wrong_is_not_believed(today, visit):
    entries = [
        entry(today, "a", taken="2001-01-01T00:00:00Z"),
        entry(today, "b", taken="2099-01-01T00:00:00Z"),
        entry(today, "c", taken="gestern"),
    ]
    assert all(one["number"] for one in sync(today, visit, entries).json()["entries"])
    for matter in Matter.objects.filter(channel="mobile"):
        assert now() - matter.opened_at < timedelta(minutes=1)


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"entries": 1}', '{"visit": "x"}', "[" * 9000])
def test_nonsense_is_refused_and_writes_nothing(today, visit, body):
    before = Event.objects.count()
    answer = today.client("desk").post(SYNC, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["problem"]
    assert Event.objects.count() == before


def test_an_outing_is_planned_announced_and_called_off(today):
    desk, citizen = today.client("desk"), today.client()
    day = f"{(today.at + timedelta(days=2)).date()}"
    given = {
        "do": "plan", "place": "长安街社区", "day": day, "opens": "09:00", "closes": "11:30",
        "service": [today.service("plate").pk], "note": "请带身份证。",
    }  # fmt: skip
    for bad in ({"place": " "}, {"service": []}, {"closes": "08:00"}, {"opens": "x"}):
        answer = desk.post(PLAN, {**given, **bad})
        assert answer.status_code == 422
        assert "请带身份证。" in answer.content.decode()
    assert desk.post(PLAN, given).status_code == 302
    page = citizen.get("/visits").content.decode()
    for text in ("长安街社区", "09:00–11:30", "补领机动车号牌", "请带身份证。"):
        assert text in page
    row = halls.visits(today.day, today.day + timedelta(days=9))[-1]
    assert desk.post(PLAN, {"do": "cancel", "visit": row.pk, "reason": ""}).status_code == 422
    assert (
        today.client("outsider")
        .post(PLAN, {"do": "cancel", "visit": row.pk, "reason": "x"})
        .status_code
        == 404
    )
    (shown,) = outings(citizen)
    begins = shown.decoded("dtstart").astimezone(timezone.get_default_timezone())
    assert f"{begins:%Y-%m-%d %H:%M}" == f"{day} 09:00"
    assert (shown["location"], shown["status"]) == ("长安街社区", "CONFIRMED")
    desk.post(PLAN, {"do": "cancel", "visit": row.pk, "reason": "暴雨"})
    (shown,) = outings(citizen)
    assert (shown["description"], shown["status"]) == ("暴雨", "CANCELLED")
    assert "已取消：暴雨" in citizen.get("/visits").content.decode()
    known = desk.get("/desk/mobile/outings").json()
    assert row.pk not in [one["id"] for one in known["visits"]]


def test_the_page_that_stays_on_the_phone_names_nobody(today, visit):
    page = today.client("desk").get("/desk/mobile/").content.decode()
    assert today.person("desk").name not in page
    worker = today.client().get("/desk/mobile/worker.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")

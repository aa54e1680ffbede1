"""A small net of posts in the demonstration city, and a zone of members with its rounds and who is on duty."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.obligations import api as obligations
from bihuan.stories.stage import Stage

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
WEEKLY, NET, ZONES = "monitoring.weekly", "monitoring", "zones"


def grown(city: Stage, plan: Mapping[str, Any], *, now: datetime, password: str) -> None:
    """The posts and the people of `plan["net"]`: there for as many weeks as it says, so that nobody owes anything
    for the time before."""
    net = plan["net"]
    at = now - net["weeks"] * WEEK - HOUR
    # From a Monday on: of part of a week they would owe no report.
    at -= timedelta(days=timezone.localtime(at).weekday())
    for key, one in net["units"].items():
        city.units[key] = orgs.create_org(
            one["name"],
            parent=orgs.org(city.units[one["under"]].pk),
            at=at,
            actor="system",
            code=f"demo-city-{key}",
            level=one["level"],
        )
    for username, one in net["people"].items():
        secret = password if one.get("login") else None
        who = orgs.create_person(
            username, one["name"], at=at, actor="system", password=secret, published=True
        )
        place = city.units[one["unit"]].pk
        orgs.give_post(
            who.pk, place, start=at.date(), at=at, actor="system", title=one.get("title", "")
        )
        for role in one["role"].split():
            access.give(who.pk, role, place, start=at.date(), at=at, actor="system")
        city.people[username] = who


def build(city: Stage, plan: Mapping[str, Any], *, now: datetime) -> int:
    """What they did; returns how many matters were opened."""
    net = plan["net"]
    return _reports(city, net, now) + _zone(city, net["zone"], now)


def _actor(city: Stage, key: str, now: datetime) -> Actor:
    """One of them with their grants, which are younger than the city."""
    return access.actor(city.people[key], now.date())


def _reports(city: Stage, net: Mapping[str, Any], now: datetime) -> int:
    """A report of every post each week; of one this week none, of one what it found."""
    one, cases, done = obligations.find(WEEKLY), net["cases"], 0
    by = {who["unit"]: key for key, who in net["people"].items() if "post_reporter" in who["role"]}
    # From the week in which they came.
    for ago in range(net["weeks"], -1, -1):
        for unit in net["units"]:
            if ago or unit not in (net["silent"], cases["unit"]):
                place, actor = city.units[unit], _actor(city, by[unit], now)
                at, key = now - ago * WEEK - HOUR / 2, f"net:{unit}:{ago}"
                obligations.press(one, place, actor=actor, at=at, key=key)
                done += 1
    opening = Opening(
        NET,
        "case_report",
        city.units[cases["unit"]],
        cases["body"],
        subject="本周监测报告",
        fields={"seen_cases": cases["rows"]},
    )
    matters.open_matter(
        opening, actor=_actor(city, cases["by"], now), at=now - HOUR / 2, key="net:cases"
    )
    # The alert comes by the worker, as everywhere.
    return done + 2


def _zone(city: Stage, plan: Mapping[str, Any], now: datetime) -> int:
    at, lead, first = now - plan["ago"] * DAY, "zone-lead", plan["crew"][0]
    home, today = city.units["streets"], timezone.localtime(now)

    def opened(kind: str, subject: str, by: str, on: datetime, **fields: Any) -> Matter:
        opening = Opening(ZONES, kind, home, plan["body"], subject=subject, fields=fields)
        key = f"net:{kind}:{subject}"
        return matters.open_matter(opening, actor=_actor(city, by, now), at=on, key=key).matter

    def act(pk: int, action: str, by: str, on: datetime, **data: Any) -> Matter:
        return matters.act(pk, action, actor=_actor(city, by, now), at=on, data=data)

    found = opened("members_zone", plan["subject"], lead, at, **plan["fields"])
    crew = [{"person": city.people[one].pk, "lead": one == first} for one in plan["crew"]]
    act(found.pk, "put_in_charge", lead, at, crew=crew)
    act(found.pk, "set_up", lead, at + HOUR)
    for n, told in enumerate(plan["rounds"]):
        on = at + DAY + n * WEEK
        act(found.pk, "walk_round", first, on, round_found="all_well", round_told=told)
    act(found.pk, "note_incident", first, now - DAY, **plan["incident"])
    roster = opened("duty_roster", "本月值班", lead, now - 2 * DAY, month=f"{today:%Y-%m}")
    rows = [
        {
            "day": f"{today + n * DAY:%Y-%m-%d}",
            "begins": "19:00",
            "ends": "22:00",
            "person": city.people[who].pk,
        }
        for n, who in enumerate(plan["shifts"])
    ]
    act(roster.pk, "give_shifts", lead, now - 2 * DAY, shifts=rows)
    for place in plan["let"]:
        opened("let_place", place, first, now - 3 * DAY, category="shop_front", living_there=2)
    return 3 + len(rows) + len(plan["let"])

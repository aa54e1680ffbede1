"""Volunteering in the demonstration city: some hours that are confirmed, a certificate, an activity with places
left."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from bihuan.foundation.access.api import SYSTEM
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.people import api as people
from bihuan.outcomes.papers import api as printed
from bihuan.stories.stage import Stage

PROGRAMME, VOLUNTEERS = "volunteering", "volunteering.volunteer"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def build(city: Stage, plan: dict[str, Any], *, built: datetime, now: datetime) -> int:
    """Everything of `plan["helping"]`; returns how many matters were opened."""
    one = plan["helping"]
    home = city.units[one["unit"]]
    for who in one["volunteers"]:
        start, pk = built.date(), city.people[who].pk
        people.begin(pk, home, VOLUNTEERS, "registered", start=start, at=built, actor=SYSTEM)
    for number, each in enumerate(one["activity"]):
        _activity(city, one, each, number, now)
    return len(one["activity"]) + _certificate(city, one, now)


def _activity(
    city: Stage, plan: dict[str, Any], one: dict[str, Any], number: int, now: datetime
) -> None:
    day = timezone.localtime(now).date() + timedelta(days=one["in"])
    fields = {**one["fields"], "held_on": day.isoformat()}
    at = now + min(one["in"], 0) * DAY - 3 * DAY
    what = ("service_activity", one["subject"])
    found = _opened(city, plan, what, at, fields, number=number)
    _act(city, found, "open_sign_up", plan["by"], at)
    named = [city.people[who].pk for who in one["named"]]
    _act(city, found, "enter_names", plan["by"], at + HOUR, volunteers_named=named)
    if one["in"] < 0:
        # The evening of its day.
        over = timezone.localtime(now + one["in"] * DAY).replace(hour=20, minute=0)
        _act(city, found, "note_rest_present", plan["by"], over)
        _act(city, found, "confirm_hours", plan["by"], over)


def _certificate(city: Stage, plan: dict[str, Any], now: datetime) -> int:
    who, at = plan["certified"], now - 2 * DAY
    whose = {"volunteer": city.people[who].pk}
    what = ("hours_proof", plan["certificate"])
    found = _opened(city, plan, what, at, whose, number=-1, by=who)
    _act(city, found, "certify", plan["by"], at + HOUR)
    printed.issue(found.pk, "hours_certificate", actor=city.actor(who), at=at + 2 * HOUR)
    return 1


def _opened(
    city: Stage,
    plan: dict[str, Any],
    what: tuple[str, str],
    at: datetime,
    fields: dict[str, Any],
    *,
    number: int,
    by: str = "",
) -> Matter:
    home, (kind, subject) = city.units[plan["unit"]], what
    opening = Opening(PROGRAMME, kind, home, subject, subject=subject, fields=fields)
    actor = city.actor(by or plan["by"])
    return matters.open_matter(opening, actor=actor, at=at, key=f"helping:{number}").matter


def _act(city: Stage, found: Matter, action: str, by: str, at: datetime, **data: Any) -> None:
    matters.act(found.pk, action, actor=city.actor(by), at=at, data=data)

"""This month's lists of the demonstration city: one that goes on, one of which nothing was heard yet; and somebody
who shows who they are."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.stories.stage import Stage

NAME = "show_work"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# After the beginning of the month.
STEPS = {"list_own_tasks": 2 * HOUR, "tell_own_progress": 13 * DAY}


def begins(now: datetime) -> datetime:
    """When the month began, at nine; early on its first day some hours ago, and never the month before."""
    first = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return max(first, min(first + 9 * HOUR, now - 6 * HOUR))


def build(city: Stage, plan: dict[str, Any], *, now: datetime) -> int:
    """Everything of `plan["showing"]`; returns how many matters were opened."""
    said, at = plan["showing"], begins(now)
    for one in said["lists"]:
        found = _open(city, said, one, at, whose_list=city.people[one["who"]].pk)
        for action, after in STEPS.items():
            if action in one and (after < DAY or at + after < now):
                _act(found, city, one["who"], min(at + after, now), **{action: one[action]})
    one = said["identity"]
    found = _open(city, said, one, at, who_shows=city.people[one["who"]].pk)
    _act(found, city, one["who"], min(at + HOUR, now), show_three=one["show_three"])
    return len(said["lists"]) + 1


def _open(
    city: Stage, said: dict[str, Any], one: dict[str, Any], at: datetime, **fields: Any
) -> Matter:
    opening = Opening(
        programme=NAME,
        kind=one["kind"],
        home=city.units["center"],
        subject=one["subject"],
        body=said["body"],
        fields=fields,
    )
    key = f"showing:{one['kind']}:{one['who']}"
    return matters.open_matter(opening, actor=city.actor(said["host"]), at=at, key=key).matter


def _act(found: Matter, city: Stage, by: str, at: datetime, **said: dict[str, Any]) -> None:
    for action, data in said.items():
        matters.act(found.pk, action, actor=city.actor(by), at=at, data=data)

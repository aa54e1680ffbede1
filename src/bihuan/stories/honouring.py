"""Two rounds of the demonstration city: one that is over, one that takes nominations."""

from datetime import datetime, timedelta
from typing import Any

from bihuan.facets.round import nominating
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.stories.stage import Stage

DAY = timedelta(days=1)
# A notice of five working days is over by then, whatever holidays lie between.
SHOWN = 16 * DAY


def build(city: Stage, plan: dict[str, Any], *, now: datetime) -> int:
    """The rounds of `plan["honouring"]`; returns how many matters were opened."""
    return sum(_round(city, one, now) for one in plan["honouring"])


def _round(city: Stage, one: dict[str, Any], now: datetime) -> int:
    at, office = now - one["ago"] * DAY, city.actor(one["by"])
    opening = Opening(
        programme="honours",
        kind="selection",
        home=city.units[one["unit"]],
        subject=one["subject"],
        body=one["body"],
        fields=one["fields"],
    )
    key = f"honouring:{one['subject']}"
    found = matters.open_matter(opening, actor=office, at=at, key=key).matter
    _act(found, "call", city, one["by"], at)
    rows: dict[str, Matter] = {}
    for who, by, why in one["named"]:
        whom = city.people[who].pk
        made = nominating.nominate(found.pk, whom, why, actor=city.actor(by), at=at + DAY)
        rows[who] = made.matter
    if "votes" in one:
        _held(city, one, found, rows, at + 2 * DAY)
    return 1 + len(rows)


def _held(
    city: Stage, one: dict[str, Any], found: Matter, rows: dict[str, Matter], at: datetime
) -> None:
    office = one["by"]
    _act(found, "change_quota", city, office, at, places=one["places"], reason="经费所限。")
    _act(found, "accept_all", city, office, at)
    _act(found, "put_to_vote", city, office, at)
    for juror, said in one["votes"].items():
        for who, opinion in zip(rows, said, strict=True):
            _act(rows[who], "cast", city, juror, at + DAY, opinion=opinion)
    for action in ("count", "put_on_notice"):
        _act(found, action, city, office, at + 2 * DAY)
    _act(found, "confer_all", city, office, at + SHOWN)
    _act(found, "close", city, office, at + SHOWN)
    for who in one["agreed"]:
        _act(rows[who], "agree", city, who, at + SHOWN + DAY)


def _act(found: Matter, action: str, city: Stage, by: str, at: datetime, **data: Any) -> None:
    matters.act(found.pk, action, actor=city.actor(by), at=at, data=data)

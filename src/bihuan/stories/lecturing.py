"""Open lectures of the demonstration city: two that were scored, one that is being scored, one to come, and a topic
that members may want."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.outcomes.publicity import api as publicity
from bihuan.stories.stage import Stage

NAME = "open_lecture"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Invited so long before, closed so long after.
BEFORE, AFTER = 6 * DAY, 9 * DAY


def build(city: Stage, plan: dict[str, Any], *, now: datetime) -> int:
    """Everything of `plan["lecturing"]`; returns how many matters were opened."""
    said = plan["lecturing"]
    for one in said["lecture"]:
        _lecture(city, said, one, now)
    topic = said["topic"]
    at = now - topic["ago"] * DAY
    fields = {"topic_field": topic["field"]}
    found = _open(city, "lecture_topic", topic, topic["by"], at, **fields)
    for n, key in enumerate(topic["wanted_by"], 1):
        _act(found, "want", city, key, at + n * HOUR)
    return len(said["lecture"]) + 1


def _lecture(city: Stage, said: dict[str, Any], one: dict[str, Any], now: datetime) -> None:
    host, lecturer = said["host"], said["lecturer"]
    held = timezone.localtime(now).replace(hour=15, minute=0) - one["ago"] * DAY
    at = min(held - BEFORE, now - 6 * HOUR)
    fields = {
        "lecturer": city.people[lecturer].pk,
        "lecture_form": one["form"],
        "lecture_day": f"{held:%Y-%m-%d}",
        "lecture_from": "15:00",
        "lecture_to": "16:00",
        "lecture_place": said["place"],
    }
    found = _open(city, "lecture", one, host, at, **fields)
    _act(found, "bring_material", city, lecturer, at + HOUR, lecture_outline=one["outline"])
    _act(found, "send_invitations", city, host, at + 2 * HOUR)
    for key, question in one.get("asked", {}).items():
        _act(found, "ask_lecturer", city, key, at + 3 * HOUR, asked_of_lecturer=question)
    if one["ago"] <= 0:
        return
    _act(found, "mark_all_but", city, host, held + HOUR / 2, who_stayed_away=[])
    _act(found, "end_lecture", city, host, held + HOUR)
    rows = [
        {"item": item, "very_good": counts[0], "good": counts[1], "fair": counts[2]}
        for item, counts in one["given"].items()
    ]
    _act(found, "count_paper_forms", city, host, held + 2 * HOUR, paper_forms=rows)
    if one["ago"] > AFTER.days:
        _act(found, "close_scoring", city, host, held + AFTER)
    if "told" in one:
        at, office = held + AFTER, city.actor(said["office"])
        _act(found, "put_in_library", city, lecturer, at + HOUR, what_was_told=one["told"])
        for row in publicity.of_subject(found.stream):
            publicity.publish(row.pk, version=row.version, actor=office, at=at + DAY)


def _open(
    city: Stage, kind: str, one: dict[str, Any], by: str, at: datetime, **fields: Any
) -> Matter:
    opening = Opening(
        programme=NAME,
        kind=kind,
        home=city.units["center"],
        subject=one["subject"],
        body=one["body"],
        fields=fields,
    )
    return matters.open_matter(
        opening, actor=city.actor(by), at=at, key=f"lecturing:{one['subject']}"
    ).matter


def _act(found: Matter, action: str, city: Stage, by: str, at: datetime, **data: Any) -> None:
    matters.act(found.pk, action, actor=city.actor(by), at=at, data=data)

"""Proposals and a council of the demonstration city, each as far as its script says."""

from datetime import datetime, timedelta
from typing import Any

from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Opening
from bihuan.stories.stage import Stage

STEP = timedelta(minutes=25)
PERSON, ORG = ("person",), ("unit",)


def build(city: Stage, plan: dict[str, Any], *, now: datetime) -> int:
    """Everything of `plan["proposing"]`; returns how many matters were opened."""
    for number, one in enumerate(plan["proposing"], 1):
        at = now - timedelta(days=one["ago"], hours=5)
        fields = dict(one.get("fields", {}))
        if "ahead" in one:
            fields["held_on"] = (now.date() + timedelta(days=one["ahead"])).isoformat()
        opening = Opening(
            programme="proposals",
            kind=one["kind"],
            home=city.units["center"],
            subject=one["subject"],
            body=one["body"],
            fields=fields,
        )
        by = city.actor(one["by"])
        found = matters.open_matter(opening, actor=by, at=at, key=f"proposing:{number}").matter
        for step in one.get("then", ()):
            at = min(at + STEP, now)
            data = {name: _value(city, name, value) for name, value in step.get("with", {}).items()}
            actor = city.actor(step["by"])
            matters.act(found.pk, step["act"], actor=actor, at=at, data=data)
    return len(plan["proposing"])


def _value(city: Stage, name: str, value: Any) -> Any:
    if name in PERSON:
        return city.people[value].pk
    return city.units[value].pk if name in ORG else value

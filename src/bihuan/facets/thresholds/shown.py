"""What crossed a threshold, on the page of the matter that was opened of it: what it was and is by now, the
periods before it, who counted how much."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from bihuan.facets.thresholds.block import THRESHOLDS
from bihuan.facets.thresholds.crossing import Look, before
from bihuan.facets.thresholds.models import Crossing
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import standing_org, successor
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import levels
from bihuan.rules import periods
from bihuan.spec.schema import Programme

# How many periods the picture shows, the last that crossed it among them; how many who counted.
BACK, WHO = 8, 30


def shown(found: Matter, who: Actor, at: datetime) -> dict[str, Any] | None:
    """Each time that it was crossed, the last first, and the picture of the last. None of matters that were
    opened of nothing such."""
    rows = list(Crossing.objects.filter(stream=found.stream).order_by("-pk"))
    if not rows:
        return None
    programme, last = programmes.spec_of(found.release_id), rows[0]
    _, kind, name = last.threshold.split(".")
    on = timezone.localtime(at).date()
    place = successor(standing_org(last.place_id))

    def looked(row: Crossing) -> Look:
        return Look(programme, kind, name, place, periods.parse(row.period), on)

    key = f"thresholds.{kind}.{name}"
    told: dict[str, Any] = {
        "name": {locale: text.get(key, name) for locale, text in programme.strings.items()},
        "place": place,
        "times": [
            {
                "period": row.period,
                "crossed_by": row.crossed_by,
                "value": row.value,
                "least": row.least,
                "now": looked(row).value(),
            }
            for row in rows
        ],
        "counted": _counted(looked(last), who),
    }
    if kind in programme.kinds and name in (THRESHOLDS.of(programme.kinds[kind]) or {}):
        told["run"] = _run(looked(last), last.least)
    return told


def _run(one: Look, least: int) -> list[dict[str, Any]]:
    run = [*before(one.period, BACK - 1), one.period]
    return [
        {"period": each.text, "value": value, "over": value >= least and each == one.period}
        for each, value in zip(run, map(one.value, run), strict=True)
    ]


def _counted(one: Look, who: Actor) -> list[dict[str, Any]]:
    """Who counted anything in the period, most first; each with its matter, where the reader sees that."""
    rows = one.weighed(one.period).filter(value__gt=0).order_by("-value", "pk")[:WHO]
    values = {row.matter_id: row.value for row in rows}
    homes = dict(Matter.objects.filter(pk__in=values).values_list("pk", "home_id"))
    seen = {found.pk: found.number for found in matters.by_ids(who, [*values])}
    return [
        {
            "org": standing_org(homes[pk]).name,
            "value": value,
            "id": pk if pk in seen else None,
            "number": seen.get(pk, ""),
        }
        for pk, value in values.items()
    ]


def _types(programme: Programme) -> list[str]:
    return [
        one.level
        for _, block in THRESHOLDS.kinds(programme)
        for one in block.values()
        if one.level is not None
    ]


def register() -> None:
    """Puts the part on every matter that was opened of a threshold; types that thresholds name are known."""
    attach(Attached(name="thresholds", shown=shown))
    levels.NAMED.add("thresholds", _types)

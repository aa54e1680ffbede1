"""The verb of thresholds: what a matter adds to each of them, written down in the step that counted it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from django.utils import timezone

from bihuan.facets.counts.models import GroupCount
from bihuan.facets.thresholds import crossing
from bihuan.facets.thresholds.block import THRESHOLDS, WEIGH, ThresholdSpec, full
from bihuan.facets.thresholds.models import Weighed
from bihuan.foundation.orgs.api import Org, orgs_at, tree
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.parts import left_by
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import InputError
from bihuan.spec.arguments import Args

# How many days back what is counted may lie where a threshold does not say: a year, for whoever reports late.
DAYS_BACK = 366


class OfThresholds(Args):
    """Arguments of a verb that only a kind with thresholds can use."""

    facet: ClassVar[str] = "thresholds"


def weigh(step: Step, args: OfThresholds) -> None:
    """Writes down what this matter adds to each threshold of its kind, and has the house look whether one is
    crossed: at each for itself. Stands behind what counts.

    Refuses a day that is to come, and one longer ago than is counted.
    """
    del args
    counted = left_by(step, GroupCount)
    there = left_by(step, Weighed)
    for name, one in (THRESHOLDS.of(step.kind) or {}).items():
        known = there.get(name)
        day = _day(step, one, known)
        rows = [row for row in counted.values() if row["table"] == one.table]
        value = sum(row["numbers"].get(one.number, 0) for row in rows if row["group"] in one.groups)
        columns = {
            "threshold": full(step.programme.id, step.matter.kind, name),
            "place_id": _place(step, one).pk,
            "day": day,
            "value": value,
        }
        if known == columns:
            continue
        step.parts[(Weighed.PART, name)] = columns
        if known is None and not value:
            continue
        payload: dict[str, Any] = {"threshold": name}
        if known is not None:
            payload["before"] = {"place_id": known["place_id"], "day": known["day"].isoformat()}
        step.tasks.append((crossing.LOOK, payload, f"thresholds.{name}"))


def _day(step: Step, one: ThresholdSpec, known: Mapping[str, Any] | None) -> date:
    written = step.fact(one.day) if one.day is not None else None
    if not written:
        return timezone.localtime(step.matter.opened_at).date()
    day = written if isinstance(written, date) else date.fromisoformat(str(written))
    if day > step.day():
        raise InputError({str(one.day): ("thresholds.to_come", {})})
    said = one.days_back
    days = int(step.setting(said).value) if isinstance(said, str) else said or DAYS_BACK
    first = step.day() - timedelta(days=days)
    # What was taken once stays, however late its numbers are put right.
    if day < first and (known is None or known["day"] != day):
        raise InputError({str(one.day): ("thresholds.long_ago", {"n": days, "first": str(first)})})
    return day


def _place(step: Step, one: ThresholdSpec) -> Org:
    """Where it is added up: the nearest of that type, or right where it was counted where there is none."""
    home = step.org(step.value("home_id"))
    if one.level is None or home.level == one.level:
        return home
    there = orgs_at(tree.ancestors(home.path))
    found = [org for org in there if org.level == one.level and org.active]
    return max(found, key=lambda org: org.depth, default=home)


def register() -> None:
    """Declares the effect of this module."""
    verbs.effect(WEIGH, OfThresholds, weigh)

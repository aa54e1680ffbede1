"""A plan as it stands, or as a step leaves it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from bihuan.facets.plan.block import PLAN, JournalSpec, PlanSpec
from bihuan.facets.plan.models import PlanRun
from bihuan.facets.plan.owed import Run
from bihuan.foundation.audit.api import Part
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.parts import left_by
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import ProblemError, RefusedError

RUN = "run"


def spec(step: Step) -> PlanSpec:
    """How the kind declares its plan. Raises ProblemError where it does not (an old release)."""
    found = PLAN.of(step.kind)
    if found is None:
        raise ProblemError("plan.none")
    return found


def journal(step: Step) -> JournalSpec:
    """How the kind declares its journal. Raises ProblemError where it has none."""
    found = spec(step).journal
    if found is None:
        raise ProblemError("plan.no_journal")
    return found


def parts(step: Step, model: type[Part]) -> dict[str, dict[str, Any]]:
    """The parts of a sort by their keys, as the step leaves them, in the order they came."""
    return left_by(step, model)


def run_of(columns: Mapping[str, Any], ended: date | None = None) -> Run:
    """A run as it is kept; a matter that is over ends it at the latest."""
    last = min((one for one in (columns["ended"], ended) if one is not None), default=None)
    pauses = [(_day(start), _day(to) if to else None) for start, to in columns["pauses"]]
    return Run(columns["every"], columns["started"], last, pauses)


def _day(said: date | str) -> date:
    return said if isinstance(said, date) else date.fromisoformat(said)


def over(found: Matter) -> date | None:
    """The local day on which a matter was over, or None."""
    return timezone.localtime(found.closed_at).date() if found.closed_at else None


def running(step: Step) -> dict[str, Any]:
    """The run of the plan. Raises RefusedError where it was not started yet."""
    found = parts(step, PlanRun).get(RUN)
    if found is None:
        raise RefusedError("plan.not_started")
    return found

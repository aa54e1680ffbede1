"""The verbs of the run and the journal: started, paused, ended; written for a period, remarked upon."""

from datetime import date, timedelta
from typing import ClassVar

from pydantic import Field

from bihuan.facets.plan import owed, standing
from bihuan.facets.plan.block import JournalSpec
from bihuan.facets.plan.models import JournalEntry, JournalRemark, PlanRun
from bihuan.facets.plan.verbs import DateInput, OfPlan
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import InputError, NotAllowedError, RefusedError
from bihuan.rules.periods import Period
from bihuan.spec.arguments import TextInput


class OfPeriod(OfPlan):
    shown: ClassVar[tuple[str, ...]] = ("on",)
    on: DateInput | None = Field(
        None, description="an input with a day of the period; absent, or left empty: today"
    )


class Remark(OfPeriod):
    text: TextInput


def every(step: Step, one: JournalSpec) -> str:
    """week or month: what the kind says, or the setting it names, at the organisation that received it."""
    return one.every if one.every in owed.GRAINS else str(step.setting(one.every).value)


def start(step: Step, args: OfPlan) -> None:
    """The plan runs from today: its journal is owed from this period on. One that was ended goes on.

    Refuses a plan that runs.
    """
    del args
    found = standing.parts(step, PlanRun).get(standing.RUN)
    one = standing.spec(step).journal
    if found is None:
        columns = {
            "every": every(step, one) if one is not None else "",
            "started": step.day(),
            "ended": None,
            "pauses": [],
        }
    elif found["ended"] is None:
        raise RefusedError("plan.started")
    else:
        gap = [(found["ended"] + timedelta(days=1)).isoformat(), step.day().isoformat()]
        columns = {**found, "ended": None, "pauses": [*found["pauses"], gap]}
    step.parts[(PlanRun.PART, standing.RUN)] = columns


def pause(step: Step, args: OfPlan) -> None:
    """The plan stands still from today: no journal is owed until it goes on.

    Refuses a plan that does not run.
    """
    del args
    found = standing.running(step)
    if found["ended"] is not None or _still(found["pauses"]):
        raise RefusedError("plan.still")
    pauses = [*found["pauses"], [step.day().isoformat(), None]]
    step.parts[(PlanRun.PART, standing.RUN)] = {**found, "pauses": pauses}


def resume(step: Step, args: OfPlan) -> None:
    """A plan that stood still goes on from today.

    Refuses one that does not stand still.
    """
    del args
    found = standing.running(step)
    if found["ended"] is not None or not _still(found["pauses"]):
        raise RefusedError("plan.not_still")
    pauses = [*found["pauses"][:-1], [found["pauses"][-1][0], step.day().isoformat()]]
    step.parts[(PlanRun.PART, standing.RUN)] = {**found, "pauses": pauses}


def end(step: Step, args: OfPlan) -> None:
    """The plan ends today; one that ended, or never began, stays as it is."""
    del args
    found = standing.parts(step, PlanRun).get(standing.RUN)
    if found is not None and found["ended"] is None:
        step.parts[(PlanRun.PART, standing.RUN)] = {**found, "ended": step.day()}


def _still(pauses: list[list[str | None]]) -> bool:
    return bool(pauses) and pauses[-1][1] is None


def _period(step: Step, given: str | None) -> Period:
    """The period that is meant. Raises InputError where the plan did not run in it, or it is to come."""
    run = standing.running(step)
    said = step.inputs.get(given) if given else None
    day = date.fromisoformat(said) if said else step.day()
    period = owed.period_of(run["every"], day)
    first = owed.period_of(run["every"], run["started"])
    ended = run["ended"]
    outside = period.start < first.start or (ended is not None and period.start > ended)
    if outside or period.start > step.day():
        key = "plan.other_period"
        problem = (key, {"period": period.text, "first": first.text})
        if given is None:
            raise RefusedError(key, period=period.text, first=first.text)
        raise InputError({given: problem})
    return period


def write(step: Step, args: OfPeriod) -> None:
    """Writes the journal of a period: the inputs named as its declared parts. A second one of the same
    period is a correction: what it said first is kept. After its days of grace it is written late, and
    says so.

    Refuses a plan that was not started, a period before it or after it, one to come.
    """
    one = standing.journal(step)
    period = _period(step, args.on)
    before = standing.parts(step, JournalEntry).get(period.text)
    texts = {name: str(step.inputs.get(name) or "") for name in one.parts}
    if before is None:
        late = step.day() > owed.due_of(period, one.grace)
        columns = {
            "texts": texts,
            "first": {},
            "person_id": step.actor.person_id,
            "at": step.at,
            "timing": owed.LATE if late else owed.IN_TIME,
            "changed_by": None,
            "changed_at": None,
        }
    else:
        columns = {
            **before,
            "texts": {name: said or before["texts"].get(name, "") for name, said in texts.items()},
            "first": before["first"] or before["texts"],
            "changed_by": step.actor.person_id,
            "changed_at": step.at,
        }
    step.parts[(JournalEntry.PART, period.text)] = columns


def remark(step: Step, args: Remark) -> None:
    """Says something to the journal of a period, which stands beside it: one remark of each person, a
    second replaces it, and the log keeps both.

    Refuses a period without a journal, and those without an account.
    """
    person_id = step.actor.person_id
    if person_id is None:
        raise NotAllowedError("plan.nobody")
    period = _period(step, args.on)
    if period.text not in standing.parts(step, JournalEntry):
        problem = ("plan.not_written", {"period": period.text})
        raise InputError({args.on or args.text: problem})
    step.parts[(JournalRemark.PART, f"{period.text}-{person_id}")] = {
        "period": period.text,
        "person_id": person_id,
        "text": str(step.inputs.get(args.text, ""))[:4000],
        "at": step.at,
    }


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect("plan.start", OfPlan, start)
    verbs.effect("plan.pause", OfPlan, pause)
    verbs.effect("plan.resume", OfPlan, resume)
    verbs.effect("plan.end", OfPlan, end)
    verbs.effect("plan.journal", OfPeriod, write)
    verbs.effect("plan.remark", Remark, remark)

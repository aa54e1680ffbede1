"""Guards over plans: ready to run, by somebody of the team, all done, all written."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from bihuan.facets.plan import owed, standing
from bihuan.facets.plan.block import BODY
from bihuan.facets.plan.models import JournalEntry, PlanLine, PlanMember, PlanRun
from bihuan.facets.plan.verbs import OfPlan
from bihuan.foundation.audit.api import Part, history, read
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.spec.arguments import Nothing, NumberSetting
from bihuan.spec.base import Name


class Written(OfPlan):
    shown: ClassVar[tuple[str, ...]] = ("n",)
    n: int | None = Field(
        None, ge=0, examples=[2], description="how many may be missing; else none"
    )
    setting: NumberSetting | None = Field(None, description="a setting of type int that says so")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.n is not None and self.setting is not None:
            msg = "give n or a setting, and not both"
            raise ValueError(msg)
        return self


class Member(OfPlan):
    holds: bool = Field(default=True, description="false: is not one of the team")
    lead: bool = Field(default=False, description="answers first")


class Filled(OfPlan):
    shown: ClassVar[tuple[str, ...]] = ("chapters",)
    chapters: tuple[Name, ...] = Field(
        min_length=1, examples=[["actions"]], description="chapters of the plan of this kind"
    )


def ready(step: Step, args: OfPlan) -> Refusal | None:
    """The plan can run: it has a milestone, and somebody of its team answers first, as far as the kind
    has milestones and people."""
    del args
    one = standing.spec(step)
    lines = standing.parts(step, PlanLine).values() if one.milestones else ()
    if one.milestones and all(line["state"] == "dropped" for line in lines):
        return Refusal("guard.plan_no_lines", {})
    team = standing.parts(step, PlanMember).values() if one.people else ()
    if one.people and not any(who["lead"] and who["until"] is None for who in team):
        return Refusal("guard.plan_no_lead", {})
    return None


def done(step: Step, args: OfPlan) -> Refusal | None:
    """Every milestone is done or was dropped, and one at least is done."""
    del args
    states = [one["state"] for one in standing.parts(step, PlanLine).values()]
    left = states.count("open")
    if left == 0 and {"in_time", "late"} & {*states}:
        return None
    return Refusal("guard.plan_done", {"left": left})


def written(step: Step, args: Written) -> Refusal | None:
    """No journal is missing, or at most so many."""
    most = args.n or 0
    if args.setting is not None:
        most = int(step.setting(args.setting).value)
    missing = _missing(step)
    if len(missing) <= most:
        return None
    told = {"missing": len(missing), "most": most, "periods": ", ".join(missing[:6])}
    return Refusal("guard.plan_written", told)


def _missing(step: Step) -> list[str]:
    kept = standing.parts(step, PlanRun).get(standing.RUN)
    one = standing.spec(step).journal
    if kept is None or one is None:
        return []
    entries = standing.parts(step, JournalEntry)
    timing = {key: row["timing"] for key, row in entries.items()}
    found = owed.squares(standing.run_of(kept), timing, step.day(), one.grace)
    return [square.period for square in found if square.state == owed.MISSED]


def member(step: Step, args: Member) -> Refusal | None:
    """The one who acts is of the team; with `lead`: answers first; with `holds = false`: is not."""
    mine = standing.parts(step, PlanMember).get(str(step.actor.person_id))
    there = mine is not None and mine["until"] is None and (mine["lead"] or not args.lead)
    if there == args.holds:
        return None
    if not args.holds:
        return Refusal("guard.plan_of_team", {})
    return Refusal("guard.plan_not_lead" if args.lead else "guard.plan_not_of_team", {})


def filled(step: Step, args: Filled) -> Refusal | None:
    """There is something in each of these chapters."""
    left = [name for name in args.chapters if not _holds(step, name)]
    return Refusal("guard.plan_filled", {"left": len(left)}) if left else None


def _holds(step: Step, name: str) -> bool:
    chapter = next((one for one in standing.spec(step).chapters if one.id == name), None)
    if chapter is None:
        return False
    if chapter.fields:
        asked = [field for field in chapter.fields if field != BODY]
        return all(step.fact(field) not in (None, "", []) for field in asked)
    if chapter.steps:
        taken = {read(event).get("action") for event in history(step.matter.stream)}
        return step.action in chapter.steps or not taken.isdisjoint(chapter.steps)
    models: dict[str | None, type[Part]] = {"milestones": PlanLine, "people": PlanMember}
    if chapter.of in models:
        return bool(standing.parts(step, models[chapter.of]))
    entries = standing.parts(step, JournalEntry).values()
    return any(chapter.journal is None or one["texts"].get(chapter.journal) for one in entries)


def above(step: Step, args: Nothing) -> Refusal | None:
    """Where the matter above has a team, whoever acts is of it."""
    del args
    if step.matter.parent_id is None:
        return None
    rows = PlanMember.objects.filter(matter_id=step.matter.parent_id, until=None)
    there = {row.person_id for row in rows}
    if not there or step.actor.person_id in there:
        return None
    return Refusal("guard.plan_not_of_team", {})


def register() -> None:
    """Declares the guards of this module."""
    verbs.guard("plan.ready", OfPlan, ready)
    verbs.guard("plan.done", OfPlan, done)
    verbs.guard("plan.written", Written, written)
    verbs.guard("plan.filled", Filled, filled)
    verbs.guard("plan.member", Member, member)
    verbs.guard("plan.member_above", Nothing, above)

"""The verbs of the team: who joins with which part, who answers first, who leaves on which day."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from bihuan.facets.plan import standing
from bihuan.facets.plan.models import PlanMember
from bihuan.facets.plan.verbs import OF_ROWS, DateInput, OfPlan, RowsInput
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import InputError, RefusedError
from bihuan.spec.arguments import Names, PersonInput, TextInput

MOST = 100
BoolInput = Annotated[str, Names("input", ("bool",))]


class Join(OfPlan):
    shown: ClassVar[tuple[str, ...]] = ("rows",)
    rows: RowsInput | None = Field(None, examples=["team"], description=OF_ROWS)
    person: PersonInput | None = Field(None, description="an input of type person: who joins")
    part: TextInput | None = Field(None, description="an input with their part in words")
    lead: BoolInput | None = Field(None, description="an input that says whether they answer first")
    first: bool = Field(default=False, description="whoever joins answers first")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.rows is None) == (self.person is None):
            msg = "give rows or a person, and not both"
            raise ValueError(msg)
        return self


class Leave(OfPlan):
    person: PersonInput
    on: DateInput | None = Field(None, description="an input with the last day; absent: today")


def join(step: Step, args: Join) -> None:
    """People join the team, from single inputs or from rows with the columns `person`, and where wanted
    `part` (text) and `lead` (bool). Said again of somebody, it changes their part. One answers first:
    whoever did before does no longer.

    Refuses more than a hundred that ever were in it, and more at a time than its kind lets it have.
    """
    known = standing.parts(step, PlanMember)
    for row in _asked(step, args):
        person = row.get("person")
        if person is None:
            raise InputError({row["_at"]: ("input.required", {})})
        key, before = str(person), known.get(str(person))
        back = before is None or before["until"] is not None
        lead = bool(row.get("lead")) or (not back and before is not None and before["lead"])
        columns = {
            "person_id": person,
            "part": row.get("part") or (before["part"] if before else ""),
            "lead": lead,
            "since": step.day() if before is None or back else before["since"],
            "until": None,
        }
        if row.get("lead"):
            _second(step, known, key)
        known[key] = columns
        step.parts[(PlanMember.PART, key)] = columns
    if len(known) > MOST:
        raise RefusedError("plan.too_many", limit=MOST)
    most = _most(step)
    there = sum(one["until"] is None for one in known.values())
    if most is not None and there > most:
        told = {"most": most, "there": there}
        raise InputError({str(args.rows or args.person): ("plan.team_too_large", told)})


def _most(step: Step) -> int | None:
    """How many may be in the team at a time."""
    said = standing.spec(step).most
    return int(step.setting(said).value) if isinstance(said, str) else said


def _asked(step: Step, args: Join) -> list[dict[str, Any]]:
    if args.rows is not None:
        rows = step.inputs.get(args.rows) or []
        return [{**row, "_at": args.rows} for row in rows]
    names = {"person": args.person, "part": args.part, "lead": args.lead}
    found = {key: step.inputs.get(str(name)) for key, name in names.items() if name is not None}
    return [{**found, "lead": args.first or found.get("lead"), "_at": str(args.person)}]


def _second(step: Step, known: Mapping[str, dict[str, Any]], but: str) -> None:
    for key, one in known.items():
        if one["lead"] and key != but:
            one["lead"] = False
            step.parts[(PlanMember.PART, key)] = one


def leave(step: Step, args: Leave) -> None:
    """Somebody leaves the team, today or on the day an input says; the team goes on showing them.

    Refuses whoever is not in it, and whoever answers first: another has to, before.
    """
    person = step.inputs.get(args.person)
    found = standing.parts(step, PlanMember).get(str(person))
    if found is None or found["until"] is not None:
        raise InputError({args.person: ("plan.not_in_team", {})})
    if found["lead"]:
        raise InputError({args.person: ("plan.leads", {})})
    said = step.inputs.get(args.on) if args.on else None
    last = date.fromisoformat(said) if said else step.day()
    if last < found["since"]:
        raise InputError({str(args.on): ("plan.before_joining", {"since": f"{found['since']}"})})
    step.parts[(PlanMember.PART, str(person))] = {**found, "until": last}


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect("plan.join", Join, join)
    verbs.effect("plan.leave", Leave, leave)

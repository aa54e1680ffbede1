"""The verbs of milestones: lines that are added, moved in sight of everybody, brought on, dropped."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from bihuan.facets.plan import standing
from bihuan.facets.plan.models import PlanLine, PlanRun
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import InputError, RefusedError
from bihuan.spec.arguments import Args, Names, PersonInput, TextInput

RowsInput = Annotated[str, Names("input", ("rows",))]
DateInput = Annotated[str, Names("input", ("date",))]
OF_ROWS = "an input of type rows, with the columns said above"
IntInput = Annotated[str, Names("input", ("int",))]
MOST = 60
DONE = 100


class OfPlan(Args):
    """Arguments of a verb that only a kind with a plan can use."""

    facet: ClassVar[str] = "plan"


class _Lined(OfPlan):
    """Of lines: many at once from `rows`, or one."""

    shown: ClassVar[tuple[str, ...]] = ("rows",)
    rows: RowsInput | None = Field(None, examples=["steps"], description=OF_ROWS)
    line: IntInput | None = Field(None, description="an input with the number of a milestone")

    def asked(self, step: Step, names: Mapping[str, str | None]) -> Iterator[dict[str, Any]]:
        """What was filled in, a row at a time, each with the input (or row) to blame."""
        if self.rows is not None:
            yield from ({**row, "_at": self.rows} for row in step.inputs.get(self.rows) or [])
            return
        given = {key: step.inputs.get(name) for key, name in names.items() if name is not None}
        first = next((name for name in names.values() if name is not None), "")
        yield {**{k: v for k, v in given.items() if v is not None}, "_at": first}


class Line(_Lined):
    title: TextInput | None = Field(None, description="an input that says what is to be done")
    by: DateInput | None = Field(None, description="an input of type date: by when")
    person: PersonInput | None = Field(None, description="an input that says who answers for it")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.rows is None) == (self.title is None):
            msg = "give rows or a title, and not both"
            raise ValueError(msg)
        if self.title is not None and self.by is None:
            msg = "give the input that says by when"
            raise ValueError(msg)
        return self


class Progress(_Lined):
    percent: IntInput | None = Field(None, description="an input from 0 to 100: how far it is")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.rows is None and (self.line is None or self.percent is None):
            msg = "give rows, or line and percent"
            raise ValueError(msg)
        return self


class Drop(OfPlan):
    line: IntInput = Field(examples=["line"], description="an input with the number of a milestone")
    reason: TextInput


def line(step: Step, args: Line) -> None:
    """Adds milestones, or changes those whose number is given, from single inputs or from rows with the
    columns `title`, `by` (a date), and where wanted `person` and `line`. A date that is changed once the
    plan was started stands beside the first one.

    Refuses a number that there is not, a milestone that is over, one without a title or a date.
    """
    known = standing.parts(step, PlanLine)
    started = bool(standing.parts(step, PlanRun))
    names = {"title": args.title, "by": args.by, "person": args.person, "line": args.line}
    for row in args.asked(step, names):
        number = row.get("line")
        if number is None:
            key = str(max((int(one) for one in known), default=0) + 1)
            if int(key) > MOST:
                raise RefusedError("plan.too_many", limit=MOST)
            columns = _added(row)
        else:
            key = str(number)
            columns = _changed(_open(known, key, row["_at"]), row, started=started)
        known[key] = columns
        step.parts[(PlanLine.PART, key)] = columns


def _added(row: Mapping[str, Any]) -> dict[str, Any]:
    if not row.get("title"):
        raise InputError({row["_at"]: ("input.required", {})})
    if not row.get("by"):
        raise InputError({row["_at"]: ("plan.no_date", {"title": row["title"]})})
    due = date.fromisoformat(row["by"])
    return {
        "title": row["title"],
        "due": due,
        "first": due,
        "moved": 0,
        "person_id": row.get("person"),
        "percent": 0,
        "state": "open",
        "ended_on": None,
        "why": "",
    }


def _changed(known: dict[str, Any], row: Mapping[str, Any], *, started: bool) -> dict[str, Any]:
    due = date.fromisoformat(row["by"]) if row.get("by") else known["due"]
    return {
        **known,
        "title": row.get("title") or known["title"],
        "due": due,
        # Until it starts it is a draft, which promises nothing.
        "first": known["first"] if started else due,
        "moved": known["moved"] + (started and due != known["due"]),
        "person_id": row.get("person") or known["person_id"],
    }


def _open(known: Mapping[str, dict[str, Any]], key: str, at: str) -> dict[str, Any]:
    found = known.get(key)
    if found is None:
        raise InputError({at: ("plan.no_line", {"line": key})})
    if found["state"] != "open":
        raise InputError({at: ("plan.line_over", {"line": key})})
    return found


def progress(step: Step, args: Progress) -> None:
    """Says how far milestones are, in per cent, by single inputs or by rows with the columns `line` and
    `percent`. A hundred is done, on this day: in time where that is not after the date it had first.

    Refuses a number that there is not, a milestone that is over, more than a hundred.
    """
    known = standing.parts(step, PlanLine)
    for row in args.asked(step, {"line": args.line, "percent": args.percent}):
        key, percent = str(row.get("line", "")), row.get("percent")
        columns = {**_open(known, key, row["_at"])}
        if percent is None or percent > DONE:
            raise InputError({row["_at"]: ("plan.percent", {})})
        columns["percent"] = percent
        if percent == DONE:
            columns["state"] = "late" if step.day() > columns["first"] else "in_time"
            columns["ended_on"] = step.day()
        known[key] = columns
        step.parts[(PlanLine.PART, key)] = columns


def drop(step: Step, args: Drop) -> None:
    """Drops a milestone with the reason; it stays to be seen.

    Refuses a number that there is not, and a milestone that is over.
    """
    key = str(step.inputs.get(args.line, ""))
    columns = _open(standing.parts(step, PlanLine), key, args.line)
    why = str(step.inputs.get(args.reason, ""))[:2000]
    gone = {"state": "dropped", "ended_on": step.day(), "why": why}
    step.parts[(PlanLine.PART, key)] = {**columns, **gone}


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect("plan.line", Line, line)
    verbs.effect("plan.progress", Progress, progress)
    verbs.effect("plan.drop", Drop, drop)

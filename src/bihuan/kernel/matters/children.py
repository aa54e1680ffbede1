"""Many matters under one at once: an effect that opens one for each organisation or row that was filled
in, and the guard that asks whether there are enough of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from bihuan.kernel.matters import access, fieldtypes, inputs, opening, verbs
from bihuan.kernel.matters.fieldtypes import Words
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.kernel.programmes.api import ProgrammeError
from bihuan.lib.problems import InputError, ProblemError
from bihuan.spec.arguments import (
    AnyInput,
    Args,
    FactName,
    KindName,
    Names,
    NumberSetting,
    ProgrammeName,
)
from bihuan.spec.base import Name

EachInput = Annotated[
    str,
    Names("input", ("org", "orgs", "rows")),
    Field(examples=["units"], description="an input of type org, orgs or rows: one child for each"),
]


class OpenEach(Args):
    shown: ClassVar[tuple[str, ...]] = ("columns",)
    programme: ProgrammeName
    kind: KindName
    subject: str = Field(examples=["整改任务"], description="what each of them is called")
    each: EachInput
    columns: dict[str, str] = Field(
        default_factory=dict,
        examples=[{"body": "what"}],
        description="field of the child, or body → column of the rows",
    )
    says: tuple[str, ...] = Field(
        (), examples=[["what"]], description="columns that stand in what each is called, as typed"
    )
    unit: str | None = Field(None, description="a column of type org: the unit that has it")
    person: str | None = Field(None, description="a column of type person: who has it")
    names: str | None = Field(
        None, description="a field of the child, of type org, that holds the organisation"
    )
    at_home: bool = Field(
        default=False, description="each is with the organisation that received this matter"
    )
    keep_person: bool = Field(default=False, description="whoever has this matter has each of them")
    fields: dict[str, AnyInput] = Field(
        default_factory=dict, description="field of the child, or body → input of this action"
    )
    facts: dict[str, FactName] = Field(
        default_factory=dict, description="field of the child → fact of this matter"
    )
    given: dict[str, str] = Field(
        default_factory=dict, description="field of the child → what it is always filled with"
    )


class Enough(Args):
    shown: ClassVar[tuple[str, ...]] = ("n",)
    programme: ProgrammeName
    kind: KindName
    n: int | None = Field(None, ge=1, examples=[2], description="how many; or `setting`")
    setting: NumberSetting | None = Field(None, description="a setting of type int; or the number")
    without: tuple[Name, ...] = Field((), description="states of that kind that do not count")
    each: EachInput | None = Field(
        None, description="an input whose organisations or rows count as if opened by this action"
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.n is None) == (self.setting is None):
            msg = "give n or a setting, and not both"
            raise ValueError(msg)
        return self


def _rows(step: Step, name: str) -> list[Any]:
    given = step.inputs.get(name)
    if given is None:
        return []
    return given if isinstance(given, list) else [given]


def _shared(step: Step, args: OpenEach) -> dict[str, Any]:
    """What every one of them is filled with."""
    found: dict[str, Any] = dict(args.given)
    for name, fact in args.facts.items():
        if step.fact(fact):
            one = step.kind.fields.get(fact)
            found[name] = inputs.typed(one, step.fact(fact)) if one else step.fact(fact)
    asked = step.kind.actions[step.action].inputs
    for name, source in args.fields.items():
        if source in step.inputs:
            found[name] = inputs.typed(asked[source], step.inputs[source])
    return found


@dataclass(frozen=True)
class _One:
    """One to be opened: where it was filled in, what it is called beside the others, its own fields."""

    where: str
    called: str
    own: dict[str, Any]
    unit: int | None
    person: int | None = None


# Only what is told the same in every language stands in a subject.
_WORDLESS = Words(text=lambda key, **values: "", choice=lambda field, choice: "")


def _each(step: Step, args: OpenEach) -> Iterator[_One]:
    asked = step.kind.actions[step.action].inputs.get(args.each)
    for n, row in enumerate(_rows(step, args.each)):
        if not isinstance(row, Mapping):
            own = {args.names: row} if args.names else {}
            yield _One(args.each, step.org(row).name, own, row)
            continue
        columns = asked.columns if asked is not None else {}
        own = {
            name: inputs.typed(columns[column], row[column])
            for name, column in args.columns.items()
            if column in row
        }
        called = [
            fieldtypes.of(columns[name]).tell(name, row[name], _WORDLESS)
            for name in args.says
            if name in row
        ]
        unit = row.get(args.unit) if args.unit else None
        person = row.get(args.person) if args.person else None
        yield _One(f"{args.each}.{n}", " ".join(called), own, unit, person)


def open_each(step: Step, args: OpenEach) -> None:
    """Opens a matter under this one for each organisation, at that organisation, or for each row that an
    input holds; in the same step, all of them or none. What is left empty opens none. Each is called as
    `subject` says, with the organisation's name or what its row `says`.

    Refuses an organisation that has an open one of this kind under the matter already.
    """
    shared = _shared(step, args)
    kept = step.value("assignee_id") if args.keep_person else None
    there: dict[int, str] = {}
    for one in _each(step, args):
        if one.where == args.each and one.unit is not None:
            there = there or _open_at(step, args)
            if one.unit in there:
                told = {"name": step.org(one.unit).name, "number": there[one.unit]}
                raise InputError({one.where: ("children.there_already", told)})
        try:
            child = opening.open_child(
                step,
                args.programme,
                args.kind,
                f"{args.subject} {one.called}".strip(),
                {**shared, **one.own},
                unit_id=step.value("home_id") if args.at_home else one.unit,
                person_id=one.person or kept,
            )
        except ProgrammeError as error:
            raise ProblemError(error.key, **error.values) from error
        step.data.setdefault("children", []).append(child.pk)


def _of_kind(step: Step, args: OpenEach | Enough) -> list[Matter]:
    rows = Matter.objects.filter(parent_id=step.matter.pk, programme=args.programme, kind=args.kind)
    return list(rows.order_by("pk"))


def _open_at(step: Step, args: OpenEach) -> dict[int, str]:
    """The organisations that have an open one, each with a number the actor may know."""
    return {
        one.unit_id: one.number if access.sees(step.actor, one) else "—"
        for one in _of_kind(step, args)
        if one.phase != "done"
    }


def enough(step: Step, args: Enough) -> Refusal | None:
    """So many matters of a kind are under this one, those at one organisation counted once."""
    wanted = args.n if args.n is not None else int(step.setting(str(args.setting)).value)
    there = {one.unit_id for one in _of_kind(step, args) if one.state not in args.without}
    new = _rows(step, args.each) if args.each else []
    # What is opened for rows is at the unit that has this matter: each of them counts.
    count = len(there | {one for one in new if isinstance(one, int)})
    count += sum(isinstance(one, Mapping) for one in new)
    if count >= wanted:
        return None
    told = {"there": count, "needed": wanted, "left": wanted - count}
    return Refusal("guard.children_enough", told)


def register() -> None:
    """Declares the verbs of this module."""
    verbs.effect("children.open", OpenEach, open_each)
    verbs.guard("children.enough", Enough, enough)

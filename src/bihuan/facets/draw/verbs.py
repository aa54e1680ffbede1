"""The verbs of drawing: some rows of the kind's list are drawn by lot and a matter is opened for each; whether
they were drawn in this period."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from pydantic import Field, model_validator

from bihuan.facets.draw import lots
from bihuan.facets.draw.block import DRAW, OPEN, DrawSpec
from bihuan.facets.draw.models import DrawMade
from bihuan.kernel.matters import fieldtypes, inputs, opening, verbs
from bihuan.kernel.matters.fieldtypes import Words
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.kernel.programmes.api import ProgrammeError
from bihuan.lib.problems import InputError, ProblemError, RefusedError
from bihuan.rules.periods import Grain, Period
from bihuan.spec.arguments import Args, FactName, KindName, NumberSetting, ProgrammeName
from bihuan.spec.schema import Input

# Only what is told the same in every language stands in a subject.
_WORDLESS = Words(text=lambda key, **values: "", choice=lambda field, choice: "")


class OfDraw(Args):
    """Arguments of a verb that only a kind with a draw can use."""

    facet: ClassVar[str] = "draw"


class Open(OfDraw):
    shown: ClassVar[tuple[str, ...]] = ("n", "columns")
    programme: ProgrammeName
    kind: KindName
    subject: str = Field(examples=["抽查"], description="what each of them is called")
    n: int | None = Field(None, ge=1, examples=[2], description="how many rows; or `setting`")
    setting: NumberSetting | None = Field(None, description="a setting of type int; or the number")
    columns: dict[str, str] = Field(
        default_factory=dict,
        examples=[{"body": "what"}],
        description="field of the child, or body → column of the rows",
    )
    weekday: str | None = Field(
        None,
        description="a column of type choice, the days of the week from Monday: where `columns` has it, its "
        "field is the date of that day in the week",
    )
    says: tuple[str, ...] = Field(
        (), description="columns, or fields of this matter, that stand in what each is called"
    )
    unit: str | None = Field(None, description="a column of type org: the unit that has it")
    person: str | None = Field(None, description="a column of type person: who has it")
    facts: dict[str, FactName] = Field(
        default_factory=dict, description="field of the child → fact of this matter"
    )
    given: dict[str, str] = Field(
        default_factory=dict, description="field of the child → what it is always filled with"
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.n is None) == (self.setting is None):
            msg = "give n or a setting, and not both"
            raise ValueError(msg)
        return self


def _block(step: Step) -> DrawSpec:
    found = DRAW.of(step.kind)
    if found is None:
        raise ProblemError("draw.none")
    return found


def _drawn(step: Step, period: Period) -> bool:
    """Whether the list was drawn from in a period."""
    rows = DrawMade.objects.filter(stream=step.matter.stream, key=period.text)
    return bool(step.matter.pk) and rows.exists()


def draw_open(step: Step, args: Open) -> None:
    """Draws so many rows of the kind's list by lot, for the period of this day, and opens a matter for each, all
    of them or none. The seed and the rows stay on the matter, so that anybody who sees it can work out
    again which were drawn. Fewer rows than asked for are all drawn.

    Refuses a second time in a period, and a list in which nothing stands.
    """
    block = _block(step)
    period = Period.of(block.grain, step.day())
    if _drawn(step, period):
        raise RefusedError("draw.drawn_already", period=period.text)
    rows: list[Mapping[str, Any]] = list(step.fact(block.among) or [])
    if not rows:
        raise RefusedError("draw.empty")
    stream = step.matter.stream
    seed = lots.seed(settings.SECRETS["blind"], stream, period.text)
    n = args.n if args.n is not None else int(step.setting(str(args.setting)).value)
    drawn = lots.drawn(seed, rows, n)
    step.parts[(DrawMade.PART, period.text)] = {
        "period": period.text,
        "seed": seed,
        "among": [dict(row) for row in rows],
        "drawn": drawn,
        "made_at": step.at,
    }
    columns = step.kind.fields[block.among].columns
    for number in drawn:
        try:
            _open(step, args, columns, rows[number - 1], period)
        except InputError as error:
            raise RefusedError("draw.unfit", row=number) from error


def _open(
    step: Step, args: Open, columns: Mapping[str, Input], row: Mapping[str, Any], period: Period
) -> None:
    fields: dict[str, Any] = {
        **args.given,
        **dict(_facts(step, args)),
        **dict(_columns(args, columns, row, period)),
    }
    called = [*_called(step, args, columns, row)]
    try:
        child = opening.open_child(
            step,
            args.programme,
            args.kind,
            " ".join([args.subject, *called]),
            fields,
            unit_id=row.get(args.unit) if args.unit else None,
            person_id=row.get(args.person) if args.person else None,
        )
    except ProgrammeError as error:
        raise ProblemError(error.key, **error.values) from error
    step.data.setdefault("children", []).append(child.pk)


def _called(
    step: Step, args: Open, columns: Mapping[str, Input], row: Mapping[str, Any]
) -> Iterator[str]:
    for name in args.says:
        one = columns.get(name) or step.kind.fields[name]
        value = row.get(name) if name in columns else step.fact(name)
        if value is not None:
            yield fieldtypes.of(one).tell(name, value, _WORDLESS)


def _facts(step: Step, args: Open) -> Iterator[tuple[str, Any]]:
    for name, fact in args.facts.items():
        if step.fact(fact):
            one = step.kind.fields.get(fact)
            yield name, inputs.typed(one, step.fact(fact)) if one else step.fact(fact)


def _columns(
    args: Open, columns: Mapping[str, Input], row: Mapping[str, Any], period: Period
) -> Iterator[tuple[str, Any]]:
    for name, column in args.columns.items():
        if row.get(column) is None:
            continue
        one = columns[column]
        if column == args.weekday:
            yield name, _day(one, str(row[column]), period).isoformat()
        else:
            yield name, inputs.typed(one, row[column])


def _day(one: Input, choice: str, period: Period) -> date:
    """The day of a week that a choice means, Monday first."""
    return Period.of(Grain.WEEK, period.start).start + timedelta(days=one.choices.index(choice))


def due(step: Step, args: OfDraw) -> Refusal | None:
    """Nothing was drawn yet in the period of this day."""
    del args
    period = Period.of(_block(step).grain, step.day())
    return Refusal("guard.draw_due", {"period": period.text}) if _drawn(step, period) else None


def register() -> None:
    """Declares the verbs of this module."""
    verbs.effect(OPEN, Open, draw_open)
    verbs.guard("draw.due", OfDraw, due)

"""The agenda and the minutes: what was to be spoken of, what was said, signed by two."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from bihuan.facets.gathering import closing, standing
from bihuan.facets.gathering.attending import RowsInput
from bihuan.facets.gathering.block import AGENDA, MINUTE, SIGN_MINUTES
from bihuan.facets.gathering.models import AgendaLine, MinutesSignature, MinutesText
from bihuan.facets.gathering.planning import OfGathering
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import InputError, NotAllowedError, RefusedError
from bihuan.spec.arguments import MattersInput, TextInput

TEXT = "text"
MOST_LINES = 60
_TEXT, _OUTCOME = 200, 2000
_READ = Literal["chair", "recorder"]


class Agenda(OfGathering):
    beside: ClassVar[bool] = True
    alone: ClassVar[bool] = True
    shown: ClassVar[tuple[str, ...]] = ("rows",)
    rows: RowsInput | None = Field(
        None, examples=["lines"], description="an input of type rows, with the columns said above"
    )
    matters: MattersInput | None = Field(
        None, description="an input that names matters of the house, a line for each"
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.rows is None and self.matters is None:
            msg = "give rows, or matters"
            raise ValueError(msg)
        return self


class Minute(OfGathering):
    beside: ClassVar[bool] = True
    alone: ClassVar[bool] = True
    reason: TextInput | None = Field(
        None, description="an input that says why they are changed after both signed"
    )


class Sign(OfGathering):
    as_: Annotated[
        _READ, Field(alias="as", examples=["chair"], description="the chair, or the recorder")
    ]


def agenda(step: Step, args: Agenda) -> None:
    """Adds lines to the agenda, or changes those whose number is given, from rows with the columns `title`,
    and where wanted `line`, `person` and `outcome` (what came of it); and a line for each matter that is
    named, once.

    A signature that stands alone is withdrawn by it.

    Refuses a number that there is not, a matter that the actor does not see, more than 60 lines, and once
    both signed the minutes.
    """
    known = standing.parts(step, AgendaLine)
    standing.unsigned(step)
    standing.reopened(step)
    for row in (step.inputs.get(args.rows) or []) if args.rows is not None else ():
        number = row.get("line")
        if number is not None and str(number) not in known:
            raise InputError({str(args.rows): ("gathering.no_line", {"line": number})})
        key = str(number) if number is not None else _next(known)
        known[key] = _line(known.get(key, {}), row)
        step.parts[(AgendaLine.PART, key)] = known[key]
    there = {one["about_id"] for one in known.values()}
    for pk in _matters(step, args.matters):
        if pk not in there:
            key = _next(known)
            known[key] = {**_line({}, {}), "about_id": pk}
            step.parts[(AgendaLine.PART, key)] = known[key]


def _matters(step: Step, name: str | None) -> list[int]:
    given = step.inputs.get(name) if name is not None else None
    wanted = given if isinstance(given, list) else [given] if given is not None else []
    seen = {one.pk for one in matters.by_ids(step.actor, wanted)}
    for nth, pk in enumerate(wanted, 1):
        # Absent and forbidden look alike, as everywhere.
        if pk not in seen:
            raise InputError({str(name): ("input.unknown_matter", {"nth": nth})})
    return wanted


def _next(known: Mapping[str, Any]) -> str:
    if len(known) >= MOST_LINES:
        raise RefusedError("gathering.too_many_lines", most=MOST_LINES)
    return str(1 + max((int(key) for key in known), default=0))


def _line(before: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": str(row.get("title") or before.get("title", ""))[:_TEXT],
        "about_id": before.get("about_id"),
        "person_id": row.get("person") or before.get("person_id"),
        "outcome": str(row.get("outcome") or before.get("outcome", ""))[:_OUTCOME],
    }


def minute(step: Step, args: Minute) -> None:
    """Writes the minutes: the inputs named as their declared parts. A change withdraws a signature that stands
    alone; once both signed they are changed with a reason only, and what they said before stands beside
    them.

    Refuses before its day, and a gathering that is called off.
    """
    found = standing.sitting(step)
    if found["held_at"] is None:
        standing.on_its_day(step)
    before = standing.parts(step, MinutesText).get(TEXT, {}).get("texts", {})
    names = standing.block_of(step).minutes
    texts = {name: str(step.inputs.get(name) or before.get(name, "")) for name in names}
    changed = [name for name in names if texts[name] != before.get(name, "")]
    if standing.signed(step) and changed:
        why = str(step.inputs.get(args.reason, "")) if args.reason is not None else ""
        if not why:
            raise RefusedError("gathering.signed_minutes")
        said = {name: before.get(name, "") for name in changed}
        closing.mend(step, parts=changed, texts=said, why=why[:_OUTCOME])
    elif changed:
        standing.reopened(step)
    columns = {"texts": texts, "by": step.actor.person_id, "at": step.at}
    step.parts[(MinutesText.PART, TEXT)] = columns


def missing(step: Step) -> list[str]:
    """The parts of the minutes in which nothing is written yet."""
    texts = standing.parts(step, MinutesText).get(TEXT, {}).get("texts", {})
    return [name for name in standing.block_of(step).minutes if not texts.get(name)]


def sign(step: Step, args: Sign) -> None:
    """Whoever acts signs the minutes, as chair or as recorder: two different people, each once.

    Refuses before it was held, minutes in which something is missing, a second signature of one person
    or in one place, and those without an account.
    """
    standing.held(step)
    person_id, there = step.actor.person_id, standing.parts(step, MinutesSignature)
    if person_id is None:
        raise NotAllowedError("gathering.nobody")
    left = missing(step)
    if left:
        raise RefusedError("gathering.minutes_lack", n=len(left))
    if args.as_ in there:
        raise RefusedError("gathering.signed_already")
    if any(one["person_id"] == person_id for one in there.values()):
        raise RefusedError("gathering.signs_twice")
    step.parts[(MinutesSignature.PART, args.as_)] = {"person_id": person_id, "at": step.at}


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect(AGENDA, Agenda, agenda)
    verbs.effect(MINUTE, Minute, minute)
    verbs.effect(SIGN_MINUTES, Sign, sign)

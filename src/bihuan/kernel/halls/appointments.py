"""Appointments: the type of a half hour, the verbs of taking a place, giving it back, coming on its day."""

from typing import Annotated, Any, ClassVar

from django.utils import timezone
from pydantic import Field

from bihuan.kernel.halls import api as halls
from bihuan.kernel.halls import lines, queueing
from bihuan.kernel.halls.windows import TAKE
from bihuan.kernel.matters import attached, day_names, fieldtypes, verbs
from bihuan.kernel.matters.attached import Attached
from bihuan.kernel.matters.fieldtypes import Asked, BadValueError, FieldType, Option, Words
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.lib.problems import InputError, ProblemError, RefusedError
from bihuan.spec.arguments import Args, ClockName, FactName, Names, Nothing, NumberSetting
from bihuan.spec.schema import Input

SlotInput = Annotated[
    str, Names("input", ("slot",)), Field(examples=["slot"], description="an input of type slot")
]


class OneFact(Args):
    fact: FactName


class TakePlace(Args):
    input: SlotInput
    setting: NumberSetting
    clock: ClockName
    sets: ClassVar = ("window",)
    clocks: ClassVar = "starts"


def place_take(step: Step, args: TakePlace) -> None:
    """Takes a place of the hall at a half hour, instead of the one it had, and starts the clock
    that runs from it. `setting` says how many days ahead one may book.

    Refuses a half hour that there is not (a holiday has none), that has begun, or that is full.
    """
    org = step.org(step.value("home_id"))
    days = int(step.setting(args.setting).value)
    try:
        columns = halls.take(org, step.inputs[args.input], step.at, days=days)
    except halls.HallError as error:
        raise InputError({args.input: (error.key, error.values)}) from None
    step.parts[("place", "one")] = columns
    step.facts()["window"] = columns["window"]
    step.start_clock(args.clock, halls.instant_of(org, *halls.written(step.inputs[args.input])))


def place_leave(step: Step, args: Nothing) -> None:
    """Gives the booked place back, for somebody else to take."""
    del args
    step.parts[("place", "one")] = None


def day_come(step: Step, args: OneFact) -> Refusal | None:
    """The half hour that a fact names is of today."""
    day = str(step.fact(args.fact) or "")[:10]
    return None if day == step.day().isoformat() else Refusal("guard.day_come", {"day": day})


def _read(one: Input, raw: Any) -> str:
    del one
    try:
        day, start = halls.written(str(raw))
    except halls.HallError as error:
        raise BadValueError(error.key, **error.values) from None
    return f"{day.isoformat()} {start:%H:%M}"


def _tell(name: str, value: Any, words: Words) -> str:
    del name, words
    return str(value)


def _options(name: str, one: Input, asked: Asked, words: Words) -> list[Option]:
    """The half hours that still have a place."""
    del name, one
    today = timezone.localtime(asked.at).date()
    return [
        (
            free.written,
            words.text(
                "book.option",
                day=day_names.named(free.day, today, words.text),
                time=f"{free.start:%H:%M}",
                n=free.left,
            ),
        )
        for free in halls.bookable(asked.home, asked.programme, asked.at)
        if free.left
    ]


def register() -> None:
    """Declares the type and the verbs of this module, and what a collision of two bookings looks like."""
    fieldtypes.register("slot", FieldType(_read, _tell, "choice", _options))
    verbs.guard("day.come", OneFact, day_come)
    verbs.effect(TAKE, TakePlace, place_take)
    verbs.effect("place.leave", Nothing, place_leave)
    verbs.effect(lines.VERB, queueing.GiveNumber, queueing.give)
    attached.attach(Attached(collided=_collided))
    attached.attach(Attached(collided=queueing.collided))


def _collided(error: Exception) -> ProblemError | None:
    return RefusedError("halls.slot_full") if halls.collided(error) else None

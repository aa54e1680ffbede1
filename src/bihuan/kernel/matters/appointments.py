"""Verbs of appointments: taking a place of a hall, giving it back, coming on its day."""

from typing import ClassVar

from bihuan.kernel.halls import api as halls
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.lib.problems import InputError
from bihuan.spec.arguments import Args, ClockName, FactName, Nothing, NumberSetting, SlotInput


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


def register() -> None:
    """Declares the verbs of this module."""
    verbs.guard("day.come", OneFact, day_come)
    verbs.effect("place.take", TakePlace, place_take)
    verbs.effect("place.leave", Nothing, place_leave)

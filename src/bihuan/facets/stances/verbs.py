"""The verbs of stances: taking one, withdrawing it, and what must hold of them."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from bihuan.facets.stances import counting
from bihuan.facets.stances.models import Stance
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.kernel.people import rolls
from bihuan.lib.problems import NotAllowedError, RefusedError
from bihuan.spec.arguments import Args, Names, NumberSetting
from bihuan.spec.base import Name

ChosenInput = Annotated[str, Names("input", ("choice",))]


class Take(Args):
    facet: ClassVar[str] = "stances"
    beside: ClassVar[bool] = True
    shown: ClassVar[tuple[str, ...]] = ("input",)
    input: ChosenInput | None = Field(
        None, examples=["stance"], description="an input of type choice that holds it; or `choice`"
    )
    choice: Name | None = Field(None, description="the one choice this action stands for")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.input is None) == (self.choice is None):
            msg = "give an input or a choice, and not both"
            raise ValueError(msg)
        return self


class OfKind(Args):
    facet: ClassVar[str] = "stances"


class Withdraw(OfKind):
    beside: ClassVar[bool] = True


class Mine(OfKind):
    choice: Name | None = Field(None, description="of this choice; absent: of any")


class AtLeast(OfKind):
    shown: ClassVar[tuple[str, ...]] = ("n",)
    choice: Name = Field(examples=["support"], description="one of the kind's stances")
    n: int | None = Field(None, ge=1, examples=[3], description="how many; or `setting`")
    setting: NumberSetting | None = Field(None, description="a setting of type int; or the number")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.n is None) == (self.setting is None):
            msg = "give n or a setting, and not both"
            raise ValueError(msg)
        return self


class Share(OfKind):
    shown: ClassVar[tuple[str, ...]] = ("percent",)
    choice: Name = Field(examples=["support"], description="one of the kind's stances")
    percent: int | None = Field(
        None, ge=0, le=100, examples=[50], description="the share; or `setting`"
    )
    setting: NumberSetting | None = Field(None, description="a setting of type int; or the number")
    above: bool = Field(default=False, description="more than that, not just so much")
    of: Literal["stances", "roll"] = Field(
        "stances", description="of those who took a stance, or of those on the roll who should"
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.percent is None) == (self.setting is None):
            msg = "give percent or a setting, and not both"
            raise ValueError(msg)
        return self


def take(step: Step, args: Take) -> None:
    """Takes a stance in the name of whoever acts: each person once. Another choice instead of an
    earlier one replaces it, and the log keeps both.

    Refuses those without an account, and states in which the kind takes none.
    """
    block, person_id = counting.block_of(step), step.actor.person_id
    if person_id is None:
        raise NotAllowedError("stances.nobody")
    if block.from_ and step.matter.state not in block.from_:
        raise RefusedError("stances.over")
    choice = counting.chosen(step, args.model_dump())
    step.parts[(Stance.PART, counting.key_of(block, person_id, choice))] = {
        "person_id": person_id,
        "choice": choice if block.open else "",
        "kept": "" if block.open else choice,
        "at": step.at,
    }


def withdraw(step: Step, args: Withdraw) -> None:
    """Takes back whatever stance the one who acts has taken; the log keeps that there was one.

    Refuses states in which the kind takes none.
    """
    del args
    block = counting.block_of(step)
    if block.from_ and step.matter.state not in block.from_:
        raise RefusedError("stances.over")
    for key, one in counting.stands(step.matter).items():
        if one.person_id == step.actor.person_id:
            step.parts[(Stance.PART, key)] = None


def _own(step: Step, choice: str | None) -> bool:
    return any(
        one.person_id == step.actor.person_id and choice in (None, one.choice)
        for one in counting.stands(step.matter).values()
    )


def mine(step: Step, args: Mine) -> Refusal | None:
    """The one who acts has taken a stance."""
    return None if _own(step, args.choice) else Refusal("guard.stance_mine", {})


def none(step: Step, args: Mine) -> Refusal | None:
    """The one who acts has not taken a stance."""
    return Refusal("guard.stance_none", {}) if _own(step, args.choice) else None


def at_least(step: Step, args: AtLeast) -> Refusal | None:
    """So many people stand for a choice, whoever was kept away since not counted; together with the
    stance that the action itself takes."""
    wanted = args.n if args.n is not None else int(step.setting(str(args.setting)).value)
    said = counting.counting(counting.left(step).values(), step.matter, step.day())
    there = counting.tally(said)[args.choice]
    if there >= wanted:
        return None
    if not counting.block_of(step).open:
        return Refusal("guard.stances_too_few", {})
    return Refusal("guard.stances_at_least", {"there": there, "needed": wanted})


def share(step: Step, args: Share) -> Refusal | None:
    """So many per cent of those who took a stance stand for a choice; together with the stance that
    the action itself takes. With `of = "roll"`: of those on the roll who should, whether they took one
    or not; the exempt and the excused count where they took one, and nobody else."""
    setting = args.percent
    wanted = setting if setting is not None else int(step.setting(str(args.setting)).value)
    said = counting.counting(counting.left(step).values(), step.matter, step.day())
    among = counting.people(said)
    if args.of == "roll":
        due = rolls.due(step)
        if due is None or not due.should | due.may:
            return Refusal("guard.stances_no_roll", {})
        said = [one for one in said if one.person_id in due.should | due.may]
        among = len(due.should | {one.person_id for one in said})
    there = counting.tally(said)[args.choice]
    enough = there * 100 > wanted * among if args.above else there * 100 >= wanted * among
    if among and enough:
        return None
    if not counting.block_of(step).open:
        return Refusal("guard.stances_too_few", {})
    of = "_of_roll" if args.of == "roll" else ""
    return Refusal(f"guard.stances_share{of}", {"there": there, "among": among, "needed": wanted})


def register() -> None:
    """Declares the verbs of this module."""
    verbs.effect("stance.take", Take, take)
    verbs.effect("stance.withdraw", Withdraw, withdraw)
    verbs.guard("stance.mine", Mine, mine)
    verbs.guard("stance.none", Mine, none)
    verbs.guard("stances.at_least", AtLeast, at_least)
    verbs.guard("stances.share", Share, share)

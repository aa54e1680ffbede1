"""Guards over the roll of a matter."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from bihuan.facets.roll import counting, sight
from bihuan.facets.roll.block import State
from bihuan.facets.roll.counting import Row
from bihuan.facets.roll.verbs import OfRoll
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.spec.arguments import NumberSetting
from bihuan.web import words

_NAMED = 5


class OnIt(OfRoll):
    shown: ClassVar[tuple[str, ...]] = ("states",)
    states: tuple[State, ...] = Field(
        (), examples=[["should"]], description="in one of these states (absent: in any)"
    )


class AtLeast(OfRoll):
    shown: ClassVar[tuple[str, ...]] = ("percent",)
    percent: int | None = Field(
        None, ge=0, le=100, examples=[50], description="the share; or `setting`"
    )
    setting: NumberSetting | None = Field(None, description="a setting of type int; or the number")
    above: bool = Field(default=False, description="more than that, not just so much")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.percent is None) == (self.setting is None):
            msg = "give percent or a setting, and not both"
            raise ValueError(msg)
        return self


def _counting(step: Step) -> list[Row]:
    return counting.counting(counting.left(step).values(), step.matter, step.day())


def roll_all(step: Step, args: OfRoll) -> Refusal | None:
    """Nobody on the roll is left who should; together with those of whom the action itself says so."""
    del args
    if not counting.of(step):
        return Refusal("guard.roll_not_taken", {})
    left = [one for one in _counting(step) if one.state == "should"]
    if not left:
        return None
    is_named = sight.named(step.matter, step.actor)
    names = words.listed(one.name for one in [one for one in left if is_named(one)][:_NAMED])
    if not names:
        return Refusal("guard.roll_all_unnamed", {"n": len(left)})
    of = "_orgs" if counting.rule(step).of_orgs else ""
    more = "_some" if len(left) > _NAMED else ""
    return Refusal(f"guard.roll_all{of}{more}", {"n": len(left), "names": names})


def roll_member(step: Step, args: OnIt) -> Refusal | None:
    """Whoever acts is on the roll, or belongs to an organisation that is."""
    found = counting.mine(step.actor, counting.of(step).values())
    if not found:
        return Refusal("guard.roll_member", {})
    if args.states and not any(one.state in args.states for one in found):
        return Refusal("guard.roll_member_state", {})
    return None


def roll_at_least(step: Step, args: AtLeast) -> Refusal | None:
    """So many per cent of those who should have done it, the exempt and the excused not counted;
    together with those of whom the action itself says so."""
    if not counting.of(step):
        return Refusal("guard.roll_not_taken", {})
    given = args.percent
    wanted = given if given is not None else int(step.setting(str(args.setting)).value)
    told = counting.states(_counting(step))
    there, among = told["done"], told["done"] + told["should"]
    enough = there * 100 > wanted * among if args.above else there * 100 >= wanted * among
    if among and enough:
        return None
    of = "_orgs" if counting.rule(step).of_orgs else ""
    above = "_above" if args.above else ""
    values = {"there": there, "among": among, "needed": wanted}
    return Refusal(f"guard.roll_at_least{above}{of}", values)


def register() -> None:
    """Declares the guards of this module."""
    verbs.guard("roll.all", OfRoll, roll_all)
    verbs.guard("roll.member", OnIt, roll_member)
    verbs.guard("roll.at_least", AtLeast, roll_at_least)

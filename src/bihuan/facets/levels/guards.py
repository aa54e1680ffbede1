"""Guards over where a matter lies."""

from typing import Annotated

from pydantic import Field

from bihuan.facets.levels import pools
from bihuan.facets.levels.verbs import OfLevels
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.spec.arguments import Names

PoolName = Annotated[
    str, Names("pool"), Field(examples=["team"], description="a pool of this kind")
]


class Pool(OfLevels):
    pool: PoolName


class Top(OfLevels):
    holds: bool = Field(default=True, description="false: there is a pool above this one")


def level_is(step: Step, args: Pool) -> Refusal | None:
    """The matter lies in this pool."""
    found = pools.lies(step)
    holds = found is not None and found[1]["pool"] == args.pool
    return None if holds else Refusal("guard.level_is", {})


def level_top(step: Step, args: Top) -> Refusal | None:
    """The matter lies in the highest pool; with `holds = false`: in one below it."""
    found = pools.lies(step)
    at_top = found is not None and found[1]["pool"] == pools.spec(step).pools[-1]
    if at_top == args.holds:
        return None
    return Refusal("guard.level_top" if args.holds else "guard.level_below_top", {})


def register() -> None:
    """Declares the guards of this module."""
    verbs.guard("level.is", Pool, level_is)
    verbs.guard("level.top", Top, level_top)

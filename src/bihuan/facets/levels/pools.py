"""Where a matter lies, and where up or down the tree the next pool is."""

from collections.abc import Sequence
from typing import Any

from bihuan.facets.levels.block import LEVELS, LevelsSpec
from bihuan.facets.levels.models import Stay
from bihuan.foundation.orgs.api import Org, orgs_at, tree
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import ProblemError, RefusedError


def spec(step: Step) -> LevelsSpec:
    """The pools of a step's kind. Raises ProblemError where it has none (an old release)."""
    found = LEVELS.of(step.kind)
    if found is None:
        raise ProblemError("levels.no_pools")
    return found


def stays(step: Step) -> dict[str, dict[str, Any]]:
    """The stays by their keys, the oldest first, as this step leaves them."""
    rows = Stay.objects.filter(stream=step.matter.stream) if step.matter.pk else []
    found = {row.key: row.values() for row in rows}
    for (part, key), columns in step.parts.items():
        if part == Stay.PART and columns is not None:
            found[key] = columns
    return dict(sorted(found.items(), key=lambda one: int(one[0])))


def lies(step: Step) -> tuple[str, dict[str, Any]] | None:
    """The key and columns of the stay that goes on, or None."""
    going_on = [one for one in stays(step).items() if one[1]["until"] is None]
    return going_on[-1] if going_on else None


def above(path: str, levels: Sequence[str]) -> Org | None:
    """The nearest open organisation, the one of the path first, that is of one of the levels."""
    there = {one.path: one for one in orgs_at(tree.ancestors(path))}
    found = (there[one] for one in tree.ancestors(path) if one in there)
    return next((one for one in found if one.active and one.level in levels), None)


def first(step: Step, one: LevelsSpec) -> Org:
    """Where it begins: the pool of whoever received it. Raises RefusedError where nobody has one."""
    found = above(step.value("home_path"), one.pools)
    if found is None:
        raise RefusedError("levels.nowhere")
    return found


def higher(step: Step, one: LevelsSpec, pool: str) -> Org:
    """Where the next pool above is. Raises RefusedError at the top, and where the tree has none."""
    place = one.pools.index(pool)
    if place == len(one.pools) - 1:
        raise RefusedError("levels.at_top")
    path = step.value("unit_path")
    found = above(path[: -tree.STEP], (one.pools[place + 1],)) if len(path) > tree.STEP else None
    if found is None:
        raise RefusedError("levels.none_above")
    return found


def may_go_down(step: Step, one: LevelsSpec, pool: str, org: Org) -> bool:
    """Whether an organisation below has the next pool down."""
    place = one.pools.index(pool)
    return (
        place > 0
        and org.active
        and org.level == one.pools[place - 1]
        and org.path != step.value("unit_path")
        and tree.covers(step.value("unit_path"), org.path)
    )

"""Effects by which a matter comes into a pool, goes up and down, and leaves the last one."""

from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from bihuan.facets.levels import events, pools
from bihuan.facets.levels.block import LevelsSpec
from bihuan.facets.levels.models import PoolStay, Stay
from bihuan.foundation.audit.api import Happening, create
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters import effects, verbs
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import InputError, RefusedError
from bihuan.spec.arguments import Args, OrgInput, TextInput

_LONGEST = 2000


class OfLevels(Args):
    """Arguments of a verb that only a kind with levels can use."""

    facet: ClassVar[str] = "levels"


class Raised(OfLevels):
    reason: TextInput | None = Field(
        None, examples=["reason"], description="an input that says why; without: its time ran out"
    )
    shown: ClassVar = ("reason",)


class Lowered(OfLevels):
    input: OrgInput
    order: TextInput


def level_enter(step: Step, args: OfLevels) -> None:
    """Comes into the pool of whoever received the matter, or of the nearest above that has one;
    opened anew, into the pool where it lay last.

    Refuses where no organisation has a level that is a pool.
    """
    del args
    one = pools.spec(step)
    if pools.lies(step) is not None:
        return
    before = list(pools.stays(step).values())
    if before:
        org = step.org(before[-1]["org_id"])
        _come(step, one, before[-1]["pool"], org, how="again", why="")
        return
    org = pools.first(step, one)
    _come(step, one, org.level, org, how="opened", why="")


def level_raise(step: Step, args: Raised) -> None:
    """Goes up into the pool of the nearest organisation above that has the next level; who owns that
    pool is told.

    Refuses at the top, and where the tree has no such organisation above.
    """
    one = pools.spec(step)
    pool = _lying(step)["pool"]
    org = pools.higher(step, one, pool)
    why = str(step.inputs.get(args.reason, "")) if args.reason else ""
    by_clock = step.actor.person_id is None and not why
    _go(step, one, org, how="late" if by_clock else "raised", why=why)
    step.tell(effects.people_of(step, [one.owner]), "notice.level_raised")


def level_lower(step: Step, args: Lowered) -> None:
    """Goes down, by order, into the pool of an organisation below; who owns that pool is told.

    Refuses an organisation that does not lie below or has not the next level down.
    """
    one = pools.spec(step)
    pool = _lying(step)["pool"]
    org = step.org(step.inputs[args.input])
    if not pools.may_go_down(step, one, pool, org):
        raise InputError({args.input: ("levels.not_below", {"name": org.name})})
    _go(step, one, org, how="lowered", why=str(step.inputs.get(args.order, "")))
    step.tell(effects.people_of(step, [one.owner]), "notice.level_lowered")


def level_leave(step: Step, args: OfLevels) -> None:
    """Ends the stay in the last pool: the matter is over."""
    del args
    _end(step)


def _lying(step: Step) -> dict[str, Any]:
    found = pools.lies(step)
    if found is None:
        raise RefusedError("levels.in_none")
    return found[1]


def _go(step: Step, one: LevelsSpec, org: Org, *, how: str, why: str) -> None:
    _end(step)
    _come(step, one, org.level, org, how=how, why=why)


def _come(step: Step, one: LevelsSpec, pool: str, org: Org, *, how: str, why: str) -> None:
    key = str(max((int(key) for key in pools.stays(step)), default=0) + 1)
    step.parts[(Stay.PART, key)] = {
        "pool": pool,
        "org_id": org.pk,
        "since": step.at,
        "until": None,
        "how": how,
        "why": why[:_LONGEST],
    }
    step.facts()[one.field] = pool
    if step.value("unit_id") != org.pk:
        step.set |= {"unit_id": org.pk, "unit_path": org.path, "assignee_id": None}


def _end(step: Step) -> None:
    found = pools.lies(step)
    if found is None:
        return
    key, columns = found
    step.parts[(Stay.PART, key)] = {**columns, "until": step.at}
    _keep(step, columns["pool"], step.org(columns["org_id"]), columns["since"])


def _keep(step: Step, pool: str, org: Org, since: datetime) -> None:
    """What figures know of the stay."""
    row = PoolStay(
        programme=step.matter.programme,
        kind=step.matter.kind,
        category=step.value("category"),
        subject=step.matter.stream,
        home_id=step.value("home_id"),
        home_path=step.value("home_path"),
        unit_id=org.pk,
        unit_path=org.path,
        entered_at=since,
        left_at=step.at,
    )
    field = pools.spec(step).field
    data = {"inputs": {field: pool}}
    create(row, Happening(events.ENDED, step.at, step.actor.ref, data=data))


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect("level.enter", OfLevels, level_enter)
    verbs.effect("level.raise", Raised, level_raise)
    verbs.effect("level.lower", Lowered, level_lower)
    verbs.effect("level.leave", OfLevels, level_leave)

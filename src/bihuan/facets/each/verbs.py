"""The effect that opens a matter for each of a roster."""

from typing import Any

from bihuan.facets.each import growing
from bihuan.facets.each.arguments import Open
from bihuan.facets.each.block import EACH, OPEN
from bihuan.facets.each.models import EachRun
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.kernel.people import api as people
from bihuan.lib.problems import ProblemError, RefusedError


def each_open(step: Step, args: Open) -> None:
    """Opens a matter under this one for each of the kind's roster, after this step and little by
    little: at the organisation, or at the person's and given to them. Who comes on the roster while
    this one is open gets theirs within a day; who is exempt gets none.

    Refuses a second time, and a roster of nobody.
    """
    block = EACH.of(step.kind)
    if block is None:
        raise ProblemError("each.nothing_to_open")
    if step.matter.pk and EachRun.objects.filter(stream=step.matter.stream).exists():
        raise RefusedError("each.opened_already")
    home = step.org(step.value("home_id"))
    resolved = people.resolve(step.programme, block.roster, home, step.day())
    facts = {block.but: step.fact(block.but)} if block.but is not None else {}
    found = growing.without(resolved, block, facts)
    exempt = sum(bool(one.exempt) for one in found)
    if len(found) == exempt:
        raise RefusedError("each.of_nobody", name=home.name)
    columns: dict[str, Any] = {
        "seq": step.matter.version + 1,
        "given": args.model_dump(),
        "since": step.at,
        "due": len(found) - exempt,
        "exempt": exempt,
    }
    step.parts[(EachRun.PART, growing.RUN)] = columns
    step.tasks.append((growing.PLAN, {}, "each"))


def register() -> None:
    """Declares the effect of this module."""
    verbs.effect(OPEN, Open, each_open)

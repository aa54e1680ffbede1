"""The facet `at_window`: which part of a clerk's page at a hall opens a kind, and which of its actions
the page takes there."""

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from bihuan.spec import facets
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.facets import Facet
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme

Part = Literal["apply", "consult", "ticket", "appointment"]
Step = Literal["settle_now", "accept", "answer", "call", "serve", "miss", "arrive"]
# What the page does with a matter of each part.
STEPS: dict[Part, tuple[Step, ...]] = {
    "apply": ("settle_now", "accept"),
    "consult": ("answer",),
    "ticket": ("call", "serve", "miss"),
    "appointment": ("arrive",),
}
_FILE = "matters.toml"


class WindowSpec(Strict):
    """The part, and the actions that are its steps; a step not named is the action of its name, and the
    part alone (`at_window = "ticket"`) names none."""

    is_: Part = Field(alias="is")
    steps: dict[Step, Name] = Field(default_factory=dict)


def _part(block: Part | WindowSpec) -> Part:
    return block if isinstance(block, str) else block.is_


def _problems(programme: Programme, kind_id: str, block: Part | WindowSpec) -> Iterator[Problem]:
    """Steps that the part has not."""
    del programme
    there = STEPS[_part(block)]
    for step in () if isinstance(block, str) else block.steps:
        if step not in there:
            path = f"{kind_id}.at_window.steps.{step}"
            cause = f"{_part(block)} has no step {step!r}"
            yield Problem(_FILE, path, cause, f"one of {list(there)}")


def _meant(
    programme: Programme, kind_id: str, block: Part | WindowSpec, around: Around
) -> Iterator[Problem]:
    """Steps whose action there is not."""
    del around
    there = programme.kinds[kind_id].actions
    for step in STEPS[_part(block)]:
        named = action(programme, kind_id, step)
        if named not in there:
            cause = f"no action {named!r}, which a window takes as its step {step}"
            remedy = f"add it, or name one in steps: {sorted(there)}"
            yield Problem(_FILE, f"{kind_id}.at_window", cause, remedy)


AT_WINDOW: Facet[Part | WindowSpec] = facets.register(
    Facet(
        "at_window",
        Part | WindowSpec,
        problems=_problems,
        meant=_meant,
        apart=lambda kind_id, block: (kind_id,),
        received=True,
    )
)


def parts(programme: Programme) -> dict[str, str]:
    """What a programme opens at its windows: part → kind; empty where it has none."""
    return {_part(block): kind_id for kind_id, block in AT_WINDOW.kinds(programme)}


def action(programme: Programme, kind_id: str, step: Step) -> str:
    """The action of a kind that is a step of its window."""
    block = AT_WINDOW.of(programme.kinds[kind_id])
    return step if block is None or isinstance(block, str) else block.steps.get(step, step)

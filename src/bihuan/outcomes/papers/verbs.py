"""The effect by which a step takes a paper back: whoever is no longer what it says hangs it up no more."""

from typing import Annotated

from pydantic import Field

from bihuan.foundation.audit.api import Happening, change
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import effect
from bihuan.outcomes.papers import events
from bihuan.outcomes.papers.models import IssuedPaper
from bihuan.spec.arguments import Args, Names, TextInput

PaperName = Annotated[
    str, Names("paper"), Field(examples=["plate"], description="a paper of papers/")
]


class Withdraw(Args):
    paper: PaperName
    reason: TextInput | None = Field(None, description="an input that says why")


def withdraw(step: Step, args: Withdraw) -> None:
    """Withdraws the paper of this sort that stands of the matter, if one does."""
    row = IssuedPaper.objects.filter(slot=f"{step.matter.pk}:{args.paper}").first()
    if row is None:
        return
    why = str(step.inputs.get(args.reason, ""))[:300] if args.reason is not None else ""
    ended = {"state": "withdrawn", "slot": None, "ended_at": step.at, "withdrawn_why": why}
    change(row, Happening(events.WITHDRAWN, step.at, step.actor.ref, set=ended))


def register() -> None:
    """Declares the effects of this module."""
    effect("paper.withdraw", Withdraw, withdraw)

"""Guards over short tests: there are enough questions; whoever acts may answer (again)."""

from bihuan.facets.quiz import standing, taking
from bihuan.facets.quiz.taking import OfQuiz
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal


def ready(step: Step, args: OfQuiz) -> Refusal | None:
    """There are as many questions as are drawn, and at least one."""
    del args
    return taking.lacks(step)


def mine(step: Step, args: OfQuiz) -> Refusal | None:
    """Whoever acts is on the roll, it goes on, they have not passed and may answer once more. One that was handed
    in already is told so by quiz.answer."""
    del args
    found = standing.run(step)
    if found is None:
        return Refusal("quiz.not_open", {})
    if found["closed_at"] is not None:
        return Refusal("quiz.closed", {})
    if taking.own_row(step) is None:
        return Refusal("guard.roll_member", {})
    return None if step.inputs else taking.may_answer(step)


def register() -> None:
    """Declares the guards of this module."""
    verbs.guard("quiz.ready", OfQuiz, ready)
    verbs.guard("quiz.mine", OfQuiz, mine)

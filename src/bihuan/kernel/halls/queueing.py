"""Numbers of those who wait: a letter for what they came for, three digits that begin anew each day."""

from datetime import date
from typing import Annotated, Any, ClassVar

from django.db.models import Max
from pydantic import Field

from bihuan.kernel.halls import lines
from bihuan.kernel.halls.lines import QUEUE_NUMBER
from bihuan.kernel.halls.models import QueueNumber
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import ProblemError, RefusedError
from bihuan.spec.arguments import Args, Names

LineInput = Annotated[
    str,
    Names("input", ("choice",)),
    Field(examples=["how_it_was"], description="an input that is chosen: what somebody came for"),
]


class GiveNumber(Args):
    by: LineInput
    sets: ClassVar = (QUEUE_NUMBER,)


def give(step: Step, args: GiveNumber) -> None:
    """Gives the next number of the day at the hall: the letter says what they came for (`lines.letter`),
    the digits begin anew each day."""
    letter = lines.letter(step.kind.fields[args.by].choices, step.inputs.get(args.by))
    org_id, day = step.value("home_id"), step.day()
    nth = _last(org_id, day, letter) + 1
    columns: dict[str, Any] = {"org_id": org_id, "day": day, "letter": letter, "nth": nth}
    step.parts[("queue_number", "one")] = columns
    number = f"{letter}{nth:03}"
    step.facts()[QUEUE_NUMBER] = number
    # Every list and page of the matter names it by what is called.
    step.set["subject"] = f"{step.value('subject')} {number}".strip()


def _last(org_id: int, day: date, letter: str) -> int:
    rows = QueueNumber.objects.filter(org_id=org_id, day=day, letter=letter)
    return rows.aggregate(last=Max("nth"))["last"] or 0


def collided(error: Exception) -> ProblemError | None:
    """Somebody took the same number at the same instant: the step is tried again."""
    text = str(error)
    same = "queue_number_once" in text or f"{QueueNumber._meta.db_table}.nth" in text
    return RefusedError("halls.number_taken") if same else None

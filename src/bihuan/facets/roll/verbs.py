"""Effects that take the roll of a matter, and say what became of those on it."""

from typing import Annotated, ClassVar

from pydantic import Field

from bihuan.facets.roll import counting
from bihuan.facets.roll.block import DONE, EXCUSE, MISSED, MOST, ROLL, TAKE
from bihuan.facets.roll.counting import Row
from bihuan.facets.roll.models import Enrolled
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.kernel.people import api as people
from bihuan.lib.problems import RefusedError
from bihuan.spec.arguments import Args, Names, TextInput

WhoInput = Annotated[
    str,
    Names("input", ("person", "people", "org", "orgs")),
    Field(examples=["who"], description="an input that names those on the roll"),
]


class OfRoll(Args):
    """Arguments of a verb that only a kind with a roll can use."""

    facet: ClassVar[str] = "roll"


class Take(OfRoll):
    again: bool = Field(
        default=False,
        description="a second time it adds those who came since, and takes off nobody",
    )


class Done(OfRoll):
    beside: ClassVar[bool] = True
    shown: ClassVar[tuple[str, ...]] = ("input",)
    input: WhoInput | None = Field(
        None, examples=["who"], description="an input that names them; absent: whoever acts"
    )


class Excuse(OfRoll):
    input: WhoInput
    reason: TextInput


class Missed(OfRoll):
    input: WhoInput


def roll_take(step: Step, args: Take) -> None:
    """Writes down whom the kind's roster means on this day at the organisation that received the
    matter: who should, and who is exempt and why. That stays, whoever comes and goes.

    Refuses a second time (unless `again`), a roll of nobody, and one of more than 5,000: those are
    given a matter each.
    """
    counting.rule(step)
    there = counting.of(step)
    if there and not args.again:
        raise RefusedError("roll.taken_already")
    home = step.org(step.value("home_id"))
    due = people.resolve(step.programme, str(ROLL.of(step.kind)), home, step.day())
    if not due:
        raise RefusedError("roll.of_nobody", name=home.name)
    new = [one for one in due if one.key not in there]
    if len(there) + len(new) > MOST:
        raise RefusedError("roll.too_many", n=len(there) + len(new), most=MOST)
    for one in new:
        state = "exempt" if one.exempt else "should"
        _say(
            step,
            Row(
                one.key,
                one.person_id,
                one.org_id,
                kind=one.kind,
                state=state,
                reason=one.exempt,
                since=step.at,
                at=step.at,
            ),
        )


def _say(step: Step, row: Row) -> None:
    step.parts[(Enrolled.PART, row.key)] = row.columns()


def roll_done(step: Step, args: Done) -> None:
    """Those named, or whoever acts, have done it; whoever had been excused or was exempt too.

    Refuses who is not on the roll.
    """
    for row in counting.changed(step, DONE, args.model_dump()):
        _say(step, row)


def roll_excuse(step: Step, args: Excuse) -> None:
    """Those named need not, for a reason that stays between them and who keeps the roll.

    Refuses who is not on the roll, is exempt, or has done it.
    """
    for row in counting.changed(step, EXCUSE, args.model_dump()):
        _say(step, row)


def roll_missed(step: Step, args: Missed) -> None:
    """Those named have not done it after all, or are excused no longer: they should again. The log
    keeps both.

    Refuses who is not on the roll.
    """
    for row in counting.changed(step, MISSED, args.model_dump()):
        _say(step, row)


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect(TAKE, Take, roll_take)
    verbs.effect(DONE, Done, roll_done)
    verbs.effect(EXCUSE, Excuse, roll_excuse)
    verbs.effect(MISSED, Missed, roll_missed)

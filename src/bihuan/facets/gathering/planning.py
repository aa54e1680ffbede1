"""When and where a gathering is: kept in step with the kind's fields; announced, moved, called off."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from bihuan.facets.gathering import reminding, standing
from bihuan.facets.gathering.block import ANNOUNCE, CALL_OFF, GATHERING, MOVE, GatheringSpec
from bihuan.facets.gathering.models import Attendance, AttendanceMend, ExcuseDeclined, Sitting
from bihuan.facets.roll import counting
from bihuan.facets.roll.block import TAKE, effects, joins
from bihuan.facets.roll.models import Enrolled
from bihuan.foundation.orgs.api import standing_person
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import InputError, RefusedError
from bihuan.rules.periods import Grain, Period
from bihuan.spec.arguments import Args, TextInput

ANNOUNCED, AGAIN = "notice.gathering_announced", "notice.gathering_moved"
OVER_PERIOD, OFF = "notice.gathering_moved_over", "notice.gathering_off"
_WORDS = 2000


class OfGathering(Args):
    """Arguments of a verb that only a gathering can use."""

    facet: ClassVar[str] = "gathering"


class WithReason(OfGathering):
    reason: TextInput


class CallOff(WithReason):
    marked: bool = Field(
        default=False,
        description="also where somebody was marked as there, which it takes back: it did not happen as was written",
    )


def keep(step: Step) -> None:
    """Has the sitting say what the fields say by now, from the first step on.

    Refuses an end that is not after its beginning, another time once it has begun, and somebody new on the
    roll once it was held, or by themselves once its time is over.
    """
    one = GATHERING.of(step.kind)
    if one is None:
        return
    _closed(step)
    said = [step.fact(name) for name in (one.day, one.begins, one.ends)]
    if not all(said):
        return
    day, begins, ends = map(str, said)
    since, until = standing.instant(day, begins), standing.instant(day, ends)
    if until <= since:
        raise InputError({_asked(step, one.ends): ("gathering.ends_before", {})})
    before = standing.parts(step, Sitting).get(standing.SITTING)
    if before is None or "first_begins" not in before:
        fresh = {**_fresh(since, until), **(before or {})}
        step.parts[(Sitting.PART, standing.SITTING)] = fresh
    elif (before["begins"], before["ends"]) != (since, until):
        if before["held_at"] is not None:
            raise RefusedError("gathering.is_held")
        if before["begun_at"] is not None:
            raise RefusedError("gathering.is_begun")
        step.parts[(Sitting.PART, standing.SITTING)] = {**before, "begins": since, "ends": until}


def _closed(step: Step) -> None:
    """Refuses whoever comes on the roll of a gathering whose list was closed by an earlier step, or leaves it;
    and takes what was said of whoever leaves off the list."""
    said = {key: one for (part, key), one in step.parts.items() if part == Enrolled.PART}
    gone = {key for key, columns in said.items() if columns is None}
    if not step.matter.pk or not (gone or said.keys() - counting.rows(step.matter).keys()):
        return
    row = Sitting.objects.filter(stream=step.matter.stream).first()
    if row is not None and row.held_at is not None and not _mended(step, said.keys()):
        raise RefusedError("gathering.roll_closed")
    new = said.keys() - gone - counting.rows(step.matter).keys()
    # Whoever takes the roll afterwards may be on it like anybody: a meeting that is written down later.
    action = step.kind.actions.get(step.action)
    taking = action is not None and any(verb.do == TAKE for verb in effects(action))
    by_themselves = {key for key in new if not taking and said[key] and _own(step, said[key] or {})}
    if row is not None and by_themselves and step.at >= row.ends:
        raise RefusedError("gathering.joins_late")
    for model in (Attendance, ExcuseDeclined) if gone else ():
        for key in gone & standing.parts(step, model).keys():
            step.parts[(model.PART, key)] = None


def _own(step: Step, columns: dict[str, Any]) -> bool:
    who = columns["person_id"]
    return who is not None and who == step.actor.person_id


def _mended(step: Step, keys: Iterable[str]) -> bool:
    """Whether the step says why they come on the list, or what they are on it."""
    said = {
        one["whom"] for (part, _), one in step.parts.items() if part == AttendanceMend.PART and one
    }
    return {*keys} <= said


def _asked(step: Step, field: str) -> str:
    """The input by which a step sets a field, or the field itself."""
    action = step.kind.actions.get(step.action)
    sets = action.sets() if action is not None else {}
    return next((name for name, of in sets.items() if of == field), field)


def _fresh(since: datetime, until: datetime) -> dict[str, Any]:
    return {
        "begins": since,
        "ends": until,
        "first_begins": since,
        "moved": 0,
        "why": "",
        "announced_at": None,
        "begun_at": None,
        "held_at": None,
        "held_from": None,
        "held_to": None,
        "off": False,
        "reminded": None,
        "series": None,
        "wanted": None,
        "holiday": "",
        "slot": None,
        "quorum": {},
        "on_paper": None,
    }


def period(one: GatheringSpec, at: datetime) -> Period | None:
    """The period of which a gathering counts that is held at an instant; None where it counts of none."""
    if one.period is None:
        return None
    return Period.of(Grain(one.period), standing.local(at).date())


def told(step: Step) -> list[int]:
    """Who is told of it: everybody on the roll who need not stay away and has an account."""
    rows = counting.counting(counting.of(step).values(), step.matter, step.day())
    people = [row.person_id for row in rows if row.state != "exempt" and row.person_id is not None]
    return [pk for pk in people if standing_person(pk).has_account]


def announce(step: Step, args: OfGathering) -> None:
    """Tells everybody on the roll when and where it is, and has them reminded. A second time it tells those
    who came on the roll since. Where people sign up for it, that is open from now on.

    Refuses while nobody is on the roll, where it is not one for which people sign up; and a gathering that is
    called off or held.
    """
    del args
    found, rows = standing.still(step), counting.of(step)
    if not rows and not joins(step.kind):
        raise RefusedError("roll.not_taken")
    since, before = found["announced_at"], counting.rows(step.matter)
    new = {
        row.person_id
        for key, row in rows.items()
        if since is None or key not in before or row.since > since
    }
    step.tell([pk for pk in told(step) if pk in new], ANNOUNCED)
    standing.change(step, announced_at=step.at)
    reminding.planned(step)


def move(step: Step, args: WithReason) -> None:
    """Tells everybody on the roll that time or place changed; the new ones are inputs that set the fields.
    The first time stands beside it, and where it moved over the end of its period they are told in
    which one it counts.

    Whoever was not excused may ask anew.

    Refuses where neither changes, and a gathering that has begun, is called off or held.
    """
    one, before = standing.block_of(step), standing.still(step)
    if before["begun_at"] is not None:
        raise RefusedError("gathering.is_begun")
    changed = [name for name in one.fields if step.fact(name) != step.matter.facts.get(name)]
    if not changed:
        raise RefusedError("gathering.nothing_moved")
    keep(step)
    standing.undeclined(step)
    after = standing.sitting(step)
    why = str(step.inputs.get(args.reason, ""))[:_WORDS]
    if before["announced_at"] is None:
        # A draft promises nothing.
        standing.change(step, first_begins=after["begins"], why=why)
        return
    standing.change(step, moved=before["moved"] + 1, why=why)
    over = period(one, before["begins"]) != period(one, after["begins"])
    step.tell(told(step), OVER_PERIOD if over else AGAIN)
    reminding.planned(step)


def call_off(step: Step, args: CallOff) -> None:
    """Calls it off, with the reason, and tells everybody on the roll where it was announced. Excuses that
    nobody decided on wait no longer.

    Refuses a gathering that is called off or held, and one to which somebody came, but where it takes that back.
    """
    found = standing.still(step)
    said, there = standing.parts(step, Attendance), counting.of(step)
    came = [key for key, one in said.items() if one["state"] == "came"]
    if came and not args.marked:
        raise RefusedError("gathering.somebody_came")
    for key in came:
        standing.unsay(step, there[key], said[key])
    standing.unasked(step)
    standing.change(step, off=True, why=str(step.inputs.get(args.reason, ""))[:_WORDS])
    if found["announced_at"] is not None:
        step.tell(told(step), OFF)


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect(ANNOUNCE, OfGathering, announce)
    verbs.effect(MOVE, WithReason, move)
    verbs.effect(CALL_OFF, CallOff, call_off)

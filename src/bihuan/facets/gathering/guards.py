"""Guards over gatherings: enough are there, it was held, its minutes are written and signed."""

from bihuan.facets.gathering import attending, closing, minutes, standing
from bihuan.facets.gathering.block import MARK
from bihuan.facets.gathering.models import Attendance
from bihuan.facets.gathering.planning import OfGathering
from bihuan.facets.roll import counting
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.lib.problems import ProblemError


def quorum(step: Step, args: OfGathering) -> Refusal | None:
    """So many are there as the kind asks for, together with those whom the action itself marks; once it was
    held: so many were. Without a quorum: anybody."""
    del args
    one, found = standing.block_of(step), standing.sitting(step)
    if one.quorum is None:
        return None
    told = found["quorum"]
    if not told:
        enough = standing.enough(step, ahead=_marked(step))
        told = enough.columns() if enough is not None else {"enough": True}
    if told["enough"]:
        return None
    above = "_above" if told["above"] else ""
    values = {"there": told["there"], "among": told["among"], "needed": told["percent"]}
    return Refusal(f"guard.gathering_quorum{above}", values)


def _marked(step: Step) -> set[str]:
    """Those whom the action itself is about to mark, so that it may count them and close the list."""
    action, found = step.kind.actions.get(step.action), set[str]()
    for verb in action.effects if action is not None else ():
        if verb.do == MARK:
            try:
                args = attending.Mark.model_validate(verb.args)
                found |= {row.key for row in attending.marked(step, args)}
            except ProblemError:
                # The effect itself says why.
                continue
    return found


def due(step: Step, args: OfGathering) -> Refusal | None:
    """Its day has come, and it is neither held nor called off: who came can be written down."""
    del args
    try:
        standing.on_its_day(step)
    except ProblemError:
        begins = standing.local(standing.sitting(step)["begins"])
        return Refusal("guard.gathering_due", {"day": begins.date().isoformat()})
    return None


def asked(step: Step, args: OfGathering) -> Refusal | None:
    """Somebody asks to be excused, and nobody decided yet."""
    del args
    waiting = any(one["state"] == "asked" for one in standing.parts(step, Attendance).values())
    return None if waiting else Refusal("guard.gathering_asked", {})


def held(step: Step, args: OfGathering) -> Refusal | None:
    """It was held, and its list is closed."""
    del args
    there = standing.sitting(step)["held_at"] is not None
    return None if there else Refusal("guard.gathering_held", {})


def missed(step: Step, args: OfGathering) -> Refusal | None:
    """Whoever acts should have come, and was absent or excused when its list was closed."""
    del args
    try:
        (row,) = attending.named(step, None)
    except ProblemError:
        return Refusal("guard.gathering_missed", {})
    there = standing.sitting(step)["held_at"] is not None
    state = standing.parts(step, Attendance).get(row.key, {}).get("state")
    return None if there and state in closing.MISSED else Refusal("guard.gathering_missed", {})


def aside(step: Step, args: OfGathering) -> Refusal | None:
    """Whoever acts is not down as having come: nobody confirms by themselves how long they were there."""
    del args
    mine = {row.key for row in counting.mine(step.actor, counting.of(step).values())}
    said = standing.parts(step, Attendance)
    came = any(said.get(key, {}).get("state") in ("came", "made_up") for key in mine)
    return Refusal("guard.gathering_aside", {}) if came else None


def minuted(step: Step, args: OfGathering) -> Refusal | None:
    """Something is written in each part of the minutes."""
    del args
    left = minutes.missing(step)
    return Refusal("guard.gathering_minuted", {"n": len(left)}) if left else None


def signed(step: Step, args: OfGathering) -> Refusal | None:
    """The minutes are signed by the chair and by the recorder."""
    del args
    return None if standing.signed(step) else Refusal("guard.gathering_signed", {})


def register() -> None:
    """Declares the guards of this module."""
    verbs.guard("gathering.quorum", OfGathering, quorum)
    verbs.guard("gathering.due", OfGathering, due)
    verbs.guard("gathering.asked", OfGathering, asked)
    verbs.guard("gathering.held", OfGathering, held)
    verbs.guard("gathering.missed", OfGathering, missed)
    verbs.guard("gathering.aside", OfGathering, aside)
    verbs.guard("gathering.minuted", OfGathering, minuted)
    verbs.guard("gathering.signed", OfGathering, signed)

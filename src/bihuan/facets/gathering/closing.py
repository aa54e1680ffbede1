"""Closing the list: it was held, from when to when, who was absent, whether enough were there; what comes
after it: making up, and corrections that are seen."""

from datetime import date, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field

from bihuan.facets.gathering import attending, standing
from bihuan.facets.gathering.attending import PeopleInput, TimeInput, named
from bihuan.facets.gathering.block import CORRECT, HOLD, MAKE_UP, State
from bihuan.facets.gathering.models import Attendance, AttendanceMend
from bihuan.facets.gathering.planning import OfGathering, WithReason
from bihuan.facets.roll import counting, signing_up
from bihuan.facets.roll.block import joins
from bihuan.facets.roll.counting import Row
from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import InputError, ProblemError, RefusedError
from bihuan.spec.arguments import Names, PersonInput, TextInput

DateInput = Annotated[str, Names("input", ("date",))]
IntInput = Annotated[str, Names("input", ("int",))]
MOST_MINUTES = 24 * 60
_WORDS = 2000
# Who did not come may make up for it.
MISSED = ("absent", "excused")
# Held so much earlier or later than it was announced, somebody says why.
FAR = timedelta(hours=2)


class Hold(OfGathering):
    since: TimeInput | None = Field(
        None, description="an input of type time: when it began; absent, or empty: as announced"
    )
    until: TimeInput | None = Field(
        None,
        description="an input of type time: when it ended; absent, or empty: as announced, or now",
    )
    counted: IntInput | None = Field(
        None, description="an input of type int: how many signed a sheet of paper"
    )
    reason: TextInput | None = Field(
        None, description="an input that says why, where it was held far outside its announced time"
    )


class MakeUp(OfGathering):
    shown: ClassVar[tuple[str, ...]] = ("how",)
    how: TextInput
    on: DateInput | None = Field(
        None, description="an input of type date: on which day; absent: today"
    )
    minutes: IntInput | None = Field(None, description="an input that says how many minutes")
    who: PeopleInput | None = Field(
        None, description="an input that names them; absent: whoever acts"
    )


class Correct(WithReason):
    who: PersonInput
    state: Annotated[
        str,
        Names("input", ("choice",)),
        Field(examples=["became"], description="an input: came, excused or absent"),
    ]
    since: TimeInput | None = Field(
        None, description="an input of type time: they came at; empty: as it was said before"
    )
    until: TimeInput | None = Field(
        None, description="an input of type time: they left at; empty: as it was said before"
    )


def hold(step: Step, args: Hold) -> None:
    """It was held, and its list is closed: whoever should and is not on it was absent; how long each was there
    is worked out from when it began and ended; the quorum is written down with its numbers. It counts
    on the day it was held. How many signed on paper stands beside how many are on the list.

    Refuses before its day and before it began, while excuses are not decided, an end that is to come or not
    after its beginning, and times hours before or after those announced without a reason, which stands beside
    it as a correction.
    """
    found, said = standing.on_its_day(step), standing.parts(step, Attendance)
    asked = sum(one["state"] == "asked" for one in said.values())
    if asked:
        raise RefusedError("gathering.excuses_open", n=asked)
    rows = counting.of(step)
    if not rows:
        raise counting.untaken(step)
    since, until = _held(step, args, found)
    _explained(step, args, (found["begins"] - since, until - found["ends"]))
    enough = standing.enough(step)
    for key, one in said.items():
        if one["state"] in ("came", "guest"):
            columns = {**one, "numbers": standing.minutes(one, since, until)}
            step.parts[(Attendance.PART, key)] = columns
    for row in counting.counting(rows.values(), step.matter, step.day()):
        if row.key not in said and row.state == "should":
            standing.say(step, row, said, "absent")
    standing.change(
        step,
        begun_at=found["begun_at"] or step.at,
        held_at=step.at,
        held_from=since,
        held_to=until,
        quorum=enough.columns() if enough is not None else {},
        on_paper=step.inputs.get(args.counted) if args.counted is not None else None,
    )


def _held(step: Step, args: Hold, found: dict[str, Any]) -> tuple[Any, Any]:
    day = standing.local(found["begins"]).date()
    since, until = found["begins"], min(found["ends"], step.at)
    if args.since is not None and step.inputs.get(args.since):
        since = standing.instant(day, str(step.inputs[args.since]))
    if args.until is not None and step.inputs.get(args.until):
        until = standing.instant(day, str(step.inputs[args.until]))
    for name, early in ((args.since, since >= step.at), (args.until, until > step.at)):
        if early:
            raise _to_come(step, name)
    if until <= since:
        blamed = args.until or args.since or ""
        raise InputError({blamed: ("gathering.ends_before", {})})
    return since, until


def _explained(step: Step, args: Hold, outside: tuple[timedelta, timedelta]) -> None:
    """Asks why it was held far outside of what was announced, where it was, and keeps that."""
    if max(outside) <= FAR:
        return
    why = str(step.inputs.get(args.reason) or "").strip() if args.reason is not None else ""
    if not why:
        blamed = args.since if outside[0] > FAR else args.until
        raise InputError(
            {args.reason or blamed or "": ("gathering.far_outside", {"hours": FAR.seconds // 3600})}
        )
    mend(step, why=why[:_WORDS])


def _to_come(step: Step, name: str | None) -> ProblemError:
    """What is said of a time that is not over, beside its input where that was filled in."""
    if name is not None and step.inputs.get(name):
        return InputError({name: ("gathering.to_come", {})})
    return RefusedError("gathering.to_come")


def make_up(step: Step, args: MakeUp) -> None:
    """Whoever acts, or those named, made up for it: how, on which day, and for how long where that is said.

    Refuses who was there, before it was held, later than the kind allows, a day before it or to come.
    """
    found, most = standing.held(step), standing.block_of(step).makeup
    first = standing.local(found["held_from"]).date()
    given = step.inputs.get(args.on) if args.on is not None else None
    on = date.fromisoformat(given) if given else step.day()
    if args.on is not None and not first <= on <= step.day():
        raise InputError({args.on: ("gathering.other_day", {"first": first.isoformat()})})
    if most is not None and step.day() > first + timedelta(days=most):
        raise RefusedError("gathering.too_late", days=most)
    said = standing.parts(step, Attendance)
    minutes = step.inputs.get(args.minutes) if args.minutes is not None else None
    numbers = {"minutes": min(int(minutes or 0), MOST_MINUTES)}
    for row in named(step, args.who):
        if said.get(row.key, {}).get("state") not in MISSED:
            raise RefusedError("gathering.nothing_missed", name=row.name)
        how = str(step.inputs.get(args.how, ""))
        more = {"how": "list" if args.who is not None else "self", "reason": how}
        standing.say(step, row, said, "made_up", made_up_on=on, numbers=numbers, **more)


def correct(step: Step, args: Correct) -> None:
    """Corrects somebody's entry after the list was closed: who, from what to what, why, and whether the
    minutes were signed by then stand beside it for good; where times are put right, what they were. Whoever came
    after all was there as long as was said of them before. Whoever was exempt before anything was said of them
    is so again instead of absent. The quorum follows for them; for all others, and for what was needed, it
    stays as it was.

    Where people sign up for it, whoever was there and is not on the roll comes on it, if the roster means them.

    Refuses before it was held, where nothing changes, times of who did not come, and an end not after its
    beginning.
    """
    found, said = standing.held(step), standing.parts(step, Attendance)
    row = _whom(step, args)
    before = said.get(row.key, {}).get("state", row.state)
    if row.key not in counting.rows(step.matter):
        before = "missing"
    said_now = _state(str(step.inputs.get(args.state, "")))
    is_exempt = said[row.key]["was_exempt"] if row.key in said else row.state == "exempt"
    after = "exempt" if said_now == "absent" and is_exempt else said_now
    times = attending.times(step, args.since, args.until, found["held_from"])
    if times and after != "came":
        blamed = args.until if "left_at" in times else args.since
        raise InputError({blamed or "": ("gathering.no_times", {"name": row.name})})
    there = {"came_at": None, "left_at": None, **said.get(row.key, {}), **times}
    attending.in_order(there, args.until or args.since)
    was = {name: said.get(row.key, {}).get(name) for name in times}
    if before == after and was == times:
        raise RefusedError("gathering.nothing_corrected", name=row.name)
    why = str(step.inputs.get(args.reason, ""))[:_WORDS]
    columns: dict[str, Any] = {"made_up_on": None, "how": "list"}
    if after == "came":
        columns |= {
            **times,
            "numbers": standing.minutes(there, found["held_from"], found["held_to"]),
        }
    if after == "excused":
        columns |= {"reason": why}
    if after == "exempt":
        standing.unsay(step, row, said[row.key])
    else:
        standing.say(step, row, said, said_now, **columns)
    texts = _before(args, was, found) if before == "came" else {}
    mend(step, whom=row.key, before=before, after=after, why=why, parts=[*texts], texts=texts)
    standing.change(step, quorum=standing.requorum(step, row, before, after))


def _whom(step: Step, args: Correct) -> Row:
    """Whose entry it is; of a gathering for which people sign up, of whoever signed up for nothing, too."""
    pk, came = step.inputs.get(args.who), step.inputs.get(args.state) == "came"
    if joins(step.kind) and came and pk is not None and f"p{pk}" not in counting.of(step):
        signing_up.enter(step, [int(pk)], args.who)
    return named(step, args.who)[0]


def _before(args: Correct, was: dict[str, Any], found: dict[str, Any]) -> dict[str, str]:
    """The times that were put right, as they were, by the inputs that ask for them."""
    told = ((args.since, "came_at", "held_from"), (args.until, "left_at", "held_to"))
    return {
        name: f"{standing.local(was[column] or found[else_]):%H:%M}"
        for name, column, else_ in told
        if name is not None and column in was
    }


def _state(said: str) -> State:
    """What an entry is corrected into; `bihuan check` refuses choices that are none."""
    known: dict[str, State] = {"came": "came", "excused": "excused", "absent": "absent"}
    if said not in known:
        raise RefusedError("gathering.no_such_state", state=said)
    return known[said]


def mend(step: Step, **columns: Any) -> None:
    """Writes a correction beside what it corrects."""
    nth = 1 + max((int(key) for key in standing.parts(step, AttendanceMend)), default=0)
    blank = {"whom": "", "before": "", "after": "", "parts": [], "texts": {}, "why": ""}
    said = {"signed": standing.signed(step), "by": step.actor.person_id, "at": step.at}
    step.parts[(AttendanceMend.PART, str(nth))] = {**blank, **columns, **said}


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect(HOLD, Hold, hold)
    verbs.effect(MAKE_UP, MakeUp, make_up)
    verbs.effect(CORRECT, Correct, correct)

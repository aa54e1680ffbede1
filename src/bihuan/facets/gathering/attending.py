"""Who comes: the chair's list, signing in by the code of the minute, excuses, guests from outside."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

from django.conf import settings
from pydantic import Field, model_validator

from bihuan.facets.gathering import code, standing
from bihuan.facets.gathering.block import (
    ACCEPT,
    BEGIN,
    DECLINE,
    GATHERING,
    GUESTS,
    MARK,
    OWN_EXCUSE,
    SIGN,
    UNMARK,
    doing,
)
from bihuan.facets.gathering.models import Attendance, ExcuseDeclined, Sitting
from bihuan.facets.gathering.planning import OfGathering, WithReason
from bihuan.facets.roll import counting
from bihuan.facets.roll.block import joins
from bihuan.facets.roll.counting import Row
from bihuan.foundation.access import tries
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing as kept_standing
from bihuan.kernel.matters import access, verbs
from bihuan.kernel.matters.step import Step
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import InputError, RefusedError
from bihuan.spec.arguments import Names, TextInput

PeopleInput = Annotated[
    str,
    Names("input", ("person", "people")),
    Field(examples=["who"], description="an input that names people on the roll"),
]
TimeInput = Annotated[str, Names("input", ("time",))]
RowsInput = Annotated[str, Names("input", ("rows",))]
EXCUSED, ACCEPTED, DECLINED = (
    "notice.gathering_excuse_asked",
    "notice.gathering_excuse_accepted",
    "notice.gathering_excuse_declined",
)
# Those who try codes are paced by matter and person.
SCOPE = "gathering"
MOST_GUESTS = 200


class Begin(OfGathering):
    beside: ClassVar[bool] = True


class Who(OfGathering):
    beside: ClassVar[bool] = True
    who: PeopleInput


class Mark(OfGathering):
    beside: ClassVar[bool] = True
    shown: ClassVar[tuple[str, ...]] = ("who",)
    who: PeopleInput | None = Field(
        None, examples=["who"], description="an input that names those who came; or `but`"
    )
    but: PeopleInput | None = Field(
        None, description="an input that names who did not, where all others came who should"
    )
    since: TimeInput | None = Field(None, description="an input of type time: they came at")
    until: TimeInput | None = Field(None, description="an input of type time: they left at")
    paper: bool = Field(
        default=False, description="typed later from a sheet of paper that they signed"
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.who is None) == (self.but is None):
            msg = "give who came, or who did not (`but`)"
            raise ValueError(msg)
        return self


class Sign(OfGathering):
    beside: ClassVar[bool] = True
    code: TextInput


class Excuse(WithReason):
    beside: ClassVar[bool] = True
    who: PeopleInput | None = Field(
        None, description="an input that names them; absent: whoever acts"
    )


class Decline(Who):
    reason: TextInput | None = Field(None, description="an input that says why not")


class Guests(OfGathering):
    beside: ClassVar[bool] = True
    shown: ClassVar[tuple[str, ...]] = ("rows",)
    rows: RowsInput = Field(
        examples=["guests"], description="an input of type rows, with the columns said above"
    )


def named(step: Step, name: str | None) -> list[Row]:
    """Those on the roll whom an input names, or whoever acts. Raises what the roll says of others."""
    there = counting.of(step)
    return [there[key] for key in counting.named(step, name)]


def begin(step: Step, args: Begin) -> None:
    """It begins: from now on the screen shows who is there and, where that is switched on, the code to sign
    in by.

    Refuses before its day, a second time, and a gathering that is called off or held.
    """
    del args
    if standing.on_its_day(step)["begun_at"] is not None:
        raise RefusedError("gathering.begun")
    if not counting.of(step):
        raise counting.untaken(step)
    standing.change(step, begun_at=step.at)


def marked(step: Step, args: Mark) -> list[Row]:
    """Whom it marks: those named; or of those who should, and of whom nothing is said yet, all but those
    named. Raises what the roll says of who is not on it."""
    if args.who is not None:
        return named(step, args.who)
    there = counting.of(step)
    absent = {*counting.named(step, args.but)}
    said = standing.parts(step, Attendance)
    rows = counting.counting(there.values(), step.matter, step.day())
    left = [row for row in rows if row.state == "should" and row.key not in said]
    if joins(step.kind):
        # Whoever signed up, or was entered, when it was over is named, if they came.
        ends = standing.sitting(step)["ends"]
        left = [row for row in left if row.since <= ends]
    return [row for row in left if row.key not in absent]


def times(step: Step, since: str | None, until: str | None, on: datetime) -> dict[str, datetime]:
    """When somebody came and left, as far as it was typed: by the clock of the day `on` which it was."""
    day = standing.local(on).date()
    return {
        column: standing.instant(day, str(step.inputs[name]))
        for column, name in (("came_at", since), ("left_at", until))
        if name is not None and step.inputs.get(name)
    }


def in_order(said: Mapping[str, Any], blamed: str | None) -> None:
    """Raises InputError where somebody left before they came, or at once."""
    since, until = said.get("came_at"), said.get("left_at")
    if since is not None and until is not None and until <= since:
        raise InputError({blamed or "": ("gathering.ends_before", {})})


def mark(step: Step, args: Mark) -> None:
    """Those named came: the chair's list; or all who should but those named, and but whoever is excused or asks
    to be. Later or shorter than the whole, where that is said.

    Refuses before its day, who is not on the roll, who left before they came, and once it was held
    (`gathering.correct` then).
    """
    found = standing.on_its_day(step)
    typed = times(step, args.since, args.until, found["begins"])
    said = standing.parts(step, Attendance)
    for row in marked(step, args):
        in_order({**said.get(row.key, {}), **typed}, args.until or args.since)
        if said.get(row.key, {}).get("state") != "came" or typed:
            how = "paper" if args.paper else "list"
            standing.say(step, row, said, "came", how=how, **typed)


def unmark(step: Step, args: Who) -> None:
    """Those named did not come after all, or are excused no longer; whoever was exempt is so again.

    Refuses who is not on the roll, and once it was held.
    """
    standing.still(step)
    said = standing.parts(step, Attendance)
    for row in named(step, args.who):
        if row.key in said:
            standing.unsay(step, row, said[row.key])


def switched_on(step: Step) -> bool:
    """Whether one may sign in by the code here: the kind has it, and its setting is on."""
    name = standing.block_of(step).signin
    return name is not None and step.setting(name).value is True


def secret_of(stream: str, begun: datetime) -> bytes:
    """What the codes of a gathering are made with."""
    return code.secret(settings.SECRETS["blind"], stream, begun)


def sign(step: Step, args: Sign) -> None:
    """Whoever acts is there, and says so by the code that the chair's screen shows in this minute, or showed
    in the one before. They are there from now on.

    Refuses another code, who is not on the roll or is down as having come already, before it began and
    after it was held, and where signing in by code is not switched on.
    """
    found = standing.still(step)
    if not switched_on(step):
        raise RefusedError("gathering.no_code")
    if found["begun_at"] is None:
        raise RefusedError("gathering.not_begun")
    said = standing.parts(step, Attendance)
    row = named(step, None)[0]
    if said.get(row.key, {}).get("state") == "came":
        raise RefusedError("gathering.signed_in")
    typed = str(step.inputs.get(args.code, ""))
    if not code.holds(secret_of(step.matter.stream, found["begun_at"]), typed, step.at):
        raise InputError({args.code: ("gathering.wrong_code", {})})
    standing.say(step, row, said, "came", how="self", came_at=step.at)
    tries.forgive(SCOPE, _who(step.matter.pk, step.actor), step.at)


def _who(pk: int, actor: Actor) -> str:
    return f"{pk} {actor.ref}"


@kept_standing.kept
def _signing() -> frozenset[str]:
    """The names of actions by which people sign in, whatever programme has them, by any release ever."""
    specs = [programmes.spec_of(row.pk) for row in programmes.releases()]
    kinds = [one.kinds[kind_id] for one in specs for kind_id, _ in GATHERING.kinds(one)]
    return frozenset(name for kind in kinds for name in doing(kind, SIGN))


def _open(pk: int, action: str, actor: Actor, at: datetime) -> bool:
    """Whether somebody may try a code at this very matter: they see it, by this action one signs in to it, it
    has begun and is not over, and one does sign in by code."""
    try:
        found = access.matter(actor, pk)
    except LookupError:
        return False
    programme = programmes.spec_of(found.release_id)
    kind = programme.kinds[found.kind]
    if GATHERING.of(kind) is None or action not in doing(kind, SIGN):
        return False
    going = Sitting.objects.filter(stream=found.stream, begun_at__isnull=False, held_at=None)
    if not going.filter(off=False).exists():
        return False
    return switched_on(Step(found, programme, kind, actor, at, action))


def paced(pk: int, action: str, actor: Actor, at: datetime) -> None:
    """Counts a try to sign in before its code is looked at, and takes it back with the step that succeeds.
    Where nobody can try one, nothing is counted and nothing said.

    Raises RefusedError for whoever tried too often in vain, with the seconds to wait.
    """
    if action not in _signing() or not _open(pk, action, actor, at):
        return
    seconds = tries.claim(SCOPE, _who(pk, actor), at)
    if seconds:
        raise RefusedError("gathering.too_many_tries", seconds=seconds)


def excuse(step: Step, args: Excuse) -> None:
    """Whoever acts, or those named, cannot come, for a reason that stays between them and who keeps the list.
    One's own excuse holds at once where the kind says so, else the chair decides; those named by another
    are excused.

    Refuses who is not on the roll, is exempt or there, and once it was held; of oneself once its time is over,
    and whoever asked before and was not excused.
    """
    found = standing.still(step)
    if args.who is None and step.at > found["ends"]:
        raise RefusedError("gathering.asks_late")
    said, declined = standing.parts(step, Attendance), standing.parts(step, ExcuseDeclined)
    how = "list" if args.who is not None else "self"
    auto = args.who is not None or standing.block_of(step).excuses == "auto"
    for row in named(step, args.who):
        if said.get(row.key, {}).get("state") == "came":
            raise RefusedError("gathering.is_there", name=row.name)
        if row.state == "exempt":
            raise RefusedError("roll.is_exempt", name=row.name)
        if args.who is None and row.key in declined:
            raise RefusedError("gathering.asked_before")
        why = str(step.inputs.get(args.reason, ""))
        standing.say(step, row, said, "excused" if auto else "asked", how=how, reason=why)
    has_it = step.value("assignee_id")
    if args.who is None and has_it:
        step.tell([has_it], EXCUSED)


def _asked(step: Step, name: str) -> Iterable[tuple[Row, dict[str, Any]]]:
    """Those named who asked to be excused, with what they wrote. Raises RefusedError for others."""
    said = standing.parts(step, Attendance)
    for row in named(step, name):
        one = said.get(row.key)
        if one is None or one["state"] != "asked":
            raise RefusedError("gathering.asked_nothing", name=row.name)
        yield row, one


def accept(step: Step, args: Who) -> None:
    """Those named are excused as they asked, and told.

    Refuses who asked for nothing, and once it was held.
    """
    standing.still(step)
    for row, one in _asked(step, args.who):
        standing.say(step, row, {row.key: one}, "excused", reason=one["reason"])
        step.tell([row.person_id] if row.person_id is not None else [], ACCEPTED)


def decline(step: Step, args: Decline) -> None:
    """Those named are not excused: they should come, are told, and do not ask again.

    Refuses who asked for nothing, and once it was held.
    """
    standing.still(step)
    for row, one in _asked(step, args.who):
        standing.unsay(step, row, one)
        columns = {"by": step.actor.person_id, "at": step.at}
        step.parts[(ExcuseDeclined.PART, row.key)] = columns
        step.tell([row.person_id] if row.person_id is not None else [], DECLINED)


def guests(step: Step, args: Guests) -> None:
    """Those from outside who came, from rows with the columns `name`, and where wanted `whence` and `speaks`
    (somebody who lectures). They are on no roll and count for no share. A signature under the minutes that
    stands alone is withdrawn by it.

    Refuses more than 200 of them, once both signed the minutes, and where it is called off.
    """
    found = standing.unsigned(step)
    standing.reopened(step)
    keys = [key for key in standing.parts(step, Attendance) if key.startswith("g")]
    last = max((int(key[1:]) for key in keys), default=0)
    rows = step.inputs.get(args.rows) or []
    if len(keys) + len(rows) > MOST_GUESTS:
        raise RefusedError("gathering.too_many_guests", most=MOST_GUESTS)
    for n, row in enumerate(rows, last + 1):
        one = standing.guest(step, row)
        if found["held_at"] is not None:
            one["numbers"] = standing.minutes(one, found["held_from"], found["held_to"])
        step.parts[(Attendance.PART, f"g{n}")] = one


def register() -> None:
    """Declares the effects of this module."""
    verbs.effect(BEGIN, Begin, begin)
    verbs.effect(MARK, Mark, mark)
    verbs.effect(UNMARK, Who, unmark)
    verbs.effect(SIGN, Sign, sign)
    verbs.effect(OWN_EXCUSE, Excuse, excuse)
    verbs.effect(ACCEPT, Who, accept)
    verbs.effect(DECLINE, Decline, decline)
    verbs.effect(GUESTS, Guests, guests)

"""A gathering as it stands, or as a step leaves it: its sitting, who came, whether enough are there."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from bihuan.facets.gathering.block import GATHERING, GatheringSpec, QuorumSpec, State
from bihuan.facets.gathering.models import Attendance, ExcuseDeclined, MinutesSignature, Sitting
from bihuan.facets.roll import counting
from bihuan.facets.roll.block import ROLL
from bihuan.facets.roll.counting import Row
from bihuan.facets.roll.models import Enrolled
from bihuan.foundation.audit.api import Part
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters.parts import left_by
from bihuan.kernel.matters.step import Step
from bihuan.kernel.people import api as people
from bihuan.lib.problems import ProblemError, RefusedError
from bihuan.spec.schema import Programme

SITTING = "sitting"
BOTH = ("chair", "recorder")
# What the roll says of whom the list says something.
_ON_ROLL: Mapping[State, str] = {
    "asked": "should",
    "came": "done",
    "excused": "excused",
    "absent": "should",
    "made_up": "done",
}
REOPENED = "notice.gathering_signature_withdrawn"
_WORDS = 2000
Columns = dict[str, Any]
# Said, not left out: figures tell by how much a number fell where it stands before and after.
NONE: Mapping[str, int] = {"minutes": 0}


def block_of(step: Step) -> GatheringSpec:
    """What the kind says of its gatherings. Raises ProblemError where it says nothing (an old release)."""
    found = GATHERING.of(step.kind)
    if found is None:
        raise ProblemError("gathering.none")
    return found


def parts(step: Step, model: type[Part]) -> dict[str, Columns]:
    """The parts of a sort by their keys, as the step leaves them, in the order they came."""
    return left_by(step, model)


def sitting(step: Step) -> Columns:
    """When it is and how far it has come. Raises ProblemError where the kind had no gathering yet when
    the matter was opened."""
    found = parts(step, Sitting).get(SITTING)
    if found is None:
        raise ProblemError("gathering.none")
    return found


def change(step: Step, **columns: Any) -> None:
    """Changes some columns of the sitting."""
    step.parts[(Sitting.PART, SITTING)] = {**sitting(step), **columns}


def still(step: Step) -> Columns:
    """The sitting, of a gathering that is neither called off nor held. Raises RefusedError of others."""
    found = sitting(step)
    if found["off"]:
        raise RefusedError("gathering.is_off")
    if found["held_at"] is not None:
        raise RefusedError("gathering.is_held")
    return found


def on_its_day(step: Step) -> Columns:
    """The same, from its day on."""
    found = still(step)
    if step.day() < local(found["begins"]).date():
        raise RefusedError("gathering.not_yet", day=local(found["begins"]).date().isoformat())
    return found


def held(step: Step) -> Columns:
    """The sitting of a gathering that was held. Raises RefusedError of others."""
    found = sitting(step)
    if found["held_at"] is None:
        raise RefusedError("gathering.not_held")
    return found


def signed(step: Step) -> bool:
    """Whether both signed the minutes, as the step leaves them."""
    return {*BOTH} <= parts(step, MinutesSignature).keys()


def unsigned(step: Step) -> Columns:
    """The sitting of a gathering that is not called off, and whose minutes not both signed. Raises
    RefusedError of others: what is changed after that says so."""
    found = sitting(step)
    if found["off"]:
        raise RefusedError("gathering.is_off")
    if signed(step):
        raise RefusedError("gathering.signed_closed")
    return found


def reopened(step: Step) -> None:
    """Takes back the signature of whoever signed alone what is changed now, and tells them: both sign the
    same."""
    if signed(step):
        return
    for key, one in parts(step, MinutesSignature).items():
        step.parts[(MinutesSignature.PART, key)] = None
        step.tell([one["person_id"]], REOPENED)


def local(at: datetime) -> datetime:
    """An instant by the clock on the wall."""
    return timezone.localtime(at)


def instant(day: str | date, clock: str) -> datetime:
    """A day and a time by the clock on the wall, as an instant."""
    on = day if isinstance(day, date) else date.fromisoformat(day)
    return timezone.make_aware(datetime.combine(on, time.fromisoformat(clock)))


def say(step: Step, row: Row, said: Mapping[str, Columns], state: State, **more: Any) -> None:
    """Says of somebody on the roll what became of them, on the list and on the roll in one. `said` is the
    list as it stands."""
    before = said.get(row.key) or _blank(row)
    # What somebody wrote about one state is nothing of the next one's, unless it is said again.
    columns = {**before, "reason": "", "numbers": dict(NONE), **more}
    columns |= {"state": state, "by": step.actor.person_id, "at": step.at}
    columns["reason"] = str(columns["reason"])[:_WORDS]
    step.parts[(Attendance.PART, row.key)] = columns
    on_roll, why = _ON_ROLL[state], columns["reason"] if state == "excused" else ""
    if (row.state, row.reason) != (on_roll, why):
        roll = replace(row, state=on_roll, reason=why, at=step.at)
        step.parts[(Enrolled.PART, row.key)] = roll.columns()


def unsay(step: Step, row: Row, one: Columns) -> None:
    """Takes off the list what was said of somebody, `one`: they should again, or are exempt as they were."""
    step.parts[(Attendance.PART, row.key)] = None
    state, why = ("exempt", one["exemption"]) if one["was_exempt"] else ("should", "")
    roll = replace(row, state=state, reason=why, at=step.at)
    step.parts[(Enrolled.PART, row.key)] = roll.columns()


def unasked(step: Step) -> None:
    """Takes off the list every excuse that nobody decided on."""
    rows = counting.of(step)
    for key, one in parts(step, Attendance).items():
        if one["state"] == "asked":
            unsay(step, rows[key], one)


def undeclined(step: Step) -> None:
    """Lets those ask again who were not excused: it is on another day now."""
    for key in parts(step, ExcuseDeclined):
        step.parts[(ExcuseDeclined.PART, key)] = None


def _blank(row: Row) -> Columns:
    was_exempt = row.state == "exempt"
    return {
        "was_exempt": was_exempt,
        "exemption": row.reason if was_exempt else "",
        "person_id": row.person_id,
        "org_id": row.org_id,
        "name": "",
        "whence": "",
        "speaks": False,
        "how": "",
        "came_at": None,
        "left_at": None,
        "made_up_on": None,
    }


def guest(step: Step, row: Mapping[str, Any]) -> Columns:
    """Somebody from outside, who is on no roll."""
    return {
        "person_id": None,
        "org_id": None,
        "name": str(row.get("name", ""))[:100],
        "whence": str(row.get("whence") or "")[:200],
        "speaks": bool(row.get("speaks")),
        "state": "guest",
        "how": "list",
        "reason": "",
        "came_at": None,
        "left_at": None,
        "made_up_on": None,
        "numbers": dict(NONE),
        "was_exempt": False,
        "exemption": "",
        "by": step.actor.person_id,
        "at": step.at,
    }


def minutes(of: Columns, begun: datetime, ended: datetime) -> dict[str, int]:
    """How long somebody was there of a gathering that was held from then to then, as `numbers`."""
    since = max(begun, of["came_at"] or begun)
    until = min(ended, of["left_at"] or ended)
    return {"minutes": max(0, (until - since) // timedelta(minutes=1))}


@dataclass(frozen=True)
class Enough:
    """Whether enough are there: `there` of `among`, of whom `percent` are needed (more than that where
    `above`)."""

    there: int
    among: int
    percent: int
    above: bool

    @property
    def enough(self) -> bool:
        """Whether they are."""
        has, needs = self.there * 100, self.percent * self.among
        return self.among > 0 and (has > needs if self.above else has >= needs)

    def columns(self) -> Columns:
        """As it is kept, and told."""
        return {
            "there": self.there,
            "among": self.among,
            "percent": self.percent,
            "above": self.above,
            "enough": self.enough,
        }


def quorum(
    one: QuorumSpec,
    percent: int,
    *,
    programme: Programme,
    roster: str,
    home: Org,
    on: date,
    rows: Iterable[Row],
    came: Collection[str],
) -> Enough:
    """Who is there of those who count on a day: of the roll without those it leaves out, and of the roster
    it names."""
    rows = list(rows)
    pks = [row.person_id for row in rows if row.person_id is not None]
    counting_ = {row.key for row in rows}
    if one.of is not None:
        counting_ &= {d.key for d in people.resolve(programme, one.of, home, on, among=pks)}
    if "moved" in one.without:
        still_there = {d.key for d in people.resolve(programme, roster, home, on, among=pks)}
        counting_ &= still_there | {*came}
    if "exempt" in one.without:
        counting_ -= {row.key for row in rows if row.state == "exempt"}
    if "excused" in one.without:
        counting_ -= {row.key for row in rows if row.state == "excused"}
    return Enough(len(counting_ & {*came}), len(counting_), percent, one.above)


def enough(step: Step, *, ahead: Collection[str] = ()) -> Enough | None:
    """The quorum as the step leaves it, with those who come `ahead` of its effects; None of a kind without.
    Once its day is over, however late it is written down, those count who did on that day, and the share
    that was asked for then."""
    one = block_of(step).quorum
    if one is None:
        return None
    then = _then(step)
    rows = counting.counting(counting.of(step).values(), step.matter, then.day())
    there = {key for key, row in parts(step, Attendance).items() if row["state"] == "came"}
    given = one.percent
    percent = given if given is not None else int(then.setting(str(one.setting)).value)
    return _counted(then, one, percent, rows, there | {*ahead})


def _then(step: Step) -> Step:
    """The step as if it were taken on the day of the gathering, where that is over."""
    found = sitting(step)
    at = min(step.at, found["held_from"] or found["begins"])
    return Step(step.matter, step.programme, step.kind, step.actor, at, step.action, set=step.set)


def _counted(
    then: Step, one: QuorumSpec, percent: int, rows: list[Row], came: Collection[str]
) -> Enough:
    return quorum(
        one,
        percent,
        programme=then.programme,
        roster=str(ROLL.of(then.kind)),
        home=then.org(then.value("home_id")),
        on=then.day(),
        rows=rows,
        came={*came} & {row.key for row in rows},
    )


def requorum(step: Step, row: Row, before: str, after: str) -> Columns:
    """The quorum that was written down, with the entry of one on the roll (`row`, as it was) corrected from a
    state to another: for the others, and for what was needed, it stays as it was."""
    kept, one = sitting(step)["quorum"], block_of(step).quorum
    if not kept or one is None:
        return dict(kept)
    then = _then(step)
    there, among = kept["there"], kept["among"]
    for sign, state, each in ((-1, before, row), (1, after, counting.of(step)[row.key])):
        came = [row.key] if state == "came" else []
        counts = counting.counting([each], step.matter, then.day())
        told = _counted(then, one, kept["percent"], counts, came)
        there, among = there + sign * told.there, among + sign * told.among
    return Enough(there, among, kept["percent"], kept["above"]).columns()


def states(rows: Iterable[Row], said: Mapping[str, Columns], *, closed: bool) -> Counter[str]:
    """How many of those on a roll are in which state: what the list says, else exempt, or missing; once it
    is `closed` nobody is missing."""
    found: Counter[str] = Counter()
    for row in rows:
        there = said.get(row.key)
        if there is not None:
            found[there["state"]] += 1
        elif row.state == "exempt":
            found["exempt"] += 1
        else:
            found["absent" if closed else "missing"] += 1
    found["should"] = sum(found.values()) - found["exempt"]
    return found

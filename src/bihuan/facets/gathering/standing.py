"""A gathering as it stands, or as a step leaves it: its sitting, who came, whether enough are there."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from bihuan.facets.gathering.block import GATHERING, GatheringSpec, QuorumSpec, State
from bihuan.facets.gathering.models import Attendance, MinutesSignature, Sitting
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


def unsay(step: Step, row: Row) -> None:
    """Takes off the list what was said of somebody: they should again."""
    step.parts[(Attendance.PART, row.key)] = None
    roll = replace(row, state="should", reason="", at=step.at)
    step.parts[(Enrolled.PART, row.key)] = roll.columns()


def _blank(row: Row) -> Columns:
    return {
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
    """The quorum as the step leaves it, with those who come `ahead` of its effects; None of a kind without."""
    one = block_of(step).quorum
    if one is None:
        return None
    rows = counting.counting(counting.of(step).values(), step.matter, step.day())
    there = {key for key, row in parts(step, Attendance).items() if row["state"] == "came"}
    given = one.percent
    percent = given if given is not None else int(step.setting(str(one.setting)).value)
    return quorum(
        one,
        percent,
        programme=step.programme,
        roster=str(ROLL.of(step.kind)),
        home=step.org(step.value("home_id")),
        on=step.day(),
        rows=rows,
        came=(there | {*ahead}) & {row.key for row in rows},
    )


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

"""Time: what happens because a threshold has passed. Cost follows what is due, not what is open."""

from datetime import datetime

from django.db import transaction

from bihuan.foundation.access import api as grants
from bihuan.foundation.access import officers
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import ConflictError, change, standing
from bihuan.foundation.orgs.api import calendars
from bihuan.foundation.sql.statements import together
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.clocks.api import Clock, reckon
from bihuan.kernel.matters import access, acting, effects
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.matters.step import Step
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import ProblemError

BATCH = 200
# What a programme asks first by a guard over facts and settings, it means: "unless this was done
# already" is no failure.
MEANT = {"guard.fact_is", "guard.fact_not", "guard.fact_below", "guard.setting_is"}
PREFIX = "matter:"


def _fire(matter: Matter, held: list[Clock], at: datetime) -> bool:
    """Takes the steps one matter has reached; False when there was nothing to take."""
    programme = programmes.spec_of(matter.release_id)
    kind = programme.kinds[matter.kind]
    at = max(at, matter.changed_at)
    step = Step(matter, programme, kind, SYSTEM, at, "clock")
    step.know_clocks(held)
    acts: list[str] = []
    for name, clock in sorted(step.clocks().items()):
        columns, fired = reckon.passed(clock, at)
        step.change_clock(name, columns)
        for one in fired:
            step.data.setdefault("steps", []).append([name, one["id"], one["level"]])
            step.tell(effects.people_of(step, one["notify"]), f"notice.step_{one['level']}")
            if one["act"]:
                acts.append(one["act"])
    if "steps" not in step.data:
        return False
    with together():
        change(matter, step.happening("matter.stepped", None))
        step.follow_up()
    for action in acts:
        try:
            with transaction.atomic():
                acting.perform(matter, action, actor=SYSTEM, at=at, data={})
        except ProblemError as error:
            # The step itself stands, and the time line shows it.
            if error.key not in MEANT:
                _say_refused(matter, action, error, at)
    return True


def _say_refused(matter: Matter, action: str, error: ProblemError, at: datetime) -> None:
    """Notes that the house could not do what a clock asked of it, and tells whoever leads there; where
    nobody does, whoever could appoint somebody. A step is taken once, so this is told once."""
    programme = programmes.spec_of(matter.release_id)
    at = max(at, matter.changed_at)
    step = Step(matter, programme, programme.kinds[matter.kind], SYSTEM, at, "refused")
    step.data |= {"act": action, "why": error.key}
    step.data["values"] = {name: str(value) for name, value in error.values.items()}
    appointing = officers.role_for(officers.SECURITY)
    leading = effects.leading(step)
    step.tell(
        leading or sorted(grants.all_holders(appointing, matter.home_path, step.day())),
        "notice.act_refused",
    )
    change(matter, step.happening("matter.act_refused", None))
    step.follow_up()


def sweep(at: datetime, limit: int = 10_000) -> int:
    """Fires every step that has come by `at`; returns how many matters moved.

    Each matter is its own transaction; one that somebody moves at the same moment is left for
    the next round, whose sweep finds it still due.
    """
    moved = 0
    while moved < limit:
        streams = [s for s in clocks.due(at, BATCH) if s.startswith(PREFIX)]
        progress = 0
        # Matters are read before what hangs on them: whoever changes a clock or a party changes the
        # matter's version too, so anything read too early or too late ends in a conflict.
        rows = Matter.objects.in_bulk([int(s.removeprefix(PREFIX)) for s in streams])
        held = clocks.of_many(streams)
        access.know_parties(list(rows.values()))
        with standing.steady():
            for stream in streams:
                matter = rows[int(stream.removeprefix(PREFIX))]
                try:
                    with transaction.atomic():
                        progress += _fire(matter, held.get(stream, []), at)
                except ConflictError:
                    continue
        moved += progress
        if progress == 0:
            return moved
    return moved


def recalculate(calendar_id: int, at: datetime, limit: int = 5000) -> int:
    """Works out anew the dates that rested on an unannounced year; says so where one changed."""
    changed = 0
    after = 0
    while rows := clocks.provisional(calendar_id, after, 500):
        after = rows[-1][0]
        for _, stream in rows:
            changed += _recalculate(stream, at, calendar_id)
        if changed >= limit:
            break
    return changed


def _recalculate(stream: str, at: datetime, calendar_id: int) -> int:
    with transaction.atomic():
        matter = Matter.objects.get(pk=int(stream.removeprefix(PREFIX)))
        programme = programmes.spec_of(matter.release_id)
        kind = programme.kinds[matter.kind]
        step = Step(matter, programme, kind, SYSTEM, max(at, matter.changed_at), "calendar")
        moved = []
        for name, clock in sorted(step.clocks().items()):
            if clock.calendar_id == calendar_id:
                was = clock.due_at
                columns = reckon.recalculated(clock, calendars.load(calendar_id))
                step.change_clock(name, columns)
                if columns and columns["due_at"] != was:
                    moved.append([name, was, columns["due_at"]])
        if not step.parts:
            return 0
        step.data["moved"] = moved
        try:
            change(matter, step.happening("matter.recalculated", None))
        except ConflictError:
            return 0
        return 1

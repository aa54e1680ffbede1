"""Reminding those who should come: once, in daylight some days before, by the outbox.

A task looks when that is and plans itself for then; the one that is due writes one event, which tells them.
Both end with what they wrote in one transaction, so that nobody is told twice whenever a worker is killed,
and one that was planned for a time that is no more does nothing.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from bihuan.facets.gathering import events, standing
from bihuan.facets.gathering.block import GATHERING
from bihuan.facets.gathering.models import Sitting
from bihuan.facets.roll import counting
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import Happening, change
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import standing_person
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.step import Step
from bihuan.kernel.programmes import api as programmes
from bihuan.lib import canonical

REMIND, REMINDER = "gathering.remind", "notice.gathering_reminder"
# No telephone rings at night; whoever is reminded has the day before them.
HOUR = time(9)


def planned(step: Step) -> None:
    """Plans, with the step, that those who should come are reminded."""
    begins = canonical.instant(standing.sitting(step)["begins"])
    step.tasks.append((REMIND, {"begins": begins, "due": False}, f"remind-{begins}"))


def moment(begins: datetime, days: int) -> datetime:
    """When people are reminded of a gathering that begins then: so many days before, in the morning."""
    day = standing.local(begins).date() - timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, HOUR))


def remind(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Plans the reminder for its moment, or gives it. Where the moment is past already when it is
    announced they know it by that."""
    found = Matter.objects.get(pk=payload["matter"])
    one = GATHERING.of(programmes.spec_of(found.release_id).kinds[found.kind])
    row = Sitting.objects.filter(stream=found.stream, key=standing.SITTING).first()
    if one is None or row is None or not one.remind or not _meant(row, payload, at):
        return
    when = moment(row.begins, one.remind)
    if not payload["due"]:
        if when > at:
            notify.enqueue(REMIND, {**payload, "due": True}, key=f"{key}:due", run_at=when)
        return
    _tell(found, row, at)


def _meant(row: Sitting, payload: dict[str, Any], at: datetime) -> bool:
    over = row.off or row.held_at is not None or row.reminded == row.begins or row.begins <= at
    return not over and canonical.instant(row.begins) == payload["begins"]


def _tell(found: Matter, row: Sitting, at: datetime) -> None:
    at = max(at, found.changed_at)
    on = standing.local(at).date()
    rows = counting.counting(counting.rows(found).values(), found, on)
    due = [one.person_id for one in rows if one.state == "should" and one.person_id is not None]
    data = notify.told([pk for pk in due if standing_person(pk).has_account], REMINDER)
    parts: dict[tuple[str, str], dict[str, Any] | None]
    parts = {(Sitting.PART, standing.SITTING): {"reminded": row.begins}}
    set_ = {"changed_at": at}
    change(found, Happening(events.REMINDED, at, SYSTEM.ref, set=set_, parts=parts, data=data))
    said = {"number": found.number, "told_by": found.programme}
    notify.tell_told(found, data, at=at, ref=found.stream, **said)


def register() -> None:
    """Declares what the worker does for this facet."""
    notify.task(REMIND)(remind)

"""Places by appointment: what a hall offers, what is free, taking one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from bihuan.foundation.audit.api import Happening, change, create, standing
from bihuan.foundation.orgs.api import Org, calendars
from bihuan.kernel.halls.models import Place, Timetable
from bihuan.kernel.halls.problems import HallError
from bihuan.rules.slots import Plan, Slot, half_hours, slots
from bihuan.rules.spans import MeetsError, Span, followed

MOST = 200
SPANS = 6


@dataclass(frozen=True)
class Free:
    """One half hour of a hall, all its windows together: how many places, how many still free."""

    day: date
    start: time
    places: int
    left: int
    after_hours: bool

    @property
    def written(self) -> str:
        """What a form sends: `2026-03-04 09:30`."""
        return f"{self.day.isoformat()} {self.start:%H:%M}"


def written(text: str) -> tuple[date, time]:
    """The day and time of `2026-03-04 09:30`. Raises HallError."""
    try:
        when = datetime.strptime(text.strip(), "%Y-%m-%d %H:%M")  # noqa: DTZ007 - local, as read
    except ValueError:
        raise HallError("halls.bad_slot", text=text[:30]) from None
    return when.date(), when.time()


def instant_of(org: Org, day: date, start: time) -> datetime:
    """When a half hour of an organisation begins."""
    zone = calendars.load(calendars.of(org.path).pk).tz()
    return datetime.combine(day, start, zone)


def _spans(plan: Plan) -> list[list[str]]:
    return [[f"{a:%H:%M}", f"{b:%H:%M}"] for a, b in sorted(plan.spans)]


def _check(plan: Plan) -> None:
    if not 1 <= plan.places <= MOST:
        raise HallError("halls.bad_places", limit=MOST)
    if not plan.weekdays or any(not 0 <= d <= 6 for d in plan.weekdays):
        raise HallError("halls.no_weekday")
    if not half_hours(plan.spans) or len(plan.spans) > SPANS:
        raise HallError("halls.no_hours")
    if len(plan.window) > 20:
        raise HallError("services.too_long", name="window", limit=20)


@transaction.atomic
def set_timetable(
    org: Org, plan: Plan, *, start: date, at: datetime, actor: str
) -> tuple[Timetable, bool]:
    """Offers places from a day on, instead of what the window offered; (row, new?).

    The same plan again changes nothing; who has booked keeps the place. Raises HallError: no
    weekday, no half hour, a number of places out of range, a period that meets another (`rules.spans`).
    """
    _check(plan)
    values = {
        "weekdays": sorted(set(plan.weekdays)),
        "spans": _spans(plan),
        "places": plan.places,
    }
    window = " ".join(plan.window.split())
    there = Timetable.objects.filter(org=org, window=window, after_hours=plan.after_hours)
    there = there.order_by("start")
    for one in there:
        if one.end is None and all(getattr(one, name) == value for name, value in values.items()):
            return one, False
    try:
        before = followed(Span(start), [(one, Span(one.start, one.end)) for one in there])
    except MeetsError as error:
        raise HallError(error.key, **error.values) from error
    if before is not None:
        change(before, Happening("timetable.ended", at, actor, set={"end": start}))
    row = Timetable(org=org, window=window, after_hours=plan.after_hours, start=start, **values)
    return create(row, Happening("timetable.set", at, actor)), True


@transaction.atomic
def end_timetable(pk: int, *, on: date, at: datetime, actor: str) -> Timetable:
    """Offers no places from a day on; who has booked keeps the place."""
    row = timetable(pk)
    if row.end is not None:
        return row
    return change(row, Happening("timetable.ended", at, actor, set={"end": max(on, row.start)}))


def timetable(pk: int) -> Timetable:
    """One row with its organisation. Raises LookupError."""
    found = Timetable.objects.select_related("org").filter(pk=pk).first()
    if found is None:
        raise LookupError(pk)
    return found


def timetables(org: Org, on: date) -> list[Timetable]:
    """What a hall offers on a day or later."""
    rows = Timetable.objects.filter(Q(end__isnull=True) | Q(end__gt=on), org=org)
    # One that was ended before it began never holds.
    rows = rows.exclude(end=F("start"))
    return list(rows.order_by("window", "after_hours", "start"))


def _plan(row: Timetable) -> Plan:
    spans = tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in row.spans)
    return Plan(row.window, tuple(row.weekdays), spans, row.places, row.after_hours)


@standing.kept
def _rows(org_id: int) -> tuple[Timetable, ...]:
    return tuple(Timetable.objects.filter(org_id=org_id))


def _slots(org: Org, day: date) -> list[Slot]:
    plans = [
        _plan(row)
        for row in _rows(org.pk)
        if row.start <= day and (row.end is None or row.end > day)
    ]
    return slots(plans, day, calendars.load(calendars.of(org.path).pk)) if plans else []


def free(org: Org, at: datetime, *, days: int) -> list[Free]:
    """Every half hour of a hall that has not begun, from today to so many days on, full ones too."""
    zone = calendars.load(calendars.of(org.path).pk).tz()
    local = at.astimezone(zone)
    last = local.date() + timedelta(days=days)
    taken = Place.objects.filter(org_id=org.pk, day__gte=local.date(), day__lte=last)
    count = Counter(taken.values_list("day", "time", "window"))
    found: dict[tuple[date, time], Free] = {}
    for offset in range(days + 1):
        day = local.date() + timedelta(days=offset)
        for slot in _slots(org, day):
            if offset == 0 and slot.start <= local.time():
                continue
            left = max(slot.places - count[day, f"{slot.start:%H:%M}", slot.window], 0)
            one = found.get((day, slot.start)) or Free(day, slot.start, 0, 0, slot.after_hours)
            found[day, slot.start] = Free(
                day,
                slot.start,
                one.places + slot.places,
                one.left + left,
                one.after_hours and slot.after_hours,
            )
    return list(found.values())


def take(org: Org, text: str, at: datetime, *, days: int) -> dict[str, Any]:
    """The columns of a Place at a half hour, the first window that has one.

    Raises HallError: no such half hour, begun already, too far ahead, all places gone.
    """
    day, start = written(text)
    begins = instant_of(org, day, start)
    if begins <= at:
        raise HallError("halls.slot_past")
    if (day - timezone.localtime(at).date()).days > days:
        raise HallError("halls.slot_far", days=days)
    offered = [slot for slot in _slots(org, day) if slot.start == start]
    if not offered:
        raise HallError("halls.no_slot")
    clock = f"{start:%H:%M}"
    rows = Place.objects.filter(org_id=org.pk, day=day, time=clock)
    taken = set(rows.values_list("window", "nth"))
    for slot in offered:
        for nth in range(1, slot.places + 1):
            if (slot.window, nth) not in taken:
                return {
                    "org_id": org.pk,
                    "window": slot.window,
                    "day": day,
                    "time": clock,
                    "nth": nth,
                }
    raise HallError("halls.slot_full")


def booked(org: Org, days: Sequence[date]) -> list[Place]:
    """The places taken at a hall on some days, by time."""
    rows = Place.objects.filter(org_id=org.pk, day__in=list(days))
    return list(rows.order_by("day", "time", "window", "nth"))


def collided(error: Exception) -> bool:
    """Whether a write failed because somebody took the same place at the same instant."""
    text = str(error)
    return "place_once" in text or f"{Place._meta.db_table}.nth" in text

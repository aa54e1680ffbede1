"""The arithmetic of one clock: every function returns the columns that change, and writes nothing."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime

from bihuan.kernel.clocks.models import Clock
from bihuan.lib import canonical
from bihuan.rules.worktime import Calendar, Limit, Pause, Unit, due, reach
from bihuan.spec.schema import STEP_AT, ClockSpec

Columns = dict[str, Any]


def instant(text: str) -> datetime:
    """An instant from an event's text. Raises ValueError when it is none."""
    found = parse_datetime(text)
    if found is None:
        raise ValueError(text)
    return found


def _pauses(rows: list[list[str | None]]) -> list[Pause]:
    found = []
    for start, end, *fair in rows:
        if start:
            least = _length(fair[0]) if fair and fair[0] else None
            found.append(Pause(instant(start), instant(end) if end else None, least))
    return found


def _length(text: str) -> Limit:
    n, unit = text.split()
    return Limit(int(n), Unit(unit))


def pauses_of(clock: Clock) -> list[Pause]:
    """The clock's pauses as the rules want them."""
    return _pauses(clock.pauses)


def limit_of(n: int, unit: str, extras: list[dict[str, Any]]) -> Limit:
    """The limit with all its extensions."""
    return Limit(n + sum(int(e["n"]) for e in extras), Unit(unit))


def _step_at(
    at: str, limit: Limit, start: datetime, calendar: Calendar, pauses: list[Pause]
) -> datetime:
    found = STEP_AT.fullmatch(at)
    if found is None:
        msg = f"{at!r} is no instant of a step; the schema admits no other form"
        raise ValueError(msg)
    if found["share"] is not None:
        share = int(found["share"]) / 100
        # 100 % is the first moment at which the limit is over, not the last within it.
        reached = reach(share, limit, start, calendar, pauses)
        return reached + timedelta(seconds=1) if share >= 1 else reached
    after = Limit(int(found["n"]), Unit(found["unit"]))
    end = due(limit, start, calendar, pauses)
    # A pause that began after the end moves only what comes after the end.
    later = [p for p in pauses if p.start >= end]
    return reach(1, after, end, calendar, later) + timedelta(seconds=1)


def _dates(
    limit: Limit,
    start: datetime,
    calendar: Calendar,
    pauses: list[Pause],
    steps: list[dict[str, Any]],
) -> Columns:
    end = due(limit, start, calendar, pauses)
    placed = [
        {**s, "on": canonical.instant(_step_at(s["at"], limit, start, calendar, pauses))}
        for s in steps
    ]
    placed.sort(key=lambda s: s["on"])
    last = end.astimezone(calendar.tz()).date()
    first = start.astimezone(calendar.tz()).date()
    unsure = any(
        calendar.is_provisional(first.replace(year=year, month=1, day=1))
        for year in range(first.year, last.year + 1)
    )
    counts_days = limit.unit in (Unit.WORKDAYS, Unit.WORKHOURS)
    return {"due_at": end, "steps": placed, "provisional": unsure and counts_days}


def started(
    spec: ClockSpec,
    *,
    n: int,
    unit: str,
    source: dict[str, Any],
    at: datetime,
    calendar_id: int,
    calendar: Calendar,
) -> Columns:
    """All columns of a clock that starts now."""
    steps = [
        {
            "id": s.id,
            "at": s.at,
            "level": s.level,
            "notify": list(s.notify),
            "act": s.act,
        }
        for s in spec.steps
    ]
    dates = _dates(Limit(n, Unit(unit)), at, calendar, [], steps)
    placed = dates["steps"]
    return {
        "role": spec.role,
        "state": "running",
        "n": n,
        "unit": unit,
        "calendar_id": calendar_id,
        "source": source,
        "started_at": at,
        "pauses": [],
        "extras": [],
        "done": 0,
        "level": "none",
        "stopped_at": None,
        "next_at": instant(placed[0]["on"]) if placed else None,
        **dates,
    }


def paused(clock: Clock, at: datetime) -> Columns:
    """Stands still from now on; a clock that does not run is left alone (no columns)."""
    if clock.state != "running":
        return {}
    return {
        "state": "paused",
        "pauses": [*clock.pauses, [canonical.instant(at), None]],
        "next_at": None,
    }


def resumed(clock: Clock, at: datetime, calendar: Calendar, fair: Limit | None = None) -> Columns:
    """Runs on; the paused time is taken out of the count. At least `fair` is left then, unless the
    end had passed before the pause; the pause remembers it."""
    if clock.state != "paused":
        return {}
    last: list[str | None] = [clock.pauses[-1][0], canonical.instant(at)]
    if fair is not None:
        last.append(f"{fair.n} {fair.unit}")
    rows = [*clock.pauses[:-1], last]
    return {"state": "running", "pauses": rows, **_again(clock, calendar, pauses=rows)}


def _again(
    clock: Clock,
    calendar: Calendar,
    *,
    pauses: list[list[str | None]] | None = None,
    extras: list[dict[str, Any]] | None = None,
) -> Columns:
    spans = _pauses(clock.pauses if pauses is None else pauses)
    limit = limit_of(clock.n, clock.unit, clock.extras if extras is None else extras)
    dates = _dates(limit, clock.started_at, calendar, spans, clock.steps)
    left = dates["steps"][clock.done :]
    return {**dates, "next_at": instant(left[0]["on"]) if left else None}


def extended(
    clock: Clock, n: int, calendar: Calendar, *, at: datetime, by: str, reason: str
) -> Columns:
    """Adds to the limit. Steps that an extension moves into the future may fire once more."""
    extras = [*clock.extras, {"n": n, "at": canonical.instant(at), "by": by, "reason": reason}]
    limit = limit_of(clock.n, clock.unit, extras)
    if clock.state == "paused":
        # The end is worked out when it resumes; the count of steps must not run ahead of that.
        return {"extras": extras}
    dates = _dates(limit, clock.started_at, calendar, pauses_of(clock), clock.steps)
    done = sum(1 for s in dates["steps"] if instant(s["on"]) <= at)
    left = dates["steps"][done:]
    level = dates["steps"][done - 1]["level"] if done else "none"
    return {
        "extras": extras,
        **dates,
        "done": done,
        "level": level,
        "next_at": instant(left[0]["on"]) if left else None,
    }


def recalculated(clock: Clock, calendar: Calendar) -> Columns:
    """The dates by the calendar as it is known now; nothing when they stay the same."""
    if clock.state != "running":
        return {}
    fresh = _again(clock, calendar)
    same = all(
        canonical.dumps(getattr(clock, name)) == canonical.dumps(value)
        for name, value in fresh.items()
    )
    return {} if same else fresh


def stopped(clock: Clock, at: datetime) -> Columns:
    """Stops for good, late or in time."""
    if clock.state == "stopped":
        return {}
    rows = clock.pauses
    if clock.state == "paused":
        rows = [*rows[:-1], [rows[-1][0], canonical.instant(at)]]
    return {"state": "stopped", "stopped_at": at, "next_at": None, "pauses": rows}


def passed(clock: Clock, at: datetime) -> tuple[Columns, list[dict[str, Any]]]:
    """The steps reached by now that were not taken yet, and the columns after taking them."""
    if clock.state != "running":
        return {}, []
    fired = [s for s in clock.steps[clock.done :] if instant(s["on"]) <= at]
    if not fired:
        return {}, []
    done = clock.done + len(fired)
    left = clock.steps[done:]
    level = next((s["level"] for s in reversed(fired) if s["level"] != "none"), clock.level)
    columns = {
        "done": done,
        "level": level,
        "next_at": instant(left[0]["on"]) if left else None,
    }
    return columns, fired

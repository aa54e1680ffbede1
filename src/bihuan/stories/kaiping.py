"""Seed 002, item 1: eight months at the windows of a county's service centre, whole or scaled down."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from bihuan.foundation.access.api import SYSTEM, Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Opening
from bihuan.kernel.services import api as services
from bihuan.kernel.services.api import Offer, Service
from bihuan.stories import figures
from bihuan.stories.stage import Stage, build, local, ready, root_of, script, told_at

NAME = "kaiping"
PROGRAMME = "service_window"
# The scaled telling of the demonstration and of tests.
SMALL = 100
MINUTE = timedelta(minutes=1)
OPENS = time(9, 0)
# Minutes of a day over which people come, and by which an application is accepted and settled.
COME, ACCEPT, SETTLE = 360, 20, 60
MOST_DAYS = 4


def _code(plan: Mapping[str, Any], scale: int) -> str:
    code = str(plan["root"]["code"])
    return code if scale == 1 else f"{code}-{scale}"


def _scaled(value: int, scale: int) -> int:
    return (value + scale // 2) // scale


def tell(scale: int = 1) -> int:
    """Tells the story with every `scale`-th of its people; returns how many matters it opened, 0
    when this database has heard it before. Each step is a transaction of its own."""
    plan = script(NAME)
    code = _code(plan, scale)
    if root_of(code) is not None:
        return 0
    at = local(plan["prepared"])
    plan["root"]["code"] = code
    names = plan["departments"]["names"]
    plan["units"] = {f"d{n:02}": name for n, name in enumerate(names)}
    plan["people"] = {
        f"{code}-{key}": {"name": f"{name}窗口", "unit": key, "role": "desk handler"}
        for key, name in plan["units"].items()
    }
    with transaction.atomic():
        ready(at)
        stage = build(plan, since=plan["since"], at=at)
        counters = _offered(stage, plan, at)
    with standing.steady():
        return _Telling(plan, counters, scale).all()


class _Counter:
    """One department's window: who sits there and what is done there."""

    def __init__(self, org: Org, clerk: Actor, offered: list[Service]) -> None:
        self.org, self.clerk = org, clerk
        self.immediate, self.usual, self.long = offered


def _offered(stage: Stage, plan: Mapping[str, Any], at: datetime) -> list[_Counter]:
    counters = []
    for key, name in plan["units"].items():
        org = stage.units[key]
        rows = []
        for one in plan["services"]:
            given = Offer(
                code=f"{key}-{one['code']}",
                name=f"{name}{one['name']}",
                statutory=one["statutory"],
                promised=one["promised"],
                clause=one["clause"],
                materials=tuple(one["materials"]),
                immediate=one.get("immediate", False),
            )
            row, _ = services.offer(org, given, start=plan["since"], at=at, actor=SYSTEM)
            rows.append(row)
        counters.append(_Counter(org, stage.actor(f"{plan['root']['code']}-{key}"), rows))
    return counters


class _Telling:
    def __init__(self, plan: Mapping[str, Any], counters: list[_Counter], scale: int) -> None:
        self.counters = counters
        self.counts = {name: _scaled(n, scale) for name, n in plan["counts"].items()}
        self.days = _working_days(plan["first"], plan["last"])
        self.opened = 0

    def all(self) -> int:
        for n in range(self.counts["consults"]):
            self.consult(n)
        for n in range(self.counts["immediate"]):
            self.immediate(n)
        usual = self.counts["settled"] - self.counts["immediate"]
        for n in range(usual):
            self.usual(n, usual)
        for n in range(self.counts["accepted"] - self.counts["settled"]):
            self.under_way(n)
        return self.opened

    def moment(self, day: int, n: int) -> datetime:
        """When the n-th person of a day comes."""
        return local(datetime.combine(self.days[day], OPENS)) + n * 7 % COME * MINUTE

    def spread(self, n: int, of: int) -> int:
        """The day of the n-th of so many, evenly from the first to the last."""
        return n * len(self.days) // of

    def opening(self, kind: str, counter: _Counter, service: Service | None = None) -> Opening:
        self.opened += 1
        fields: dict[str, Any] = {"channel": "window"}
        if service is not None:
            fields["service"] = service.pk
        name = service.name if service is not None else "窗口咨询"
        return Opening(PROGRAMME, kind, counter.org, name, subject=name, fields=fields)

    def counter(self, n: int) -> _Counter:
        return self.counters[n % len(self.counters)]

    def consult(self, n: int) -> None:
        counter = self.counter(n)
        at = self.moment(self.spread(n, self.counts["consults"]), n)
        opening = self.opening("consult", counter)
        matters.open_and_act(opening, "answer", {}, actor=counter.clerk, at=at)

    def immediate(self, n: int) -> None:
        counter = self.counter(n)
        at = self.moment(self.spread(n, self.counts["immediate"]), n)
        opening = self.opening("application", counter, counter.immediate)
        matters.open_and_act(opening, "settle_now", {}, actor=counter.clerk, at=at)

    def usual(self, n: int, of: int) -> None:
        day = self.spread(n, of)
        pk, counter = self.accepted(n, day, long=False)
        done = min(day + 1 + n % MOST_DAYS, len(self.days) - 1)
        at = max(self.moment(done, n), self.moment(day, n)) + SETTLE * MINUTE
        matters.act(pk, "settle", actor=counter.clerk, at=at)

    def under_way(self, n: int) -> None:
        """Accepted in the last days, to be settled after the document was written."""
        self.accepted(n, len(self.days) - 1 - n % MOST_DAYS, long=True)

    def accepted(self, n: int, day: int, *, long: bool) -> tuple[int, _Counter]:
        counter = self.counter(n)
        at = self.moment(day, n)
        service = counter.long if long else counter.usual
        opening = self.opening("application", counter, service)
        applied = matters.open_matter(opening, actor=counter.clerk, at=at).matter
        matters.act(applied.pk, "accept", actor=counter.clerk, at=at + ACCEPT * MINUTE)
        return applied.pk, counter


def _working_days(first: date, last: date) -> list[date]:
    calendar = orgs.calendars.load(orgs.calendars.default().pk)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if calendar.is_working(day)]


def figures_of(scale: int = 1) -> list[figures.Figure]:
    """The document's figures, scaled, beside those of this database's facts.

    Raises LookupError before the story was told."""
    plan = script(NAME)
    root = told_at(_code(plan, scale), NAME)
    document = {
        name: said if said.get("percent") else {**said, "value": _scaled(said["value"], scale)}
        for name, said in plan["document"].items()
    }
    return figures.compare(document, plan["period"], root)

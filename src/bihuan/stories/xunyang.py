"""Seed 003, case 5: a hotline that answers day and night, and the petitions that it spares."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Opening
from bihuan.rules import periods
from bihuan.rules.periods import Period
from bihuan.stories import figures
from bihuan.stories.stage import Stage, build, local, ready, root_of, script, told_at

NAME = "xunyang"
PROGRAMME, KIND = "public_voice", "voice"
CHANNELS = ("letter_box", "home_visit")
DAY = timedelta(days=1)
ANSWERED_AFTER = 3 * DAY
# What is left open is dispatched within the half hour.
DISPATCHED = timedelta(minutes=20)


def _plan(*, small: bool) -> dict[str, Any]:
    """The script; of the small telling with its own counts, code and accounts."""
    plan = script(NAME)
    if small:
        for name, said in plan["document"].items():
            if name in plan["small"]:
                plan["document"][name] = {**said, "value": plan["small"][name]}
        plan["counts"] = plan["small"]
        plan["root"]["code"] += "-small"
        plan["people"] = {f"{name}-small": one for name, one in plan["people"].items()}
    return plan


def tell() -> int:
    """Tells the whole story, a command of minutes; see `tell_small`."""
    return _tell(_plan(small=False))


def tell_small() -> int:
    """Tells it with one call in a hundred. Returns how many matters it opened, 0 when this database
    has heard it before. Each step is a transaction of its own."""
    return _tell(_plan(small=True))


def figures_of() -> list[figures.Figure]:
    """The document's figures beside those of the facts. Raises LookupError before it was told."""
    return _figures_of(_plan(small=False))


def figures_of_small() -> list[figures.Figure]:
    """The same of the small telling."""
    return _figures_of(_plan(small=True))


def _figures_of(plan: Mapping[str, Any]) -> list[figures.Figure]:
    root = told_at(plan["root"]["code"], NAME)
    return figures.compare(plan["document"], plan["period"], root)


def _tell(plan: dict[str, Any]) -> int:
    if root_of(plan["root"]["code"]) is not None:
        return 0
    at = local(plan["prepared"])
    with transaction.atomic():
        ready(at)
        stage = build(plan, since=plan["since"], at=at)
    # Whoever tells it is there in both years.
    stage.on = plan["since"]
    with standing.steady():
        return _Telling(plan, stage).all()


class _Telling:
    def __init__(self, plan: Mapping[str, Any], stage: Stage) -> None:
        self.stage = stage
        self.counts: Mapping[str, int] = plan["counts"]
        self.said: list[dict[str, str]] = plan["said"]
        self.year = periods.parse(plan["period"])
        self.home = stage.units["hotline"]
        self.handling: list[Org] = [
            org for key, org in stage.units.items() if key not in ("root", "hotline")
        ]
        self.desk = stage.actor(next(name for name in plan["people"] if "desk" in name))
        self.opened = 0

    def all(self) -> int:
        for period, count in (
            (self.year.year_ago(), self.counts["petitions_before"]),
            (self.year, self.counts["petitions"]),
        ):
            for n in range(count):
                self.petition(n, _moment(period, n, count))
        calls, settled = self.counts["calls"], self.counts["settled"]
        # Those that are not settled at once are spread evenly among the others.
        left = {n * calls // (calls - settled) for n in range(calls - settled)}
        for n in range(calls):
            at = _moment(self.year, n, calls)
            self.dispatched(n, at) if n in left else self.call(n, at)
        return self.opened

    def opening(self, n: int, channel: str) -> tuple[Opening, str]:
        self.opened += 1
        one = self.said[n % len(self.said)]
        fields = {"category": one["category"], "channel": channel}
        told = Opening(
            PROGRAMME, KIND, self.home, one["subject"], subject=one["subject"], fields=fields
        )
        return told, one["reply"]

    def call(self, n: int, at: datetime) -> None:
        """Received and answered in one action while the caller is on the line."""
        opening, reply = self.opening(n, "hotline")
        matters.open_and_act(opening, "settle", {"reply": reply}, actor=self.desk, at=at)

    def dispatched(self, n: int, at: datetime) -> None:
        """What needs a department is accepted and given to it; the department has it still."""
        opening, _ = self.opening(n, "hotline")
        opened = matters.open_and_act(opening, "accept", {}, actor=self.desk, at=at).matter
        unit = self.handling[n % len(self.handling)].pk
        matters.act(opened.pk, "dispatch", actor=self.desk, at=at + DISPATCHED, data={"unit": unit})

    def petition(self, n: int, at: datetime) -> None:
        """By letter or on a visit; the centre answers it itself some days later."""
        opening, reply = self.opening(n, CHANNELS[n % len(CHANNELS)])
        opened = matters.open_matter(opening, actor=self.desk, at=at).matter
        matters.act(
            opened.pk, "settle", actor=self.desk, at=at + ANSWERED_AFTER, data={"reply": reply}
        )


def _moment(period: Period, n: int, of: int) -> datetime:
    """The n-th of so many instants spread over a period, day and night, the last days left free for
    answers."""
    first = local(datetime.combine(period.start, time.min)).astimezone(UTC)
    days = (date.toordinal(period.after) - date.toordinal(period.start)) - 2 * ANSWERED_AFTER.days
    return first + DAY * days * n / of

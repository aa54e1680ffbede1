"""Looking whether a threshold is crossed, and opening the matter of it: once, whoever looks and however often.

The step that counted plans the look in the outbox, so that it runs when the count is in, and is not lost with
a worker. Two that look at once both see what both counted; the database lets one of them in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Min, Q, Sum
from django.utils import timezone

from bihuan.facets.thresholds import events
from bihuan.facets.thresholds.block import THRESHOLDS, ThresholdSpec
from bihuan.facets.thresholds.models import Crossing, Weighed
from bihuan.facets.thresholds.rising import least_of
from bihuan.foundation.access import api as grants
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import Happening, change
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import (
    Org,
    orgs_at,
    standing_org,
    standing_person,
    successor,
    tree,
)
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.catalogue import DEFAULT
from bihuan.rules.periods import Period
from bihuan.spec.schema import Programme

LOOK = "thresholds.look"
LIMIT, TREND = "limit", "trend"


@dataclass(frozen=True)
class Look:
    """One threshold at a place in a period, as somebody looks at it on a day."""

    programme: Programme
    kind: str
    name: str
    place: Org
    period: Period
    on: date

    @property
    def spec(self) -> ThresholdSpec:
        """What is declared of it."""
        return (THRESHOLDS.of(self.programme.kinds[self.kind]) or {})[self.name]

    @property
    def full(self) -> str:
        """Its name from everywhere."""
        return f"{self.programme.id}.{self.kind}.{self.name}"

    def value(self, period: Period | None = None) -> int:
        """What it adds up to in the period, or another."""
        span = period or self.period
        found = _rows(self.full, self.place, span).aggregate(sum=Sum("value"))
        return int(found["sum"] or 0)

    def number(self, said: int | str) -> int | None:
        """A number, or what a setting says there on the last day looked at; None where it has no value."""
        if isinstance(said, int):
            return said
        try:
            found = programmes.resolve(
                self.programme,
                said,
                org_path=self.place.path,
                on=min(self.on, self.period.last),
                case={"level": self.place.level},
            )
        except LookupError:
            return None
        return int(found.value)

    def leasts(self) -> Iterator[tuple[str, int]]:
        """From which numbers on it is crossed, and by what."""
        limit = self.number(self.spec.limit) if self.spec.limit is not None else None
        if limit is not None:
            yield LIMIT, limit
        trend = self.spec.trend
        if trend is None:
            return
        run = before(self.period, trend.back)
        percent, at_least = self.number(trend.percent), self.number(trend.at_least)
        first = Weighed.objects.filter(threshold=self.full, place_id=self.place.pk)
        since = first.aggregate(first=Min("day"))["first"]
        known = since is not None and since < run[0].after
        if known and percent is not None and at_least is not None:
            yield TREND, least_of([self.value(one) for one in run], percent, at_least)


def _rows(threshold: str, place: Org, span: Period) -> Any:
    return Weighed.objects.filter(
        threshold=threshold, place_id=place.pk, day__gte=span.start, day__lt=span.after
    )


def before(period: Period, back: int) -> list[Period]:
    """So many periods before one, the first first."""
    run = [period]
    for _ in range(back):
        run.append(run[-1].before())
    return run[:0:-1]


def look(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Looks at every threshold to which a matter adds something, and opens what is to be opened."""
    del key
    found = Matter.objects.get(pk=payload["matter"])
    programme = programmes.spec_of(found.release_id)
    block = THRESHOLDS.of(programme.kinds[found.kind]) or {}
    on = timezone.localtime(at).date()
    for row in Weighed.objects.filter(stream=found.stream).order_by("pk"):
        if row.key in block:
            period = Period.of(block[row.key].grain, row.day)
            place = standing_org(row.place_id)
            _looked(Look(programme, found.kind, row.key, place, period, on), at)


def _looked(one: Look, at: datetime) -> None:
    value = one.value()
    crossed = next(((why, least) for why, least in one.leasts() if value >= least), None)
    if crossed is None or not value or _is_known(one):
        return
    why, least = crossed
    columns = {
        "threshold": one.full,
        "place_id": one.place.pk,
        "period": one.period.text,
        "crossed_by": why,
        "value": value,
        "least": least,
    }
    part = {(Crossing.PART, one.period.text): columns}
    try:
        with transaction.atomic():
            there = _going_on(one)
            if there is not None:
                _again(one, there, part, at)
            else:
                matters.open_matter(_opening(one, columns, part), actor=SYSTEM, at=at)
    except IntegrityError:
        if not _is_known(one):
            raise


def _is_known(one: Look) -> bool:
    return Crossing.objects.filter(
        threshold=one.full, place_id=one.place.pk, period=one.period.text
    ).exists()


def _going_on(one: Look) -> Matter | None:
    """The matter of an earlier time that is still open."""
    of = Crossing.objects.filter(threshold=one.full, place_id=one.place.pk).values("matter_id")
    return Matter.objects.filter(~Q(phase="done"), pk__in=of).order_by("-pk").first()


def _again(
    one: Look, there: Matter, part: Mapping[tuple[str, str], dict[str, Any]], at: datetime
) -> None:
    at = max(at, there.changed_at)
    change(there, Happening(events.AGAIN, at, SYSTEM.ref, set={"changed_at": at}, parts={**part}))
    if there.assignee_id is not None:
        notify.tell(
            [there.assignee_id],
            "notice.crossed_again",
            key=f"crossed:{one.full}:{one.place.pk}:{one.period.text}",
            at=at,
            ref=there.stream,
            number=there.number,
            period=one.period.text,
        )


def _opening(
    one: Look, columns: Mapping[str, Any], part: dict[tuple[str, str], dict[str, Any]]
) -> Opening:
    opens = one.spec.opens
    fields: dict[str, Any] = dict(opens.fields)
    for name in ("value", "least"):
        field = getattr(opens, name)
        if field is not None:
            fields[field] = columns[name]
    strings = one.programme.strings[DEFAULT]
    called = strings.get(f"thresholds.{one.kind}.{one.name}", one.name)
    handler, unit = _handler(one)
    return Opening(
        programme=one.programme.id,
        kind=opens.kind,
        home=successor(one.place),
        unit=unit,
        assignee_id=handler,
        subject=f"{one.place.name}：{called} {one.period.text}",
        body=f"{one.place.name}，{called}（{one.period.text}）：{columns['value']}（阈值{columns['least']}）",
        fields=fields,
        parts=part,
    )


def _handler(one: Look) -> tuple[int | None, Org | None]:
    """Who has it from now on, and as of which organisation: of those who have the role nearest to the place,
    whoever has fewest."""
    role, programme = one.spec.goes_to, one.programme.id
    held = grants.holders(role, one.place.path, one.on, programme)
    able = [pk for pk in held if standing_person(pk).has_account]
    if not able:
        return None, None
    mine = Matter.objects.filter(
        ~Q(phase="done"), programme=programme, kind=one.spec.opens.kind, assignee_id__in=able
    )
    has = dict(mine.values_list("assignee_id").annotate(n=Count("pk")))
    found = min(able, key=lambda pk: (has.get(pk, 0), pk))
    paths = grants.actor(standing_person(found), one.on).paths(role, programme)
    over = [path for path in paths if tree.covers(path, one.place.path)]
    (unit,) = orgs_at([max(over, key=len)])
    return found, unit


def register() -> None:
    """Declares what the worker does for this facet."""
    notify.task(LOOK)(look)

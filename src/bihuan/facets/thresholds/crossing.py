"""Looking whether a threshold is crossed, and opening the matter of it: once, whoever looks and however often.

The step that counted plans a look at each threshold in the outbox, so that it runs when the count is in, is not lost
with a worker, and fails by itself. Two that look at once both see what both counted; the database lets one in.

What has been told of a period is where its growth is counted from: by its limit again, and it is told again, in the
matter that is open, or in another once that is done. What a correction takes off is taken off there too, so that a
false alarm hides nothing that comes after it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
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
    merged_orgs,
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
from bihuan.rules.periods import FIRST_YEAR, Period
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

    @cached_property
    def places(self) -> list[int]:
        """The place and every one that went into it: what was counted there is counted here now."""
        into = {org.pk: org.merged_into_id for org in merged_orgs()}
        found = [self.place.pk]
        for pk in found:
            found += [one for one, there in into.items() if there == pk]
        return found

    def weighed(self, period: Period) -> Any:
        """What was counted towards it in a period."""
        return Weighed.objects.filter(
            threshold=self.full,
            place_id__in=self.places,
            day__gte=period.start,
            day__lt=period.after,
        )

    def value(self, period: Period | None = None) -> int:
        """What it adds up to in the period, or another."""
        found = self.weighed(period or self.period).aggregate(sum=Sum("value"))
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
        first = Weighed.objects.filter(threshold=self.full, place_id__in=self.places)
        since = first.aggregate(first=Min("day"))["first"]
        known = since is not None and since < run[0].after
        if known and percent is not None and at_least is not None:
            yield TREND, least_of([self.value(one) for one in run], percent, at_least)


def before(period: Period, back: int) -> list[Period]:
    """So many periods before one, the first first."""
    run = [period]
    for _ in range(back):
        run.append(run[-1].before())
    return run[:0:-1]


def look(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Looks at a threshold to which a matter adds something (at every one where none is named), there and then, and
    where and when it was added before a correction; and opens what is to be opened. A rise of later periods is looked
    at again, as it is one over this."""
    del key
    found = Matter.objects.get(pk=payload["matter"])
    programme = programmes.spec_of(found.release_id)
    block = THRESHOLDS.of(programme.kinds[found.kind]) or {}
    on = timezone.localtime(at).date()
    for row in Weighed.objects.filter(stream=found.stream).order_by("pk"):
        if row.key in block and payload.get("threshold", row.key) == row.key:
            for place, period in _where(row, payload.get("before"), block[row.key], on):
                _looked(Look(programme, found.kind, row.key, place, period, on), at)


def _where(
    row: Weighed, earlier: Mapping[str, Any] | None, spec: ThresholdSpec, on: date
) -> list[tuple[Org, Period]]:
    added = [(row.place_id, row.day)]
    if earlier is not None:
        added.append((earlier["place_id"], date.fromisoformat(earlier["day"])))
    found: dict[tuple[int, str], tuple[Org, Period]] = {}
    for pk, day in added:
        if day.year <= FIRST_YEAR:
            continue
        place, period = successor(standing_org(pk)), Period.of(spec.grain, day)
        for _ in range(1 + (spec.trend.back if spec.trend is not None else 0)):
            if period.start <= on:
                found[place.pk, period.text] = (place, period)
            period = Period.of(spec.grain, period.after)
    return [*found.values()]


@dataclass(frozen=True)
class _Told:
    """What was told of a period: how often, and up to which sum."""

    rows: tuple[Crossing, ...]

    @classmethod
    def of(cls, one: Look) -> "_Told":
        rows = Crossing.objects.filter(
            threshold=one.full, place_id__in=one.places, period=one.period.text
        )
        return cls(tuple(rows.order_by("n", "pk")))

    @property
    def n(self) -> int:
        return max((row.n for row in self.rows), default=0)

    @property
    def sum(self) -> int:
        last = {row.place_id: row for row in self.rows}
        return sum(map(_base, last.values()))


def _base(row: Crossing) -> int:
    return row.value if row.since is None else row.since


def _looked(one: Look, at: datetime) -> None:
    value, told = one.value(), _Told.of(one)
    if told.rows and value < told.sum:
        _fell(told.rows[-1], told.sum - value, at)
        return
    leasts = ((why, told.sum + least) for why, least in one.leasts())
    crossed = next(((why, least) for why, least in leasts if value >= least), None)
    if crossed is None or not value:
        return
    why, least = crossed
    n = told.n + 1
    columns = {
        "threshold": one.full,
        "place_id": one.place.pk,
        "period": one.period.text,
        "n": n,
        "crossed_by": why,
        "value": value,
        "least": least,
        "since": None,
    }
    key = one.period.text if n == 1 else f"{one.period.text}.{n}"
    part = {(Crossing.PART, key): columns}
    try:
        with transaction.atomic():
            there = _going_on(one)
            if there is not None:
                _again(one, there, part, at)
            else:
                matters.open_matter(_opening(one, columns, part), actor=SYSTEM, at=at)
    except IntegrityError:
        # Somebody else was first, and has told it.
        if _Told.of(one).n < n:
            raise


def _fell(row: Crossing, by: int, at: datetime) -> None:
    """Something that was told of is not so: what comes now is counted from what is left of it."""
    there = Matter.objects.get(pk=row.matter_id)
    at = max(at, there.changed_at)
    columns = {**row.values(), "since": max(0, _base(row) - by)}
    parts: dict[tuple[str, str], dict[str, Any] | None] = {(Crossing.PART, row.key): columns}
    with transaction.atomic():
        change(there, Happening(events.FELL, at, SYSTEM.ref, set={"changed_at": at}, parts=parts))


def _going_on(one: Look) -> Matter | None:
    """The matter of a time before that is still open."""
    of = Crossing.objects.filter(threshold=one.full, place_id__in=one.places).values("matter_id")
    return Matter.objects.filter(~Q(phase="done"), pk__in=of).order_by("-pk").first()


def _again(
    one: Look, there: Matter, part: Mapping[tuple[str, str], dict[str, Any]], at: datetime
) -> None:
    at = max(at, there.changed_at)
    change(there, Happening(events.AGAIN, at, SYSTEM.ref, set={"changed_at": at}, parts={**part}))
    ((_, key), columns) = next(iter(part.items()))
    if there.assignee_id is not None:
        notify.tell(
            [there.assignee_id],
            "notice.crossed_again",
            key=f"crossed:{one.full}:{one.place.pk}:{key}",
            at=at,
            ref=there.stream,
            number=there.number,
            period=one.period.text,
            value=columns["value"],
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

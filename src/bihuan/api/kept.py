"""Promised and kept, and the lists of honour, for everybody."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from bihuan.api import base, shapes, words
from bihuan.api.base import ERRORS, Id
from bihuan.api.figures import BesideOut, DefinitionOut, ValueOut, definition_out
from bihuan.foundation.orgs.api import Org
from bihuan.insight.api import InsightError
from bihuan.lib.problems import InputError
from bihuan.outcomes.publicity import api as publicity
from bihuan.rules.periods import Grain, Period

GRAINS = {"month": Grain.MONTH, "quarter": Grain.QUARTER}
public = Router(tags=["public"], auth=None)


class KeptQuery(Schema):
    """The last whole month or quarter of an organisation; without one, of the first that promises."""

    org: Id | None = None
    of: Literal["month", "quarter"] = Field("month")


class LimitOut(Schema):
    """What is promised for a category ('' for all); `clause` is '' where it is its own promise."""

    category: str
    value: int
    unit: str | None
    clause: str


class BandOut(Schema):
    """Units by name, in the order of the tree; no first and last."""

    band: Literal["kept", "mostly", "behind", "few"]
    units: list[str]


class PromiseOut(Schema):
    """One promise: its limits (none where each service has its own) and how it was kept."""

    title: str
    figure: DefinitionOut
    limits: list[LimitOut]
    total: ValueOut
    late_now: int
    bands: list[BandOut]


class KeptOut(Schema):
    """`newest` is the instant up to which the facts reach; null while there are none."""

    org: shapes.Ref
    first: date
    last: date
    newest: datetime | None
    promises: list[PromiseOut]


class ConditionOut(Schema):
    """A condition in per cent; `beside` is of how many its figure speaks, all units together."""

    figure: DefinitionOut
    least: int
    beside: BesideOut | None


class HonourOut(Schema):
    """A list of honour: who reached every condition, in the order of the tree."""

    title: str
    conditions: list[ConditionOut]
    units: list[str]


class HonoursOut(Schema):
    org: shapes.Ref
    first: date
    last: date
    newest: datetime | None
    lists: list[HonourOut]


def _asked(wanted: KeptQuery) -> tuple[Org, Period]:
    known = publicity.kept_places(base.now())
    found = next((one for one in known if wanted.org in (None, one.pk)), None)
    if found is None:
        raise InputError({"org": ("input.unknown_org", {})})
    return found, Period.of(GRAINS[wanted.of], base.today()).before()


def _condition(one: Any, locale: str) -> dict[str, Any]:
    beside = one.beside and {"figure": definition_out(one.beside, locale), "total": one.spoke}
    return {
        "figure": definition_out(one.definition, locale),
        "least": one.least,
        "beside": beside,
    }


@public.get("/kept", response={200: KeptOut, **ERRORS}, operation_id="get_kept")
def get_kept(request: HttpRequest, wanted: Query[KeptQuery]) -> dict[str, Any]:
    """What is promised, by which clause, and how it was kept, by unit in bands."""
    base.throttled(request, "read")
    locale = words.locale(request)
    org, period = _asked(wanted)
    told = {"org": shapes.ref(org), "first": period.start, "last": period.last}
    try:
        report = publicity.kept(org, period, at=base.now())
    except InsightError:
        return {**told, "newest": None, "promises": []}
    return {
        **told,
        "newest": report.newest,
        "promises": [
            {
                "title": words.of(one.programme, f"kinds.{one.kind}", locale),
                "figure": definition_out(one.definition, locale),
                "limits": [
                    {
                        "category": limit.category,
                        "value": limit.resolved.value,
                        "unit": limit.resolved.unit,
                        "clause": limit.resolved.ground,
                    }
                    for limit in one.limits
                ],
                "total": one.total,
                "late_now": one.late,
                "bands": [
                    {"band": band, "units": units} for band, units in [*one.bands, ("few", one.few)]
                ],
            }
            for one in report.rows
        ],
    }


@public.get("/honours", response={200: HonoursOut, **ERRORS}, operation_id="get_honours")
def get_honours(request: HttpRequest, wanted: Query[KeptQuery]) -> dict[str, Any]:
    """Who stands on the lists of honour, by which figures."""
    base.throttled(request, "read")
    locale = words.locale(request)
    org, period = _asked(wanted)
    told = {"org": shapes.ref(org), "first": period.start, "last": period.last}
    try:
        report = publicity.lists_of_honour(org, period)
    except InsightError:
        return {**told, "newest": None, "lists": []}
    return {
        **told,
        "newest": report.newest,
        "lists": [
            {
                "title": words.of(one.programme, f"honours.{one.id}", locale),
                "conditions": [_condition(c, locale) for c in one.asked],
                "units": one.units,
            }
            for one in report.lists
        ],
    }

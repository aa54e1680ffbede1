"""What the work asks of people to type, for whoever leads or administers."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from bihuan.api import base
from bihuan.api.base import ERRORS, Id
from bihuan.insight import asking
from bihuan.insight.api import InsightError
from bihuan.rules import periods

router = Router(tags=["figures"])


class BurdenQuery(Schema):
    """`org` is one of the outermost organisations that one leads or administers, with all that lies below;
    the first of those where none is named."""

    period: str = Field(max_length=25, description="2026, 2026-H1, 2026-Q3, 2026-03, 2026-W09, …")
    org: Id | None = None


class AskedOut(Schema):
    """What one action of a kind (`open`: its opening) asked of one role in the period: how many steps,
    and how many fields were typed or chosen in all of them. Both are null where fewer than `fewest` steps
    or people are behind them."""

    programme: str
    kind: str
    action: str
    role: str
    steps: int | None
    fields: int | None


class BurdenOut(Schema):
    org: int
    fewest: int
    items: list[AskedOut]


@router.get("/burden", response={200: BurdenOut, **ERRORS}, operation_id="read_burden")
def read_burden(request: HttpRequest, asked: Query[BurdenQuery]) -> dict[str, Any]:
    """How many fields the steps of a period asked people for, by programme, kind, action and role; of
    nobody by name."""
    who = base.who(request, "matters:read")
    here = asking.place(who, base.org_at(asked.org, "org") if asked.org is not None else None)
    try:
        period = periods.parse(asked.period)
    except periods.PeriodError:
        raise InsightError("insight.bad_period", text=asked.period) from None
    found = asking.asked(period, here, base.today())
    names = ("programme", "kind", "action", "role", "steps", "fields")
    items = [{name: getattr(one, name) for name in names} for one in found]
    return {"org": here.pk, "fewest": asking.FEWEST, "items": items}

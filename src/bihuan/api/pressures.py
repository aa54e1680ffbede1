"""Five backward pressures 五倒逼, for a leader's own screens."""

from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema

from bihuan.api import base, errors, shapes, words
from bihuan.api.base import ERRORS
from bihuan.insight import api as insight

router = Router(tags=["figures"])


class ShareOut(Schema):
    """One unit's share this month, the month before, and the newest matters that count against it.
    `spoke` is of how many it speaks, where its programme says so; `figure` is the one whose definition and matters are asked for."""

    org: int
    name: str
    figure: str
    value: float
    before: float | None
    spoke: float | None
    matters: list[shapes.MatterRow]


class PressuresOut(Schema):
    """Late, stuck upstairs, ratings that fall, promises that break, what inspections found. Shares
    are of facts up to `newest`; where those cannot be read, `problem` says why. `withheld` names those of `falling`
    and `broken` in which units are left out whose sample is too small to be told."""

    late: list[shapes.MatterRow]
    late_count: int
    stuck: list[shapes.MatterRow]
    falling: list[ShareOut]
    broken: list[ShareOut]
    found: list[shapes.MatterRow]
    newest: datetime | None
    problem: base.ErrorBody | None
    withheld: list[Literal["falling", "broken"]]


def _share(one: "insight.Share") -> dict[str, Any]:
    same = {name: getattr(one, name) for name in ("org", "name", "value", "before", "spoke")}
    figure = f"{one.programme}.{one.figure}"
    return {**same, "figure": figure, "matters": [shapes.row(m) for m in one.matters]}


@router.get("/pressures", response={200: PressuresOut, **ERRORS}, operation_id="pressures")
def pressures(request: HttpRequest) -> dict[str, Any]:
    """What presses within what the leader or supervisor sees."""
    found = insight.pressures(base.who(request, "matters:read"), base.now())
    refused = found.refused and errors.tell(found.refused).body(words.locale(request))["error"]
    lists = ("late", "stuck", "found")
    return {
        **{name: [shapes.row(m) for m in getattr(found, name)] for name in lists},
        "late_count": found.late_count,
        "falling": [_share(one) for one in found.falling],
        "broken": [_share(one) for one in found.broken],
        "newest": found.newest,
        "problem": refused,
        "withheld": sorted(found.withheld),
    }

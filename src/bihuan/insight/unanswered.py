"""What shares of kept promises do not count yet: promises that ran out and have no answer still."""

from collections.abc import Sequence
from dataclasses import replace

from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import Org
from bihuan.insight.figures.results import Definition
from bihuan.insight.pressures import LATE
from bihuan.kernel.matters import api as matters


def late_now(who: Actor, asked: Sequence[Definition], org: Org) -> dict[tuple[str, str], int]:
    """How many matters that somebody sees below an organisation are late and unanswered now, for each
    share of promises that ended; by programme and figure, those without any left out."""
    wanted = [
        ((one.programme.id, one.id), kind)
        for one in asked
        if one.spec.among.promise == "ended"
        for kind in one.spec.among.kinds
    ]
    filters = [
        replace(LATE, programme=programme, kind=kind, unit_path=org.path)
        for (programme, _), kind in wanted
    ]
    found: dict[tuple[str, str], int] = {}
    counted = matters.counts(who, filters) if filters else []
    for (key, _), count in zip(wanted, counted, strict=True):
        found[key] = found.get(key, 0) + count
    return {key: count for key, count in found.items() if count}

"""What must stand beside a share, where silence would look like success: how many spoke; how many
promises ran out and have no answer still."""

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import Q

from bihuan.foundation.access.api import EVERYBODY, Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.insight.figures.results import Definition, Result, definition, figure
from bihuan.insight.pressures import LATE
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Filter, Matter


def beside(result: Result) -> Result | None:
    """What its programme wants told with a figure, for the same place and period."""
    name = result.definition.spec.beside
    if name is None:
        return None
    found = definition(result.definition.programme.id, name)
    scope = orgs.org(result.scope) if result.scope is not None else None
    return figure(found, result.period, scope)


def late_there(asked: Definition, org: Org) -> int:
    """How many promises below an organisation are late and unanswered now, whoever asks: a number."""
    found = _late(EVERYBODY, [asked], org, Q())
    return found.get((asked.programme.id, asked.id), 0)


def late_now(who: Actor, asked: Sequence[Definition], org: Org) -> dict[tuple[str, str], int]:
    """How many matters that somebody sees below an organisation are late and unanswered now, for each
    share of promises that ended; by programme and figure, those without any left out."""
    return _late(who, asked, org, None)


def late_rows(who: Actor, asked: Definition, org: Org, limit: int) -> list[Matter]:
    """At most `limit` of those that `late_now` counts for one share, longest late first."""
    found = [
        row
        for _, wanted in _asked([asked], org)
        for row in matters.matters(who, wanted, limit).rows
    ]
    return sorted(found, key=lambda row: (row.due_at is None, row.due_at, row.pk))[:limit]


def _asked(asked: Sequence[Definition], org: Org) -> list[tuple[tuple[str, str], Filter]]:
    """What is late of each kind of each share of promises that ended, by programme and figure."""
    return [
        (
            (one.programme.id, one.id),
            replace(LATE, programme=one.programme.id, kind=kind, unit_path=org.path),
        )
        for one in asked
        if one.spec.among.promise == "ended"
        for kind in one.spec.among.kinds
    ]


def _late(
    who: Actor, asked: Sequence[Definition], org: Org, sight: Q | None
) -> dict[tuple[str, str], int]:
    wanted = _asked(asked, org)
    filters = [one for _, one in wanted]
    found: dict[tuple[str, str], int] = {}
    counted = matters.counts(who, filters, sight=sight) if filters else []
    for (key, _), count in zip(wanted, counted, strict=True):
        found[key] = found.get(key, 0) + count
    return {key: count for key, count in found.items() if count}

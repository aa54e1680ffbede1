"""Summing up what steps asked for: loads what computes, as figures do."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import cache
from typing import Any

from bihuan.foundation.access import api as access
from bihuan.foundation.orgs.api import Org, tree
from bihuan.insight.asking import FEWEST, SENDER, Asked
from bihuan.insight.facts.store import store
from bihuan.insight.figures import engines
from bihuan.insight.figures.question import STEPS_NAME
from bihuan.kernel.programmes import api as programmes
from bihuan.rules.periods import Period
from bihuan.spec.duties import doing

ASSIGNEE = "assignee"


def asked(period: Period, org: Org, on: date) -> list[Asked]:
    """What the steps of a period asked for, of matters in the hands of an organisation and those below
    it, by programme, the most first. Steps from before they were counted say nothing, and imports
    asked nobody to type.

    Raises InsightError: nothing was exported, a file is gone."""
    low, high = tree.bounds(org.path)
    sql = f"""
        SELECT programme, kind, action, role, count(*) AS steps, sum(typed) AS fields
        FROM {STEPS_NAME}
        WHERE typed IS NOT NULL AND day >= DATE '{period.start}' AND day < DATE '{period.after}'
          AND unit_path >= '{low}' AND unit_path < '{high}'
        GROUP BY programme, kind, action, role
    """  # noqa: S608 - days, and a path of the tree, which is made of 0-9 and A-Z
    facts = store()
    with engines.chosen() as engine:
        engines.hold(engine, facts, facts.manifest(), period.start, period.after)
        rows = engine.rows(sql)
    people = _people(org, on)
    found = [_told(row, people(row["programme"], row["role"])) for row in rows]
    return sorted(found, key=lambda one: (one.programme, -(one.fields or 0), one.kind, one.action))


def _people(org: Org, on: date) -> Callable[[str, str], int]:
    """How many could have acted as one of a programme's roles there: as whoever has a matter in hand,
    those who handle; as whom it is about or who opened it, all that there are."""
    granted = [row for row in access.grants_within(org.path, on) if row.start <= on]
    specs = {spec.id: spec for spec in programmes.known()}

    def with_one_of(programme: str, roles: Collection[str]) -> int:
        mine = (g for g in granted if g.role in roles and g.programme in ("", programme))
        return len({g.person_id for g in mine})

    @cache
    def count(programme: str, role: str) -> int:
        spec = specs.get(programme)
        if role == SENDER:
            return FEWEST
        if spec is None:
            return 0
        if spec.role(role) is not None:
            return with_one_of(programme, {role})
        if role == ASSIGNEE:
            return with_one_of(programme, doing(spec, "handle"))
        return len(access.people_at(org.path, on))

    return count


def _told(row: Mapping[str, Any], people: int) -> Asked:
    few = min(row["steps"], people) < FEWEST
    told = (None, None) if few else (int(row["steps"]), int(row["fields"]))
    return Asked(row["programme"], row["kind"], row["action"], row["role"], *told)

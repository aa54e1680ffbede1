"""How many fields the steps of a period asked for, by programme, kind, action and as whom they were taken.

A sum over all that lies below a place: of no person, and nothing of how long it took. Where fewer than
`FEWEST` steps are behind a sum, or fewer than so many people could have taken them, it is not told.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from bihuan.foundation.access import api as access
from bihuan.foundation.access import officers
from bihuan.foundation.access.api import ADMIN, Actor, DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org, tree
from bihuan.insight.facts.export import store
from bihuan.insight.figures import engines
from bihuan.insight.figures.question import STEPS_NAME
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import duties
from bihuan.rules.periods import Period

FEWEST = 5
SENDER = "sender"


@dataclass(frozen=True)
class Asked:
    """What one action of a kind (`open`: its opening) asked of one role: how many steps, and how many
    fields in all of them; None for both where they are not told."""

    programme: str
    kind: str
    action: str
    role: str
    steps: int | None
    fields: int | None

    @property
    def each(self) -> float | None:
        """How many fields one step asked for."""
        return self.fields / self.steps if self.steps and self.fields is not None else None


def places(actor: Actor) -> list[Org]:
    """The outermost organisations where somebody leads or supervises in a programme, or administers:
    of all that lies below they may ask what it asks of people."""
    held = {*duties.paths(actor, *duties.LEADING), *officers.places(actor, ADMIN)}
    outermost = [path for path in sorted(held) if not held & set(tree.ancestors(path)[1:])]
    return orgs.orgs_at(outermost) if actor.may_scope("matters:read") else []


def place(actor: Actor, org: Org | None = None) -> Org:
    """The organisation somebody asks about, or the first they may ask about. Raises DeniedError."""
    found = places(actor)
    if org is None and found:
        return found[0]
    if org is not None and any(tree.covers(one.path, org.path) for one in found):
        return org
    raise DeniedError("burden")


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
    """How many could have acted as one of a programme's roles there; where it is no role, how many
    there are."""
    granted = [row for row in access.grants_within(org.path, on) if row.start <= on]
    all_roles = {spec.id: {r.id for r in spec.manifest.roles} for spec in programmes.known()}

    @cache
    def count(programme: str, role: str) -> int:
        if role == SENDER:
            return FEWEST
        if role not in all_roles.get(programme, ()):
            return len(access.people_at(org.path, on))
        return len(
            {g.person_id for g in granted if g.role == role and g.programme in ("", programme)}
        )

    return count


def _told(row: Mapping[str, Any], people: int) -> Asked:
    few = min(row["steps"], people) < FEWEST
    told = (None, None) if few else (int(row["steps"]), int(row["fields"]))
    return Asked(row["programme"], row["kind"], row["action"], row["role"], *told)

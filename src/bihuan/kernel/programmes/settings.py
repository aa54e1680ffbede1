"""Dated settings: which value holds for an organisation, on a day, for a case, and by what rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs.api import tree
from bihuan.foundation.sql.lookup import Columns
from bihuan.kernel.programmes.dated import holds
from bihuan.kernel.programmes.models import Override
from bihuan.spec.grounds import is_national
from bihuan.spec.schema import Programme, SettingSpec


@dataclass(frozen=True)
class Resolved:
    """A value with everything that explains it. `ground` is the clause as the public reads it, '' where
    it is the organisation's own promise (`spec.grounds`)."""

    name: str
    value: int | str | bool
    unit: str | None
    clause: str
    grade: str
    since: date
    origin: str
    ground: str = ""

    def facts(self) -> dict[str, Any]:
        """What a clock remembers of where its limit came from."""
        return {
            "setting": self.name,
            "clause": self.clause,
            "grade": self.grade,
            "since": self.since.isoformat(),
            "origin": self.origin,
        }


def _matches(scope: Mapping[str, str], case: Mapping[str, str]) -> bool:
    return all(case.get(key) == wanted for key, wanted in scope.items())


def _shipped(
    name: str, spec: SettingSpec, on: date, case: Mapping[str, str], programme: Programme
) -> Resolved | None:
    fitting = [
        value
        for value in spec.values
        if not value.example
        and value.from_ <= on
        and (value.until is None or on < value.until)
        and _matches(value.scope, case)
    ]
    if not fitting:
        return None
    best = max(fitting, key=lambda v: (len(v.scope), v.from_))
    unit = spec.unit.value if spec.unit else None
    ground = best.clause if is_national(programme, best) else ""
    return Resolved(
        name, best.value, unit, best.clause, best.grade, best.from_, programme.id, ground
    )


_PLACES = Columns(Override.objects.filter(programme="?").values_list("org__path"), "?")


@standing.kept
def _changed(programme: str) -> frozenset[str]:
    """The places that ever had a local change: most have none, and are not looked up one by one."""
    return frozenset(path for (path,) in _PLACES(programme))


@standing.kept
def _changes(programme: str, org_path: str) -> tuple[Override, ...]:
    """Every local change that ever holds for an organisation: one look for all days."""
    rows = Override.objects.filter(programme=programme, org__path__in=tree.ancestors(org_path))
    return tuple(rows.select_related("org"))


def local_values(programme: str, org_path: str, on: date) -> tuple[Override, ...]:
    """Every local change that holds for an organisation on a day."""
    if _changed(programme).isdisjoint(tree.ancestors(org_path)):
        return ()
    return tuple(row for row in _changes(programme, org_path) if holds(row, on))


def resolve(
    programme: Programme,
    name: str,
    *,
    org_path: str,
    on: date,
    case: Mapping[str, str],
    rows: Sequence[Override] | None = None,
) -> Resolved:
    """The value in force. A local one wins over the shipped one, the nearest organisation over
    one above it, the more specific scope over the general. `rows` are the `local_values` of a
    caller who asks for several settings.

    Raises LookupError when nothing holds on that day.
    """
    spec = programme.settings[name]
    unit = spec.unit.value if spec.unit else None
    known = local_values(programme.id, org_path, on) if rows is None else rows
    local = [
        row
        for row in known
        if row.part == "setting" and row.name == name and _matches(row.scope, case)
    ]
    if local:
        best = max(local, key=lambda r: (r.org.depth, len(r.scope), r.start, r.pk))
        return Resolved(
            name,
            best.value,
            unit,
            best.clause,
            "local",
            best.start,
            best.org.name,
            best.clause,
        )
    found = _shipped(name, spec, on, case, programme)
    if found is None:
        msg = f"no value of {programme.id}.{name} holds on {on}"
        raise LookupError(msg)
    return found

"""The first morning: what a house needs before anybody can work in it, read from what stands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bihuan.foundation.access import api as access
from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.identity import api as identity
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import tree
from bihuan.kernel.programmes import api as programmes

# Enough to tell whether there is one below the root.
SOME = 2


@dataclass(frozen=True)
class Tick:
    """One of the five, and whether it stands."""

    name: str
    done: bool


def _site(_paths: tuple[str, ...], _on: date) -> bool:
    held = identity.site()
    return bool(held.name and held.hotline)


def _orgs(paths: tuple[str, ...], _on: date) -> bool:
    return any(len(orgs.find_orgs(within=path, limit=SOME)) >= SOME for path in paths)


def _people(paths: tuple[str, ...], on: date) -> bool:
    house = set(officers.officer_roles())
    return any(g.role not in house for path in paths for g in access.grants_within(path, on))


def _programmes(paths: tuple[str, ...], on: date) -> bool:
    forces = programmes.all_in_force(on, later=True)
    return any(
        tree.covers(force.org.path, path) or tree.covers(path, force.org.path)
        for force in forces
        for path in paths
    )


def _calendar(_paths: tuple[str, ...], on: date) -> bool:
    years = orgs.calendars.years(orgs.calendars.default().pk)
    return any(one.year == on.year and one.status == "announced" for one in years)


_TICKS: tuple[tuple[str, Callable[[tuple[str, ...], date], bool]], ...] = (
    ("site", _site),
    ("orgs", _orgs),
    ("people", _people),
    ("programmes", _programmes),
    ("calendar", _calendar),
)


def first_steps(who: Actor, on: date) -> tuple[Tick, ...]:
    """The five things of a first morning, where somebody administers: whose site it is and its
    hotline, organisations below the root, people with roles, programmes in force, this year's
    calendar as it was announced."""
    paths = {p for duty in officers.OFFICERS for p in officers.places(who, duty)}
    return _first_steps(tuple(sorted(paths)), on)


@standing.kept
def _first_steps(paths: tuple[str, ...], on: date) -> tuple[Tick, ...]:
    return tuple(Tick(name, stands(paths, on)) for name, stands in _TICKS)

"""The first morning: what a place needs before anybody can work in it, read from what stands."""

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
    """One of the five, whether it stands, and whether it is the asker's to do or set above them."""

    name: str
    done: bool
    mine: bool


def _site(_path: str, _on: date) -> bool:
    held = identity.site()
    return bool(held.name and held.hotline)


def _orgs(path: str, _on: date) -> bool:
    # A part of a city works as it is; a city alone has nowhere to send a matter.
    return len(path) > tree.STEP or len(orgs.find_orgs(within=path, limit=SOME)) >= SOME


def _people(path: str, on: date) -> bool:
    house = set(officers.officer_roles())
    return any(g.role not in house for g in access.grants_within(path, on))


def _programmes(path: str, on: date) -> bool:
    return any(
        tree.covers(force.org.path, path) or tree.covers(path, force.org.path)
        for force in programmes.all_in_force(on, later=True)
    )


def _calendar(_path: str, on: date) -> bool:
    years = orgs.calendars.years(orgs.calendars.default().pk)
    return any(one.year == on.year and one.status == "announced" for one in years)


# Each with the duties that do it; () for what only the administrator of the whole house does.
_TICKS: tuple[tuple[str, Callable[[str, date], bool], tuple[str, ...]], ...] = (
    ("site", _site, ()),
    ("orgs", _orgs, (officers.SYSTEM,)),
    # People come behind programmes: their roles are what these name.
    ("programmes", _programmes, (officers.SYSTEM,)),
    ("people", _people, (officers.SYSTEM, officers.SECURITY)),
    ("calendar", _calendar, ()),
)


def first_steps(who: Actor, on: date) -> tuple[Tick, ...]:
    """The five things of a first morning at every place that somebody administers: whose site it is and
    its hotline, organisations below a root, people with roles, programmes in force, this year's
    calendar as it was announced."""
    held = {duty: officers.places(who, duty) for duty in officers.OFFICERS}
    places = tuple(sorted({path for paths in held.values() for path in paths}))
    whole = officers.is_over_house(who, officers.SYSTEM)
    done = _standing(places, on)
    return tuple(
        Tick(name, done[name], any(held[duty] for duty in duties) if duties else whole)
        for name, _, duties in _TICKS
    )


def is_beginning(who: Actor, on: date, *, own: bool = False) -> bool:
    """Whether something of a first morning is left where somebody administers; `own`: that they are to do
    themselves."""
    left = [one for one in first_steps(who, on) if not one.done and (one.mine or not own)]
    return officers.is_officer(who) and bool(left)


@standing.kept
def _standing(places: tuple[str, ...], on: date) -> dict[str, bool]:
    # What was merged into another or closed is nobody's first morning.
    open_ = [one.path for one in orgs.orgs_at(places) if one.active]
    return {name: all(stands(path, on) for path in open_) for name, stands, _ in _TICKS}

"""What facets have on pages: a page of their own that opens a kind, a part of a matter's page, a room
in the menu, what waits for somebody. Registered by whoever has the page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.kernel.matters import attached
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.receivers.api import Receiver
from bihuan.spec.facets import Facet
from bihuan.spec.schema import Action, Kind
from bihuan.web.navigation import Room
from bihuan.web.spans import today

_PAGES: dict[str, Callable[[Receiver], str]] = {}
_TAKEN_AT: dict[str, Callable[[Matter], str]] = {}
_ROOMS: list[tuple[str, Room, Callable[[Actor], bool]]] = []
_OUTSIDE: list[Room] = []


@dataclass(frozen=True)
class Waiting:
    """What waits for somebody besides what is in their own hands: how much, and where it is."""

    label: str
    count: int
    address: str


_AWAITED: list[Callable[[Actor, datetime], Iterable[Waiting]]] = []


def opened_at(facet: Facet[Any], address: Callable[[Receiver], str]) -> None:
    """Registers the page at which kinds of a facet are opened."""
    _PAGES[facet.name] = address


def page_of(kind: Kind, one: Receiver) -> str | None:
    """The page that opens a kind because of a facet it has, or None."""
    return next((address(one) for name, address in _PAGES.items() if name in kind.blocks), None)


def taken_at(effect: str, address: Callable[[Matter], str]) -> None:
    """Registers the page on which actions with an effect are taken, as a form made of their inputs would be no
    form for people."""
    _TAKEN_AT[effect] = address


def page_for(found: Matter, action: Action) -> str:
    """The page on which an action on a matter is taken; '' where its own form serves."""
    dos = (verb.do for verb in action.effects)
    return next((_TAKEN_AT[do](found) for do in dos if do in _TAKEN_AT), "")


def placed(place: str, room: Room, may: Callable[[Actor], bool]) -> None:
    """Registers a room in one of `navigation.PLACES`, and who finds something there: `may` is asked on
    every page, of standing data and the day alone."""
    _ROOMS.append((place, room, may))


def rooms(who: Actor) -> tuple[tuple[str, Room], ...]:
    """The rooms of facets where somebody finds something, each with the name of its place."""
    return _rooms(who, today())


@standing.kept
def _rooms(who: Actor, on: date) -> tuple[tuple[str, Room], ...]:
    del on
    return tuple((place, room) for place, room, may in _ROOMS if may(who))


def outside(room: Room) -> None:
    """Registers a room in the menu of the public pages; its address stands in `public_urls.py`."""
    _OUTSIDE.append(room)


def rooms_outside() -> tuple[Room, ...]:
    """The rooms of facets that everybody may enter."""
    return tuple(_OUTSIDE)


def awaits(one: Callable[[Actor, datetime], Iterable[Waiting]]) -> None:
    """Registers what of a facet may wait for somebody; asked whenever their day is shown."""
    _AWAITED.append(one)


def awaited(who: Actor, at: datetime) -> list[Waiting]:
    """What of facets waits for somebody."""
    return [one for told in _AWAITED for one in told(who, at)]


@dataclass(frozen=True)
class Missing:
    """Somebody, or an organisation, of whom something is missing: where it is recorded or looked at
    (`address`), and what is posted there to record it with one press ('' where more must be said)."""

    name: str
    address: str = ""
    field: str = ""
    value: str = ""
    late: bool = False


@dataclass(frozen=True)
class Lacking:
    """What is missing at an organisation: of what (`title`), in words of the house (`label`, with a
    `count`), where all of it stands; `names` those whom the reader may know of, `press` what a button that
    records one of them says."""

    label: str
    count: int
    title: str
    address: str
    names: tuple[Missing, ...] = ()
    press: str = ""
    due: datetime | None = None
    late: bool = False


_LACKING: list[Callable[[Actor, str, datetime], Iterable[Lacking]]] = []


def lacks(one: Callable[[Actor, str, datetime], Iterable[Lacking]]) -> None:
    """Registers what of a facet may be missing at an organisation and below it (a path): asked by
    whoever keeps its list of members."""
    _LACKING.append(one)


def lacking(who: Actor, path: str, at: datetime) -> list[Lacking]:
    """What of facets is missing there, as far as somebody sees it: what is late first."""
    found = [one for told in _LACKING for one in told(who, path, at)]
    return sorted(found, key=lambda one: (not one.late, one.due is None, one.due or at))


def parts(found: Matter, who: Actor, at: datetime) -> list[tuple[str, Mapping[str, Any]]]:
    """What hangs on a matter as its page shows it: templates `desk/of/<name>.html`, each with what
    its room has to show. A room without one shows itself by the interface only."""
    told = attached.shown(found, who, at)
    names = told.keys() - attached.covered(told)
    drawn = [(name, part) for name, part in told.items() if name in names and _drawn(name)]
    return [(f"desk/of/{name}.html", part) for name, part in drawn]


def _drawn(name: str) -> bool:
    try:
        get_template(f"desk/of/{name}.html")
    except TemplateDoesNotExist:
        return False
    return True

"""The places of the desk: six at most, the same for everybody, each shown where somebody has something there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Item:
    """A room in a place: the `section` its pages say they are in, the name of its address, the key of its words,
    its icon, what of the context lets one in ('' everybody), the key that leads there."""

    section: str
    address: str
    label: str
    icon: str
    may: str = ""
    key: str = ""


@dataclass(frozen=True)
class Place:
    """One of the places; `rooms` are the house's, those of facets come behind them."""

    name: str
    icon: str
    rooms: tuple[Item, ...] = field(default=())

    @property
    def label(self) -> str:
        """The key of its words."""
        return f"nav.{self.name}"


PLACES = (
    Place(
        "today",
        icon="sun",
        rooms=(
            Item("today", "desk:today", "today.title", icon="checklist", key="t"),
            Item("inbox", "desk:inbox", "desk.inbox", icon="bell"),
            Item("away", "desk:away", "away.menu", icon="calendar-off"),
        ),
    ),
    Place(
        "matters",
        icon="stack-2",
        rooms=(
            Item("queue", "desk:queue", "desk.queue", icon="stack-2", key="q"),
            Item("window", "desk:window", "window.title", icon="building-store", may="may_register"),
            Item("register", "desk:register", "desk.register", icon="phone-plus", may="may_register", key="n"),
            Item("open", "desk:openings", "open.menu", icon="file-plus", may="may_open"),
            Item("import", "desk:import", "desk.import", icon="table-import", may="may_register"),
            Item("common", "desk:common", "desk.common", icon="versions", may="may_merge"),
            Item("visits", "desk:visits", "visits.menu", icon="car", may="may_register"),
        ),
    ),
    Place("activities", icon="calendar-event"),
    Place("appraisals", icon="checkbox"),
    Place("people", icon="users"),
    Place(
        "open",
        icon="chart-bar",
        rooms=(
            Item("cockpit", "desk:cockpit", "cockpit.title", icon="layout-dashboard", may="may_lead"),
            Item("pressures", "desk:pressures", "pressures.title", icon="gauge", may="may_direct"),
            Item("figures", "desk:figures", "figures.title", icon="chart-bar", may="may_count"),
            Item("publications", "desk:publications", "desk.publications", icon="speakerphone", may="may_publish"),
            Item("notices", "desk:notices", "notices.title", icon="pinned", may="may_publish"),
            Item("bulletins", "desk:bulletins", "bulletins.title", icon="news", may="may_publish"),
        ),
    ),
)  # fmt: skip
STUDIO = Place(
    "studio",
    icon="settings",
    rooms=(
        Item("orgs", "studio:home", "studio.orgs", icon="sitemap"),
        Item("people", "studio:people", "studio.people", icon="users"),
        Item("programmes", "studio:programmes", "studio.programmes", icon="recycle"),
        Item("services", "studio:services", "studio.services.title", icon="list-details"),
        Item("switches", "studio:switches", "studio.switches", icon="toggle-right"),
        Item("calendar", "studio:calendar", "studio.calendar", icon="calendar"),
        Item("site", "studio:site", "identity.title", icon="id"),
        Item("upkeep", "studio:upkeep", "studio.upkeep", icon="tool"),
        Item(
            "security", "studio:security", "security.title", icon="shield-lock", may="may_oversee"
        ),
    ),
)
# On a phone: these, as far as one has them, and 更多.
BAR = 3
# What a menu depends on besides the section and the language, as `web.context` tells it.
MAY = tuple(
    sorted(
        {one.may for place in (*PLACES, STUDIO) for one in place.rooms if one.may} | {"is_admin"}
    )
)


@dataclass(frozen=True)
class Shown:
    """A place as a reader sees it: its rooms, and whether they are in one of them."""

    name: str
    label: str
    icon: str
    rooms: tuple[Item, ...]
    here: bool


def shown(
    may: frozenset[str], section: str, page: str, facets: tuple[tuple[str, Item], ...]
) -> list[Shown]:
    """The places where a reader finds something. `facets`: rooms of facets, each with its place's name."""
    found = []
    for place in (*PLACES, *((STUDIO,) if "is_admin" in may else ())):
        more = tuple(item for name, item in facets if name == place.name)
        rooms = tuple(one for one in (*place.rooms, *more) if not one.may or one.may in may)
        current = page if place is STUDIO else section
        inside = (section == "studio") == (place is STUDIO)
        here = inside and any(one.section == current for one in rooms)
        if rooms:
            found.append(Shown(place.name, place.label, place.icon, rooms, here))
    return found


def flags(context: Mapping[str, Any]) -> frozenset[str]:
    """What of a context lets its reader in somewhere."""
    return frozenset(name for name in MAY if context.get(name))

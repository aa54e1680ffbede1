"""The places of the desk: six at most, the same for everybody, each shown where somebody has something there."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Room:
    """A room in a place: the `section` its pages say they are in, the name of its address, the key of its words,
    its icon, which of `context.rights` lets one in ('' everybody), the key that leads there."""

    section: str
    address: str
    label: str
    icon: str = "point"
    may: str = ""
    key: str = ""


@dataclass(frozen=True)
class Place:
    """One of the places; `rooms` are the house's, those of facets come behind them."""

    name: str
    icon: str
    rooms: tuple[Room, ...] = field(default=())

    @property
    def label(self) -> str:
        """The key of its words."""
        return f"nav.{self.name}"


PLACES = (
    Place(
        "today",
        icon="sun",
        rooms=(
            Room("today", "desk:today", "today.title", icon="checklist", key="t"),
            Room("member", "member:today", "member.title", icon="device-mobile", may="at_desk"),
            Room("inbox", "desk:inbox", "desk.inbox", icon="bell"),
            Room("away", "desk:away", "away.menu", icon="calendar-off"),
            Room("catalogue", "desk:catalogue", "catalogue.title", icon="books"),
        ),
    ),
    Place(
        "matters",
        icon="stack-2",
        rooms=(
            Room("queue", "desk:queue", "desk.queue", icon="stack-2", key="q"),
            Room("window", "desk:window", "window.title", icon="building-store", may="may_window"),
            Room("register", "desk:register", "desk.register", icon="phone-plus", may="may_register", key="n"),
            Room("open", "desk:openings", "open.menu", icon="file-plus", may="may_open"),
            Room("import", "desk:import", "desk.import", icon="table-import", may="may_register"),
            Room("common", "desk:common", "desk.common", icon="versions", may="may_merge"),
            Room("visits", "desk:visits", "visits.menu", icon="car", may="may_visit"),
        ),
    ),
    Place(
        "activities",
        icon="calendar-event",
        rooms=(
            Room("obligations", "desk:obligations", "obligations.menu", icon="list-check", may="may_owe"),
        ),
    ),
    Place("appraisals", icon="checkbox"),
    Place(
        "people",
        icon="users",
        rooms=(
            Room("mine", "desk:mine", "profile.mine", icon="user", may="at_desk"),
            Room("members", "desk:members", "members.title", icon="list-check", may="may_members"),
        ),
    ),
    Place(
        "open",
        icon="chart-bar",
        rooms=(
            Room("cockpit", "desk:cockpit", "cockpit.title", icon="layout-dashboard", may="may_lead"),
            Room("pressures", "desk:pressures", "pressures.title", icon="gauge", may="may_direct"),
            Room("burden", "desk:burden", "burden.title", icon="pencil", may="may_weigh"),
            Room("figures", "desk:figures", "figures.title", icon="chart-bar", may="may_count"),
            Room("publications", "desk:publications", "desk.publications", icon="speakerphone", may="may_publish"),
            Room("notices", "desk:notices", "notices.title", icon="pinned", may="may_publish"),
            Room("bulletins", "desk:bulletins", "bulletins.title", icon="news", may="may_publish"),
        ),
    ),
)  # fmt: skip
STUDIO = Place(
    "studio",
    icon="settings",
    rooms=(
        Room("home", "studio:home", "studio.first.title", icon="checklist", may="is_beginning"),
        Room("orgs", "studio:orgs", "studio.orgs", icon="sitemap"),
        Room("people", "studio:people", "studio.people", icon="users"),
        Room("programmes", "studio:programmes", "studio.programmes", icon="recycle"),
        Room("services", "studio:services", "studio.services.title", icon="list-details"),
        Room("switches", "studio:switches", "studio.switches", icon="toggle-right"),
        Room("calendar", "studio:calendar", "studio.calendar", icon="calendar"),
        Room("site", "studio:site", "identity.title", icon="id"),
        Room("upkeep", "studio:upkeep", "studio.upkeep", icon="tool"),
        Room(
            "security", "studio:security", "security.title", icon="shield-lock", may="may_oversee"
        ),
    ),
)
# On a phone: these, as far as one has them, and 更多.
BAR = 4


@dataclass(frozen=True)
class Shown:
    """A place as a reader sees it: its rooms, and whether they are in one of them."""

    name: str
    label: str
    icon: str
    rooms: tuple[Room, ...]
    here: bool


def shown(
    rights: frozenset[str],
    facets: tuple[tuple[str, Room], ...],
    section: str = "",
    page: str = "",
) -> list[Shown]:
    """The places where a reader with these `rights` finds something, and in which room they are. `facets`:
    rooms of facets that are open to them, each with its place's name."""
    found = []
    for place in (*PLACES, *((STUDIO,) if "is_admin" in rights else ())):
        more = tuple(room for name, room in facets if name == place.name)
        rooms = tuple(one for one in (*place.rooms, *more) if not one.may or one.may in rights)
        current = page if place is STUDIO else section
        inside = (section == "studio") == (place is STUDIO)
        here = inside and any(one.section == current for one in rooms)
        if rooms:
            found.append(Shown(place.name, place.label, place.icon, rooms, here))
    return found

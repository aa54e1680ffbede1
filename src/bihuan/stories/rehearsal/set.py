"""Where scenarios play: one root, three units, and two people for every role of the programmes.

`home` receives, `unit` handles, `other` is another unit; whoever leads everywhere sits at the root.
Where a kind lies in pools, these three have the lowest level, the root the highest, and between them
stands an organisation of each level between (`above`, the next higher one `above2`). Where a roster
means organisations, and no kind lies in pools, these three are of the type that the first one means;
where another roster means others, `second` is one of those.
A service of each sort (`service`, `immediate`) is offered at `unit`, places for appointments at `home`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from bihuan.facets.levels.block import LEVELS
from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SENDER, SYSTEM, Actor
from bihuan.foundation.files import api as files
from bihuan.foundation.files.api import Stored
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import org_types
from bihuan.foundation.orgs.api import Org, Person
from bihuan.kernel.halls import api as halls
from bihuan.kernel.people import api as belonging
from bihuan.kernel.people.api import ROSTERS
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import levels
from bihuan.kernel.services import api as services
from bihuan.kernel.services.api import Offer
from bihuan.rules.slots import Plan
from bihuan.spec.scenarios import ScenarioMember
from bihuan.spec.schema import Input, Programme

BUILT = date(2025, 1, 6)
PLACES = ("home", "unit", "other")
SERVICES = {
    "service": Offer("service", "service", 20, 5, "§1", ("1",)),
    "immediate": Offer("immediate", "immediate", 1, 1, "§1", ("1",), immediate=True),
}
# The least that is a document.
PAPER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
# Any half hour of any day, so that a scenario need not know the office's hours.
ALWAYS = Plan("", tuple(range(7)), ((time(0), time(23, 59)),), 9, after_hours=True)


@dataclass
class Stage:
    """The organisations, people and services by the names scenarios give them."""

    orgs: dict[str, Org]
    people: dict[str, Person]
    services: dict[str, int]
    _actors: dict[tuple[str, date], Actor] = field(default_factory=dict)

    def actor(self, name: str, at: datetime) -> Actor:
        """Somebody with their grants of a day. Raises KeyError for nobody."""
        if name in ("sender", "system"):
            return SENDER if name == "sender" else SYSTEM
        key = (name, timezone.localtime(at).date())
        if key not in self._actors:
            self._actors[key] = access.actor(self.people[name], key[1])
        return self._actors[key]

    def name_of(self, person_id: int | None) -> str:
        """What a person is called in scenarios, or ''."""
        return next((name for name, one in self.people.items() if one.pk == person_id), "")

    def filled(self, declared: Mapping[str, Input], given: Mapping[str, Any]) -> dict[str, Any]:
        """What a scenario fills in, its names of organisations, people and services as the doors
        take them; what is none of these, or has another name, stays as it stands."""
        return {name: self._value(declared.get(name), value) for name, value in given.items()}

    def papers(self, declared: Mapping[str, Input], given: Mapping[str, Any]) -> list[Stored]:
        """The files that a scenario hands in: a field of a file names one, and it is there."""
        names = [str(given[n]) for n, one in declared.items() if one.type == "file" and n in given]
        return [files.accept(name, PAPER) for name in names]

    def _value(self, one: Input | None, value: Any) -> Any:
        kind = one.type if one is not None else ""
        if one is not None and kind == "rows" and isinstance(value, list):
            return [self._row(one, row) for row in value]
        if kind == "orgs" and isinstance(value, list):
            return [self.orgs[name].pk if name in self.orgs else name for name in value]
        if kind == "people" and isinstance(value, list):
            return [self.people[name].pk if name in self.people else name for name in value]
        if kind == "org" and value in self.orgs:
            return self.orgs[value].pk
        if kind == "person" and value in self.people:
            return self.people[value].pk
        return self.services.get(str(value), value) if kind == "service" else value

    def _row(self, one: Input, row: Any) -> Any:
        return self.filled(one.columns, row) if isinstance(row, Mapping) else row


def build(specs: Iterable[Programme], releases: Iterable[int]) -> Stage:
    """Builds the stage for programmes and puts their releases in force."""
    at = timezone.make_aware(datetime.combine(BUILT, time(9)))
    known = list(specs)
    places = _places(known, at)
    root = places["root"]
    for release in releases:
        programmes.put_in_force(release, root, start=BUILT, at=at, actor=SYSTEM)
    owners = {one.owner for spec in known for _, one in LEVELS.kinds(spec)}
    people: dict[str, Person] = {}
    for spec in known:
        for role in spec.manifest.roles:
            if role.id not in people:
                # Who owns pools owns those of all levels.
                where = "any" if role.id in owners else role.at
                people |= _players(role.id, where, places, at)
    offered = {
        name: services.offer(places["unit"], one, start=BUILT, at=at, actor=SYSTEM)[0].pk
        for name, one in SERVICES.items()
    }
    halls.set_timetable(places["home"], ALWAYS, start=BUILT, at=at, actor="system")
    return Stage(places, people, offered)


def with_members(
    stage: Stage, programme: Programme, members: Mapping[str, ScenarioMember]
) -> Stage:
    """The same stage with those who belong somewhere in one scenario; whoever has a role may."""
    at = timezone.make_aware(datetime.combine(BUILT, time(9)))
    people = dict(stage.people)
    for name, one in members.items():
        if name not in people:
            people[name] = orgs.create_person(
                f"scenario-{name}", name, at=at, actor="system", password=None
            )
        full = one.of if "." in one.of else f"{programme.id}.{one.of}"
        there = stage.orgs[one.at]
        belonging.begin(people[name].pk, there, full, one.status, start=BUILT, at=at, actor=SYSTEM)
    return Stage(stage.orgs, people, stage.services)


def _places(known: Sequence[Programme], at: datetime) -> dict[str, Org]:
    of_orgs = (one.orgs[0] for spec in known for one in ROSTERS.of(spec).values() if one.orgs)
    lowest_of_all = next(of_orgs, "")
    pools = next(
        (one.pools for spec in known for _, one in LEVELS.kinds(spec)), (lowest_of_all, "city")
    )
    lowest, *between, highest = pools
    org_types.install(at=at, actor="system", also={*pools, *levels.named(known)})

    def create(name: str, level: str, parent: Org | None) -> Org:
        made = orgs.create_org(name, parent=parent, at=at, actor="system", code=name, level=level)
        return orgs.org(made.pk)

    places = {"root": create("root", highest, None)}
    under = places["root"]
    for nth, level in enumerate(reversed(between)):
        name = "above" if nth == len(between) - 1 else f"above{len(between) - nth}"
        under = places[name] = create(name, level, under)
    for name in PLACES:
        places[name] = create(name, lowest, orgs.org(under.pk))
    others = (one for one in of_orgs if one != lowest_of_all)
    if (other := next(others, None)) is not None:
        places["second"] = create("second", other, orgs.org(under.pk))
    return {name: orgs.org(one.pk) for name, one in places.items()}


def _players(role: str, where: str, places: Mapping[str, Org], at: datetime) -> dict[str, Person]:
    place = {"home": "home", "unit": "unit", "any": "root"}[where]
    wanted = {role: place, f"{role}2": place}
    if where == "unit":
        wanted[f"other_{role}"] = "other"
        if "second" in places:
            wanted[f"second_{role}"] = "second"
    found = {}
    for name, key in wanted.items():
        who = orgs.create_person(f"scenario-{name}", name, at=at, actor="system", password=None)
        orgs.give_post(who.pk, places[key].pk, start=BUILT, at=at, actor="system")
        access.give(who.pk, role, places[key].pk, start=BUILT, at=at, actor="system")
        found[name] = who
    return found

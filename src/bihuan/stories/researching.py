"""What both tellings of contact points and research drives do: build a place, open and act in somebody's
name."""

from datetime import datetime, timedelta
from typing import Any

from bihuan.foundation.access.api import Actor
from bihuan.foundation.notify import api as notify
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.lib.problems import InputError, NotAllowedError, RefusedError
from bihuan.stories.stage import Stage, build, local, refused

NAME = "contact_points"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The research office's role, and the one of supervision by which it follows what was ordered.
OFFICE = "research_office supervisor"


class Telling:
    """What both do: build a place, open and act in somebody's name."""

    KEY = ""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan, self.words = plan[self.KEY], plan["words"]
        family, given = plan["names"]["family"], plan["names"]["given"]
        self.names = (f"{one}{other}" for other in given for one in family)
        self.roots: list[Matter] = []
        self.begins = local(self.plan["begins"])
        self.units: dict[str, Any] = {}
        self.cast: dict[str, dict[str, Any]] = {}
        self.stage = self.staged()

    def staged(self) -> Stage:
        """The organisations and people."""
        self.people("research", "root", OFFICE, "调研办公室干事", 2)
        self.people("head", "root", "research_head leader", "负责人")
        self.peopled()
        plan = {"root": self.plan["root"], "units": self.units, "people": self.cast}
        return build(plan, since=self.plan["since"], at=local(self.plan["prepared"]))

    def peopled(self) -> None:
        """Who and what there is beside the research office."""

    def people(self, key: str, unit: str, role: str, title: str, many: int = 1) -> None:
        """Puts so many people on, `<key>-1` and so on."""
        for n in range(1, many + 1):
            one = {"name": next(self.names), "unit": unit, "role": role, "title": title}
            self.cast[self.called(key, n)] = one

    def called(self, key: str, n: int = 1) -> str:
        return f"{NAME}-{self.KEY}-{key}-{n}"

    def actor(self, key: str, n: int = 1) -> Actor:
        return self.stage.actor(self.called(key, n))

    def person(self, key: str, n: int = 1) -> int:
        return self.stage.people[self.called(key, n)].pk

    def act(self, found: Matter, action: str, by: Actor, at: datetime, **data: Any) -> Matter:
        return matters.act(found.pk, action, actor=by, at=at, data=data)

    def refused(self, found: Matter, action: str, by: Actor, at: datetime, **data: Any) -> None:
        """What the rule forbids is tried, and must fail, or the story is not true."""
        refused(
            lambda: self.act(found, action, by, at, **data),
            f"{by.name} was allowed to {action} {found.number}",
            (RefusedError, NotAllowedError, InputError),
        )

    def open(self, kind: str, subject: str, at: datetime, **fields: Any) -> Matter:
        opening = Opening(
            programme=NAME,
            kind=kind,
            home=self.stage.root,
            subject=subject,
            body=subject,
            fields=fields,
        )
        key = f"story:{self.plan['root']['code']}:{kind}"
        made = matters.open_matter(opening, actor=self.actor("research"), at=at, key=key)
        self.roots.append(made.matter)
        return made.matter

    def below(self, found: Matter, kind: str) -> list[Matter]:
        """Those of a kind under a matter, in the order they came."""
        rows = matters.open_children(found)
        return sorted((one for one in rows if one.kind == kind), key=lambda one: one.pk)

    def all(self) -> None:
        """Everything, in its order."""

    def count(self) -> int:
        """How many matters were opened here."""
        return len(self.roots) + sum(map(self._under, self.roots))

    def _under(self, found: Matter) -> int:
        rows = matters.open_children(found)
        return len(rows) + sum(map(self._under, rows))

    def work(self, at: datetime) -> None:
        while notify.run(at, lanes=("inside",)):
            continue

    # Contact points.

    def called_on(self, kind: str, subject: str, at: datetime) -> list[Matter]:
        """The duties of a year, one for everybody who owes."""
        found = self.open(kind, subject, at, year=self.plan["year"])
        self.act(found, "call_on", self.actor("research"), at + HOUR)
        self.work(at + 2 * HOUR)
        return self.below(found, "contact_duty")

    # Drives.

    def drive(self, subject: str, theme: str, until: datetime) -> Matter:
        """A drive that somebody else has approved."""
        at = self.begins
        found = self.open("research_drive", subject, at, theme=theme)
        stages = [{"title": "实地调研", "by": f"{until:%Y-%m-%d}"}]
        self.act(found, "lay_out", self.actor("research"), at + HOUR, stages=stages)
        self.refused(found, "set_off", self.actor("research"), at + HOUR)
        return self.act(found, "set_off", self.actor("head"), at + 2 * HOUR)

    def noted(self, visit: Matter, by: Actor, at: datetime, **said: Any) -> Matter:
        return self.act(visit, "note_down", by, at, diary=self.words["diary"], **said)

"""A guild with three lodges and their members, among whom pledges are made. All names are invented.

行会 (guild)              chief (ppp_chief)
├── 东社 (lodge, "east")  east_keeper; members a, b (sworn), young (an apprentice), both (there and west)
├── 西社 (lodge, "west")  west_keeper; members c, both
└── 南社 (lodge, "south") nobody yet
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.test import Client
from house import landing

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM, Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import org_types
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import api as programmes
from bihuan.stories import stage
from bihuan.stories.stage import Stage

FOLDER = Path(__file__).parent / "aliens" / "ppp_pledges"
PROGRAMME, GUILD = "ppp_pledges", "ppp_pledges.guild"
# Monday 2 March 2026, 09:00 in Shanghai.
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ON = date(2026, 3, 2)
BUILT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PLAN: Mapping[str, Any] = {
    "root": {"code": "guild", "name": "行会", "level": "guild"},
    "units": {
        "east": {"name": "东社", "level": "lodge"},
        "west": {"name": "西社", "level": "lodge"},
        "south": {"name": "南社", "level": "lodge"},
    },
    "people": {},
}
# person: (name, lodges where they are sworn members)
MEMBERS = {
    "a": ("安一", ("east",)),
    "b": ("白二", ("east",)),
    "c": ("曹三", ("west",)),
    "both": ("董四", ("east", "west")),
}
ROLES = {"chief": ("root", "ppp_chief")} | {
    f"{lodge}_keeper": (lodge, "ppp_keeper") for lodge in ("east", "west", "south")
}


@dataclass
class Lodges:
    """Doors to the guild. Everything happens at AT unless told otherwise."""

    stage: Stage

    @standing.steady()
    def actor(self, key: str, on: date = ON) -> Actor:
        return SYSTEM if key == "system" else access.actor(self.stage.people[key], on)

    def org(self, key: str) -> Org:
        return orgs.org(self.stage.units[key].pk)

    def person(self, key: str) -> int:
        return self.stage.people[key].pk

    def client(self, key: str) -> Client:
        client = Client()
        client.force_login(self.stage.people[key])
        return client

    def add(self, key: str, name: str, *lodges: str, role: str = "ppp_sworn") -> None:
        """Somebody with an account; a sworn member of some lodges, with a role there."""
        who = orgs.create_person(f"lodge-{key}", name, at=BUILT, actor="system")
        self.stage.people[key] = who
        for lodge in lodges:
            self.join(key, lodge)
            access.give(
                who.pk, role, self.org(lodge).pk, start=date(2026, 1, 5), at=BUILT, actor="system"
            )

    def join(self, key: str, lodge: str, status: str = "sworn", at: datetime = BUILT) -> int:
        row = people.begin(
            self.person(key), self.org(lodge), GUILD, status, start=at.date(), at=at, actor=SYSTEM
        )
        return row.pk

    def leave(self, key: str, last: date = ON - DAY) -> None:
        """Somebody belongs nowhere any more after a day."""
        for row in people.own(self.person(key), ON):
            people.leave(row.pk, last=last, at=AT, actor=SYSTEM)

    def exempt(self, key: str, reason: str = "ill") -> None:
        row = people.own(self.person(key), ON)[0]
        people.exempt(row.pk, reason, start=ON, at=AT, actor=SYSTEM)

    @standing.steady()
    def open(self, kind: str, home: str, by: str, **fields: Any) -> Matter:
        opening = Opening(PROGRAMME, kind, self.org(home), "一起做。", fields=fields)
        return matters.open_matter(opening, actor=self.actor(by), at=AT).matter

    @standing.steady()
    def act(self, on: Matter, action: str, by: str, at: datetime = AT, **data: Any) -> Matter:
        return matters.act(on.pk, action, actor=self.actor(by), at=at, data=data)

    def now(self, on: Matter) -> Matter:
        return matters.of_streams([on.stream])[on.stream]

    @standing.steady()
    def work(self, at: datetime = AT) -> None:
        while notify.run(at, lanes=("inside",)):
            continue


@landing
def build() -> Lodges:
    stage.ready(BUILT)
    org_types.install(at=BUILT, actor="system", also=("guild", "lodge"))
    made = Lodges(stage.build(PLAN, since=date(2026, 1, 1), at=BUILT))
    release = programmes.install(FOLDER, at=BUILT, actor="system")
    root = made.org("root")
    programmes.put_in_force(release.pk, root, start=date(2026, 1, 1), at=BUILT, actor=SYSTEM)
    for key, (place, role) in ROLES.items():
        who = orgs.create_person(f"lodge-{key}", key, at=BUILT, actor="system")
        org = made.org(place)
        orgs.give_post(who.pk, org.pk, start=date(2026, 1, 5), at=BUILT, actor="system")
        access.give(who.pk, role, org.pk, start=date(2026, 1, 5), at=BUILT, actor="system")
        made.stage.people[key] = who
    for key, (name, places) in MEMBERS.items():
        made.add(key, name, *places)
    made.add("young", "杨五")
    made.join("young", "east", "apprentice")
    return made

"""A choir of two circles that meet in the evening. All names are invented.

合唱团 (choir)                elder (qqq_elder)
├── 甲队 (circle, "first")    warden, scribe; singers a, b, c, a novice young, ill (hoarse)
└── 乙队 (circle, "second")   warden2; singer z
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.test import Client

from bihuan.facets.gathering import attending, code
from bihuan.facets.gathering.models import Sitting
from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM, Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import org_types
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.matters.attached import shown
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import api as programmes
from bihuan.stories import stage
from bihuan.stories.stage import Stage

FOLDER = Path(__file__).parent / "aliens" / "qqq_evenings"
PROGRAMME, CIRCLE = "qqq_evenings", "qqq_evenings.circle"
# Monday 2 March 2026, 09:00 in Shanghai; they sing on Thursday, 5 March, from seven to nine.
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ON = date(2026, 3, 2)
SUNG = datetime(2026, 3, 5, 11, 0, tzinfo=UTC)
BUILT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
PLAN: Mapping[str, Any] = {
    "root": {"code": "choir", "name": "合唱团", "level": "choir"},
    "units": {
        "first": {"name": "甲队", "level": "circle"},
        "second": {"name": "乙队", "level": "circle"},
    },
    "people": {},
}
MEMBERS = {
    "a": ("安一", "first", "singer"),
    "b": ("白二", "first", "singer"),
    "c": ("曹三", "first", "singer"),
    "ill": ("艾四", "first", "singer"),
    "young": ("杨五", "first", "novice"),
    "z": ("赵六", "second", "singer"),
}
ROLES = {
    "elder": ("root", "qqq_elder"),
    "warden": ("first", "qqq_warden"),
    "scribe": ("first", "qqq_scribe"),
    "warden2": ("second", "qqq_warden"),
}
SINGING = {"sung_on": "2026-03-05", "sung_from": "19:00", "sung_to": "21:00", "sung_at": "小礼堂"}


@dataclass
class Evenings:
    """Doors to the choir."""

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

    def add(self, key: str, name: str, circle: str, status: str = "singer") -> None:
        who = orgs.create_person(f"choir-{key}", name, at=BUILT, actor="system")
        self.stage.people[key] = who
        self.join(key, circle, status)

    def join(self, key: str, circle: str, status: str, at: datetime = BUILT) -> None:
        people.begin(
            self.person(key),
            self.org(circle),
            CIRCLE,
            status,
            start=at.date(),
            at=at,
            actor=SYSTEM,
        )

    def leave(self, key: str, last: date) -> None:
        for row in people.own(self.person(key), last):
            people.leave(row.pk, last=last, at=AT + (last - ON), actor=SYSTEM)

    def switch_on(self, org: str = "first") -> None:
        spec = next(one for one in programmes.known() if one.id == PROGRAMME)
        programmes.override(
            spec,
            "by_digits",
            value=True,
            org=self.org(org),
            start=ON,
            clause="队务会决定",
            at=AT,
            actor=SYSTEM,
        )

    @standing.steady()
    def open(self, by: str = "warden", home: str = "first", **fields: Any) -> Matter:
        given = {**SINGING, **fields}
        opening = Opening(PROGRAMME, "rehearsal", self.org(home), "一起唱。", fields=given)
        return matters.open_matter(opening, actor=self.actor(by), at=AT).matter

    @standing.steady()
    def act(self, on: Matter, action: str, by: str = "warden", at: datetime = AT, **data: Any):
        return matters.act(on.pk, action, actor=self.actor(by), at=at, data=data)

    def called(self, **fields: Any) -> Matter:
        """One that was announced."""
        return self.act(self.open(**fields), "call_out")

    def going(self, **fields: Any) -> Matter:
        """One that has begun, at seven on its day."""
        return self.act(self.called(**fields), "strike_up", at=SUNG)

    def code(self, on: Matter, at: datetime) -> str:
        """The code that stands on the screen at an instant."""
        begun = Sitting.objects.get(stream=on.stream).begun_at
        return code.at(attending.secret_of(on.stream, begun), at)

    @standing.steady()
    def told(self, on: Matter, who: str = "warden", at: datetime = AT) -> Mapping[str, Any]:
        return shown(self.now(on), self.actor(who), at)["gathering"]

    def texts(self, key: str) -> list[str]:
        return [one.text for one in notify.inbox(self.person(key))]

    def now(self, on: Matter) -> Matter:
        return matters.of_streams([on.stream])[on.stream]

    @standing.steady()
    def work(self, at: datetime = AT) -> None:
        while notify.run(at, lanes=("inside",)):
            continue


def build() -> Evenings:
    stage.ready(BUILT)
    org_types.install(at=BUILT, actor="system", also=("choir", "circle"))
    made = Evenings(stage.build(PLAN, since=date(2026, 1, 1), at=BUILT))
    release = programmes.install(FOLDER, at=BUILT, actor="system")
    root = made.org("root")
    programmes.put_in_force(release.pk, root, start=date(2026, 1, 1), at=BUILT, actor=SYSTEM)
    for key, (place, role) in ROLES.items():
        who = orgs.create_person(f"choir-{key}", key, at=BUILT, actor="system")
        org = made.org(place)
        orgs.give_post(who.pk, org.pk, start=date(2026, 1, 5), at=BUILT, actor="system")
        access.give(who.pk, role, org.pk, start=date(2026, 1, 5), at=BUILT, actor="system")
        made.stage.people[key] = who
    for key, (name, circle, status) in MEMBERS.items():
        made.add(key, name, circle, status)
    row = people.own(made.person("ill"), ON)[0]
    people.exempt(row.pk, "hoarse", start=date(2026, 1, 5), at=BUILT, actor=SYSTEM)
    return made

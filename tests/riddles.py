"""A club of two tables that guesses riddles. All names are invented.

猜谜会 (club)                 sage (rrr_sage)
├── 甲桌 (table, "first")     riddler; regulars a, b, c, a guest d, nap (dozing)
└── 乙桌 (table, "second")    riddler2; regular z
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.test import Client

from bihuan.facets.quiz import shown
from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM, Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import org_types
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import api as programmes
from bihuan.stories import stage
from bihuan.stories.stage import Stage

FOLDER = Path(__file__).parent / "aliens" / "rrr_riddles"
PROGRAMME, TABLE = "rrr_riddles", "rrr_riddles.table"
# Monday 2 March 2026, 09:00 in Shanghai.
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ON = date(2026, 3, 2)
BUILT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PLAN: Mapping[str, Any] = {
    "root": {"code": "club", "name": "猜谜会", "level": "club"},
    "units": {
        "first": {"name": "甲桌", "level": "table"},
        "second": {"name": "乙桌", "level": "table"},
    },
    "people": {},
}
MEMBERS = {
    "a": ("安一", "first", "regular"),
    "b": ("白二", "first", "regular"),
    "c": ("曹三", "first", "regular"),
    "d": ("邓四", "first", "guest"),
    "nap": ("宁五", "first", "regular"),
    "z": ("赵六", "second", "regular"),
}
ROLES = {
    "sage": ("root", "rrr_sage"),
    "riddler": ("first", "rrr_riddler"),
    "riddler2": ("second", "rrr_riddler"),
}
RIDDLES: Sequence[Mapping[str, str]] = (
    {"text": "什么越洗越脏？", "a": "水", "b": "布", "right": "A"},
    {"text": "哪些会飞？", "a": "鸟", "b": "鱼", "c": "蜂", "right": "A、C"},
    {"text": "天会塌吗？", "right": "错"},
    {"text": "一加一是几？", "right": "2"},
    {"text": "谁最高？", "right": "山|大山"},
)
RIGHT = {1: "A", 2: "CA", 3: "×", 4: "2.0", 5: " 大山。"}
WRONG = {1: "B", 2: "A", 3: "对", 4: "3", 5: "水"}


@dataclass
class Riddles:
    """Doors to the club."""

    stage: Stage

    @standing.steady()
    def actor(self, key: str) -> Actor:
        return SYSTEM if key == "system" else access.actor(self.stage.people[key], ON)

    def org(self, key: str) -> Org:
        return orgs.org(self.stage.units[key].pk)

    def person(self, key: str) -> int:
        return self.stage.people[key].pk

    def client(self, key: str) -> Client:
        client = Client()
        client.force_login(self.stage.people[key])
        return client

    def enrol(self, key: str, table: str = "first") -> None:
        """Makes somebody a regular of a table."""
        told = {"start": BUILT.date(), "at": BUILT, "actor": SYSTEM}
        people.begin(self.person(key), self.org(table), TABLE, "regular", **told)

    @standing.steady()
    def open(self, kind: str = "contest", by: str = "riddler", home: str = "first", **fields: Any):
        opening = Opening(PROGRAMME, kind, self.org(home), "猜一猜。", fields=fields)
        return matters.open_matter(opening, actor=self.actor(by), at=AT).matter

    @standing.steady()
    def act(self, on: Matter, action: str, by: str = "riddler", at: datetime = AT, **data: Any):
        return matters.act(on.pk, action, actor=self.actor(by), at=at, data=data)

    def going(self, riddles: Sequence[Mapping[str, str]] = RIDDLES, **fields: Any) -> Matter:
        """A contest that goes on."""
        found = self.open(**fields)
        self.act(found, "put_in", riddles=[dict(one) for one in riddles])
        return self.act(found, "begin_guessing")

    def guess(self, on: Matter, by: str, answers: Mapping[int, str], n: int = 1) -> Matter:
        guessed = [{"question": key, "answer": one} for key, one in answers.items()]
        return self.act(on, "guess", by, guessed=guessed, nth_guess=n)

    @standing.steady()
    def told(self, on: Matter, who: str = "riddler") -> Mapping[str, Any]:
        found = shown.shown(self.now(on), self.actor(who), AT)
        assert found is not None
        return found

    def now(self, on: Matter) -> Matter:
        return matters.of_streams([on.stream])[on.stream]


def build() -> Riddles:
    stage.ready(BUILT)
    org_types.install(at=BUILT, actor="system", also=("club", "table"))
    made = Riddles(stage.build(PLAN, since=date(2026, 1, 1), at=BUILT))
    release = programmes.install(FOLDER, at=BUILT, actor="system")
    root = made.org("root")
    programmes.put_in_force(release.pk, root, start=date(2026, 1, 1), at=BUILT, actor=SYSTEM)
    for key, (place, role) in ROLES.items():
        who = orgs.create_person(f"club-{key}", key, at=BUILT, actor="system")
        org = made.org(place)
        orgs.give_post(who.pk, org.pk, start=date(2026, 1, 5), at=BUILT, actor="system")
        access.give(who.pk, role, org.pk, start=date(2026, 1, 5), at=BUILT, actor="system")
        made.stage.people[key] = who
    for key, (name, table, status) in MEMBERS.items():
        who = orgs.create_person(f"club-{key}", name, at=BUILT, actor="system")
        made.stage.people[key] = who
        told = {"start": BUILT.date(), "at": BUILT, "actor": SYSTEM}
        people.begin(who.pk, made.org(table), TABLE, status, **told)
    row = people.own(made.person("nap"), ON)[0]
    people.exempt(row.pk, "dozing", start=date(2026, 1, 5), at=BUILT, actor=SYSTEM)
    return made

"""A committee with three branches and their members. All names are invented.

党委 (committee)                  office, office2, head (leader), registrar (admin)
├── 第一支部 (branch, "one")       one_secretary, one_deputy; members a..d, an applicant
├── 第二支部 (branch, "two")       two_secretary; members e, f
└── 第三支部 (branch, "three")     three_secretary; nobody yet
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.test import Client
from house import landing

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM, Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import org_types
from bihuan.foundation.orgs.api import Org
from bihuan.foundation.orgs.models import Membership
from bihuan.kernel.people import api as people
from bihuan.stories import stage
from bihuan.stories.stage import Stage

# Monday 2 March 2026, 09:00 in Shanghai.
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ON = date(2026, 3, 2)
DAY = timedelta(days=1)
PARTY = "party_members.party"
PLAN: Mapping[str, Any] = {
    "root": {"code": "committee", "name": "机关党委", "level": "party_committee"},
    "units": {
        "one": {"name": "第一支部", "level": "party_branch"},
        "two": {"name": "第二支部", "level": "party_branch"},
        "three": {"name": "第三支部", "level": "party_branch"},
    },
    "people": {
        "office": {"name": "甲组织", "unit": "root", "role": "org_office"},
        "office2": {"name": "乙组织", "unit": "root", "role": "org_office"},
        "head": {"name": "丙书记", "unit": "root", "role": "leader"},
        "registrar": {"name": "丁管理", "unit": "root", "role": "admin"},
        "one_secretary": {"name": "戊支书", "unit": "one", "role": "secretary"},
        "one_deputy": {"name": "己副书", "unit": "one", "role": "secretary"},
        "two_secretary": {"name": "庚支书", "unit": "two", "role": "secretary"},
        "three_secretary": {"name": "辛支书", "unit": "three", "role": "secretary"},
    },
}
MEMBERS = {
    "a": ("安一", "one", "full"),
    "b": ("白二", "one", "full"),
    "c": ("曹三", "one", "probationary"),
    "d": ("丁四", "one", "full"),
    "wants": ("万五", "one", "applicant"),
    "e": ("鄂六", "two", "full"),
    "f": ("方七", "two", "full"),
}


@dataclass
class Branches:
    """Doors to the committee. Everything happens at AT unless told otherwise."""

    stage: Stage
    memberships: dict[str, int]

    @standing.steady()
    def actor(self, key: str, on: date = ON) -> Actor:
        return access.actor(self.stage.people[key], on)

    def org(self, key: str) -> Org:
        return orgs.org(self.stage.units[key].pk)

    def person(self, key: str) -> int:
        return self.stage.people[key].pk

    def client(self, key: str) -> Client:
        client = Client()
        client.force_login(self.stage.people[key])
        return client

    def begin(self, key: str, org: str, status: str, by: str, **said: Any) -> Membership:
        wanted = {"start": ON, "at": AT, **said}
        return people.begin(
            self.person(key), self.org(org), PARTY, status, actor=self.actor(by), **wanted
        )


@landing
def build() -> Branches:
    at = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
    stage.ready(at)
    org_types.install(at=at, actor="system", also=("committee", "branch"))
    made = stage.build(PLAN, since=date(2026, 1, 1), at=at)
    rows: dict[str, int] = {}
    for key, (name, place, status) in MEMBERS.items():
        who = orgs.create_person(f"member-{key}", name, at=at, actor="system")
        made.people[key] = who
        row = people.begin(
            who.pk,
            made.units[place],
            PARTY,
            status,
            start=date(2026, 1, 5),
            since=date(2010, 7, 1),
            at=at,
            actor=SYSTEM,
        )
        rows[key] = row.pk
    return Branches(made, rows)

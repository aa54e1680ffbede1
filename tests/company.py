"""A company of two departments with two teams each, in which issues are managed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.test import Client
from house import landing

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.notify import api as notify
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.stories import stage
from bihuan.stories.stage import Stage

# Monday 2 March 2026, 09:00 in Shanghai.
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PROGRAMME = "issue_management"
PLAN: Mapping[str, Any] = {
    "root": {"code": "co", "name": "公司", "level": "company"},
    "units": {
        "north": {"name": "北部", "level": "department"},
        "south": {"name": "南部", "level": "department"},
        "north_one": {"name": "北一班", "under": "north", "level": "team"},
        "north_two": {"name": "北二班", "under": "north", "level": "team"},
        "south_one": {"name": "南一班", "under": "south", "level": "team"},
        "annex": {"name": "附属室"},
        "annex_one": {"name": "附属一班", "under": "annex", "level": "team"},
    },
    "people": {
        "organizer": {"name": "甲组织", "unit": "root", "role": "organizer"},
        "chief": {"name": "乙总管", "unit": "root", "role": "owner"},
        "finder": {"name": "丙发现", "unit": "root", "role": "finder"},
        "north_organizer": {"name": "丁北组", "unit": "north", "role": "organizer"},
        "north_owner": {"name": "戊北主", "unit": "north", "role": "owner"},
        "south_owner": {"name": "己南主", "unit": "south", "role": "owner"},
        "one_owner": {"name": "庚班长", "unit": "north_one", "role": "owner solver"},
        "two_owner": {"name": "辛班长", "unit": "north_two", "role": "owner solver"},
    },
}


@dataclass
class Company:
    """Doors to the company. Everything happens at AT unless told otherwise."""

    stage: Stage

    @standing.steady()
    def actor(self, key: str) -> Actor:
        return self.stage.actor(key)

    def unit(self, key: str) -> int:
        return self.stage.units[key].pk

    def person(self, key: str) -> int:
        return self.stage.people[key].pk

    def client(self, key: str) -> Client:
        client = Client()
        client.force_login(self.stage.people[key])
        return client

    @standing.steady()
    def open(
        self, kind: str = "issue", unit: str = "north_one", by: str = "finder", **fields: Any
    ) -> Matter:
        if kind == "issue":
            fields = {"category": "burden", "channel": "going_down", **fields}
        if kind == "meeting":
            fields = {"held_on": "2026-03-20", **fields}
        opening = Opening(PROGRAMME, kind, self.stage.units[unit], "班组报表太多。", fields=fields)
        return matters.open_matter(opening, actor=self.actor(by), at=AT).matter

    @standing.steady()
    def act(
        self,
        on: Matter,
        action: str,
        by: str,
        *,
        at: datetime = AT,
        key: str | None = None,
        **data: Any,
    ) -> Matter:
        return matters.act(on.pk, action, actor=self.actor(by), at=at, data=data, key=key)

    def now(self, on: Matter) -> Matter:
        return matters.of_streams([on.stream])[on.stream]

    @standing.steady()
    def work(self, at: datetime = AT) -> None:
        while notify.run(at, lanes=("inside",)):
            continue


@landing
def build() -> Company:
    at = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
    stage.ready(at)
    return Company(stage.build(PLAN, since=date(2026, 1, 1), at=at))

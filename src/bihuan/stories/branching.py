"""The organisational life of two branches of the demonstration city: a year of one, gaps of the other."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.people import api as people
from bihuan.outcomes.papers import api as printed
from bihuan.rules.periods import Grain, Period
from bihuan.stories.stage import Stage

NAME, PARTY = "org_life", "party_members.party"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PARTS = {
    "assembly": ("topics", "discussed", "resolved"),
    "lecture": ("said_there", "discussed"),
    "theme_day": ("done_there", "came_of_it"),
    "life_meeting": ("prepared", "criticised", "to_mend"),
}


def belong(city: Stage, plan: dict[str, Any], *, at: datetime) -> None:
    """Who belongs to which of the branches of `plan["branching"]`."""
    for key, one in plan["branching"]["branches"].items():
        told: dict[str, Any] = {"start": at.date(), "at": at, "actor": SYSTEM}
        place = orgs.org(city.units[key].pk)
        for who in one["members"]:
            people.begin(city.people[who].pk, place, PARTY, "full", **told)
        for name, status in one["more"]:
            people.admit(name, place, PARTY, status, **told)


def build(city: Stage, plan: dict[str, Any], *, now: datetime) -> int:
    """What they held; returns how many matters were opened."""
    told = [_Branch(city, plan["branching"], key, now) for key in plan["branching"]["branches"]]
    for one in told:
        one.year()
    told[0].now_going()
    return sum(one.opened for one in told)


class _Branch:
    def __init__(self, city: Stage, plan: dict[str, Any], key: str, now: datetime) -> None:
        self.city, self.plan, self.key, self.now = city, plan, key, now
        self.one = plan["branches"][key]
        self.opened = 0

    def year(self) -> None:
        """A theme day each month, an assembly each quarter, the meeting of the year."""
        month = Period.of(Grain.MONTH, timezone.localtime(self.now).date())
        for back in range(1, self.one["months"] + 1):
            month = month.before()
            if back in self.one["made_up"]:
                self.held("theme_day", month.after + (self.plan["late"] - 1) * DAY)
            elif back not in self.one["missed"]:
                self.held("theme_day", month.start + (self.plan["day"] - 1) * DAY)
            if self.one["recorded"] and month.start.month % 3 == 2:
                self.held("assembly", month.start + (self.plan["day"] + 5) * DAY)
            if self.one["recorded"] and month.start.month == 12:
                self.held("life_meeting", month.start + 9 * DAY)

    def at(self, day: date) -> datetime:
        return timezone.make_aware(datetime.combine(day, time(15)))

    def planned(self, kind: str, day: date, at: datetime) -> Matter:
        fields: dict[str, Any] = {"on_day": day.isoformat(), "begins": "15:00", "ends": "16:30"}
        if kind == "theme_day":
            fields["theme"] = self.plan["themes"][day.month % len(self.plan["themes"])]
        if kind == "life_meeting":
            fields["category"] = "both"
        if kind == "lecture":
            fields["lecturer"] = self.city.people["leader"].pk
        month = "" if kind == "lecture" else f"{day.month}月"
        opening = Opening(
            programme=NAME,
            kind=kind,
            home=self.city.units[self.key],
            subject=f"{month}{self.plan['called'][kind]}",
            body=self.plan["body"],
            fields={**fields, "place": self.plan["place"]},
        )
        self.opened += 1
        key, chair = f"branching:{self.key}:{self.opened}", self.city.actor(self.one["secretary"])
        found = matters.open_matter(opening, actor=chair, at=at, key=key).matter
        self.act(found, "call", "secretary", at + HOUR)
        return found

    def act(self, found: Matter, action: str, by: str, at: datetime, **data: Any) -> None:
        who = self.city.actor(self.one.get(by, by))
        matters.act(found.pk, action, actor=who, at=min(at, self.now), data=data)

    def held(self, kind: str, day: date) -> Matter:
        """Called five days before, held; somebody is missing now and then; minutes by two where this branch
        keeps them."""
        at = self.at(day)
        found = self.planned(kind, day, at - 5 * DAY)
        gone = self.one["members"][2 + day.month % (len(self.one["members"]) - 2)]
        missing = [self.city.people[gone].pk] if day.month % 3 else []
        self.act(found, "all_but", "secretary", at + HOUR, missing=missing)
        self.act(found, "hold", "secretary", at + 2 * HOUR)
        if self.one["recorded"]:
            self.write(found, kind, at)
            self.act(found, "sign", "secretary", at + 4 * HOUR)
        return found

    def write(self, found: Matter, kind: str, at: datetime) -> None:
        said = {name: self.plan["said"][name] for name in PARTS[kind]}
        self.act(found, "write_minutes", "writer", at + 3 * HOUR, **said)

    def now_going(self) -> None:
        """A lecture that was held and is to be signed, a theme day to come for which somebody asks leave."""
        today = timezone.localtime(self.now).date()
        at = self.at(today - DAY)
        lecture = self.planned("lecture", today - DAY, at - 5 * DAY)
        self.act(lecture, "all_but", "secretary", at + HOUR, missing=[])
        self.act(lecture, "hold", "secretary", at + 2 * HOUR)
        self.write(lecture, "lecture", at)
        coming = self.planned("theme_day", today + 5 * DAY, self.now - 2 * DAY)
        self.act(coming, "ask_leave", "member", self.now - DAY, why="当天窗口轮到我值午班。")
        self.card(self.now - DAY)

    def card(self, at: datetime) -> None:
        """The card for the day somebody joined, printed for them alone."""
        said, chair = self.plan["card"], self.city.actor(self.one["secretary"])
        whose = self.city.people[said["whose"]].pk
        opening = Opening(
            programme=NAME,
            kind="membership_day",
            home=self.city.units[self.key],
            subject="政治生日",
            body=said["words"],
            fields={"card_for": whose, "joined_on": said["joined_on"], "words": said["words"]},
        )
        self.opened += 1
        key = f"branching:{self.key}:{self.opened}"
        found = matters.open_matter(opening, actor=chair, at=at, key=key).matter
        self.act(found, "give", "secretary", at + HOUR)
        printed.issue(found.pk, "birthday_card", actor=chair, at=at + HOUR)

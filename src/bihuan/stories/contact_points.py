"""Seed 001 part 1: a county's organisation department that asks in 36 symposiums and 38 villages; part 2: a
regulator's 36 teams of three at most, one of whose agreed tasks comes late, is pressed for and overseen."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from typing_extensions import override

from bihuan.foundation.audit.api import standing
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.stories import figures, papers
from bihuan.stories.county import County
from bihuan.stories.researching import DAY, HOUR, NAME, Telling
from bihuan.stories.stage import local, ready, root_of, script, told_at

SMALL = 10


def tell(part: int = 1) -> int:
    """Tells both, or their small form, all of it or nothing; returns how many matters there are, 0 when
    this database has heard it before."""
    plan = _plan(part)
    if root_of(plan["county"]["root"]["code"]) is not None:
        return 0
    with transaction.atomic():
        ready(local(plan["county"]["prepared"]))
        tellings: list[Telling] = []
        for sort in (County, _Regulator):
            one = sort(plan)
            with standing.steady():
                one.all()
            tellings.append(one)
    return sum(one.count() for one in tellings)


def _plan(part: int) -> dict[str, Any]:
    """The script with one of its two sizes."""
    found: dict[str, Any] = _sized(script(NAME), int(part > 1))
    return found


def _sized(value: Any, which: int) -> Any:
    if isinstance(value, dict):
        return {key: _sized(one, which) for key, one in value.items()}
    pair = isinstance(value, list) and len(value) == 2 and all(isinstance(n, int) for n in value)
    return value[which] if pair else value


class _Regulator(Telling):
    """The regulator: leaders and departments, each with a team and a bureau."""

    KEY = "regulator"

    @override
    def peopled(self) -> None:
        size = self.plan
        self.teams = size["leaders"] + size["departments"]
        self.people("leader", "root", "contact_leader researcher", "机关领导", size["leaders"])
        self.people("staff", "root", "researcher", "干部", 2 * size["leaders"])
        for n in range(1, size["departments"] + 1):
            self.units[f"part-{n}"] = {"name": f"第{n}部", "level": "department"}
            self.people(f"part-{n}", f"part-{n}", "researcher", "部门负责人", 2)
        for n in range(1, self.teams + 1):
            self.units[f"bureau-{n}"] = {"name": f"第{n}监管局"}
            self.people(f"bureau-{n}", f"bureau-{n}", "grassroots handler", "监管局干部")

    def lead_of(self, n: int) -> tuple[str, int]:
        """Who leads the nth team."""
        leaders = self.plan["leaders"]
        return ("leader", n) if n <= leaders else (f"part-{n - leaders}", 1)

    def bureaus(self, first: int, many: int) -> list[int]:
        return [
            self.stage.units[f"bureau-{(first + more) % self.teams + 1}"].pk for more in range(many)
        ]

    @override
    def all(self) -> None:
        self.points()
        found = self.drive("集中走基层调研", "finance_policy", self.begins + 20 * DAY)
        rows = []
        for n in range(1, self.teams + 1):
            key, nth = self.lead_of(n)
            base = self.stage.root if key == "leader" else self.stage.units[key]
            task = "宣讲金融政策，听取基层意见。"
            row = {"leads_it": self.person(key, nth), "base": base.pk}
            rows.append({**row, "theme": "finance_policy", "task": task})
        self.act(found, "form_teams", self.actor("research"), self.begins + 3 * HOUR, teams=rows)
        for n, team in enumerate(self.below(found, "research_team"), 1):
            self.out(n, team, self.begins + DAY + n % 6 * HOUR)
        self.overseen(found)

    def points(self) -> None:
        """Two units of each leader, three of each department; the last one chooses too few."""
        at = local(self.plan["prepared"]) + DAY
        for nth, duty in enumerate(self.called_on("leaders_year", "领导基层联系点", at)):
            one = self.actor("leader", nth + 1)
            self.act(duty, "choose_units", one, at + DAY, units=self.bureaus(2 * nth, 2))
        for nth, duty in enumerate(self.called_on("offices_year", "部门基层联系点", at)):
            by = self.actor(duty.home.code.rpartition("regulator-")[2])
            many = 2 if nth == self.plan["departments"] - 1 else 3
            self.act(duty, "choose_units", by, at + DAY, units=self.bureaus(3 * nth, many))

    def out(self, n: int, team: Matter, at: datetime) -> None:
        """One team: at most three of them, a bureau, what was agreed with it."""
        key, nth = self.lead_of(n)
        lead = self.actor(key, nth)
        more = ("staff", (2 * nth - 1, 2 * nth)) if key == "leader" else (key, (2,))
        crew = [{"person": self.person(more[0], one)} for one in more[1]]
        self.act(team, "take_along", lead, at, crew=crew)
        place = self.stage.units[f"bureau-{n}"]
        stop = {"place": place.pk, "held_on": f"{at + DAY:%Y-%m-%d}", "category": "lecture"}
        self.act(team, "plan_stops", lead, at, stops_on_it=[stop])
        (visit,) = self.below(team, "grassroots_visit")
        second = self.actor(more[0], more[1][0])
        met = [{"group": "department_leaders", "people": 12}]
        self.noted(visit, second, at + DAY, met=met)
        # The other one of the team was there too: a visit is noted down once.
        self.refused(visit, "note_down", lead, at + DAY, met=met)
        self.act(team, "come_back", lead, at + 2 * DAY, units=[place.pk])
        if n != self.plan["late"]:
            (sheet,) = self.below(team, "tasks_agreed")
            self.handed_in(n, sheet, at + 6 * DAY)

    def handed_in(self, n: int, sheet: Matter, at: datetime) -> None:
        what = self.words["agreed"][n % 3]
        row = {"what": what, "days": 20, "person": self.person(f"bureau-{n}")}
        self.act(sheet, "hand_in_tasks", self.actor(f"bureau-{n}"), at, tasks_listed=[row])

    def overseen(self, found: Matter) -> None:
        """The late one is pressed for and handed in on the sixth day; some go on to their end."""
        teams = self.below(found, "research_team")
        late = self.plan["late"]
        at = self.begins + 3 * DAY + late % 6 * HOUR + 6 * DAY
        matters.sweep(at)
        self.work(at)
        (sheet,) = self.below(teams[late - 1], "tasks_agreed")
        self.handed_in(late, sheet, at + HOUR)
        for n, team in enumerate(teams[: self.plan["to_the_end"]], 1):
            (sheet,) = self.below(team, "tasks_agreed")
            bureau, research = self.actor(f"bureau-{n}"), self.actor("research")
            self.refused(sheet, "settle", research, at + DAY)
            for order in self.below(sheet, "directive"):
                said = {"result": "已按商定的要求办结，附有清单。"}
                self.act(order, "report", bureau, at + 5 * DAY, **said)
                self.refused(order, "confirm", bureau, at + 5 * DAY + HOUR)
                self.act(order, "confirm", research, at + 6 * DAY)
            self.act(sheet, "settle", research, at + 7 * DAY)


def figures_of(part: int = 1) -> list[figures.Figure]:
    """The documents' figures, or those of the small story, beside those of this database's facts.

    Raises LookupError before the story was told."""
    plan = _plan(part)
    county, regulator = plan["county"], plan["regulator"]
    place = told_at(county["root"]["code"], NAME)
    graduates = told_at(f"{county['root']['code']}-graduate", NAME)
    other = told_at(regulator["root"]["code"], NAME)
    return [
        *figures.compare(county["document"], county["year"], place),
        *figures.compare(county["document_graduates"], county["year"], graduates),
        *figures.compare(regulator["document"], regulator["year"], other),
    ]


def bulletins() -> Iterator[Bulletin]:
    """The county's paper of the quarter: drafted by the research office, issued by its head. Made once;
    raises LookupError before the story."""
    plan = _plan(1)["county"]
    place = told_at(plan["root"]["code"], NAME)
    insight.export(insight.store())
    yield papers.issued(
        f"{NAME}.quarterly",
        place,
        plan["quarter"],
        by=(f"{NAME}-county-research-1", f"{NAME}-county-head-1"),
        at=local(datetime(2011, 4, 8, 9)),  # noqa: DTZ001 - the script's wall clock
    )

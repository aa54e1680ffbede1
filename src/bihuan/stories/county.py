"""Seed 001 part 1: a county's organisation department that asks in 36 symposiums and 38 villages."""

from datetime import datetime
from itertools import cycle, islice
from typing import Any

from typing_extensions import override

from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters.api import Matter
from bihuan.stories.researching import DAY, HOUR, Telling


def spread(total: int, among: int) -> list[int]:
    """A whole number in parts that are as alike as can be; together they are it."""
    return [total * (n + 1) // among - total * n // among for n in range(among)]


def _forms(totals: dict[str, int], among: int) -> dict[str, list[int]]:
    """Forms in parts, of which none has more valid than returned, or more returned than issued."""
    found: dict[str, list[int]] = {}
    below, there = 0, [0] * among
    for number in ("valid", "returned", "issued") if totals else ():
        more = spread(totals[number] - below, among)
        there = [one + part for one, part in zip(there, more, strict=True)]
        found[number], below = there, totals[number]
    return found


class County(Telling):
    """The organisation department, its sections, townships, villages."""

    KEY = "county"

    @override
    def peopled(self) -> None:
        for key, name in self.plan["sections"].items():
            self.units[key] = {"name": name, "level": "department"}
            self.people(key, key, "researcher", "干事", 6)
        for n in range(1, self.plan["towns"] + 1):
            self.units[f"town-{n}"] = {"name": f"第{n}镇"}
            for sort in ("先进村", "后进村", "企业"):
                name = f"第{n}镇{sort}"
                self.units[f"{sort}-{n}"] = {"name": name, "under": f"town-{n}"}
            self.people(f"town-{n}", f"town-{n}", "contact_leader researcher", "镇党委书记")
        self.people("leader", "root", "contact_leader", "部领导", self.plan["leaders"])

    def place(self, key: str) -> Org:
        return self.stage.units[key]

    @override
    def all(self) -> None:
        self.points()
        self.researched()

    def points(self) -> None:
        """Every leader chooses villages and enterprises, so does every section."""
        at = self.begins - 4 * DAY
        towns = range(1, self.plan["towns"] + 1)
        every = [
            self.place(f"{sort}-{n}").pk for n in towns for sort in ("先进村", "后进村", "企业")
        ]
        turns = cycle(every)
        people = {one.pk: key for key, one in self.stage.people.items()}
        for duty in self.called_on("leaders_year", "领导基层联系点", at):
            chosen = list(islice(turns, self.plan["chosen_each"]))
            by = self.stage.actor(people[duty.assignee_id or 0])
            self.act(duty, "choose_units", by, at + 3 * HOUR, units=chosen)
        sections = {self.place(key).pk: key for key in self.plan["sections"]}
        for duty in self.called_on("offices_year", "部门基层联系点", at):
            chosen = list(islice(turns, self.plan["chosen_by_section"]))
            by = self.actor(sections[duty.home_id])
            self.act(duty, "choose_units", by, at + 4 * HOUR, units=chosen)

    def researched(self) -> None:
        """Teams of sections and townships, their visits, what was heard, their papers."""
        found = self.drive("转变领导方式和工作方式集中调研", "leading_ways", self.begins + 18 * DAY)
        groups = {"graduate": (1, 4), "organisation": (1, 4), "office": (1,), "training": (1,)}
        leads = [(key, n) for key, every in groups.items() for n in every]
        leads += [(f"town-{n}", 1) for n in range(1, self.plan["towns"] + 1)]
        rows = [
            {
                "leads_it": self.person(key, n),
                "base": self.place(key).pk,
                "theme": "graduate_posts" if key == "graduate" else "leading_ways",
                "task": "问计基层，寻求组织工作的思路与对策。",
            }
            for key, n in leads
        ]
        at = self.begins + 3 * HOUR
        self.act(found, "form_teams", self.actor("research"), at, teams=rows)
        teams = dict(zip(leads, self.below(found, "research_team"), strict=True))
        self.crewed(teams, at + HOUR)
        self.visited(teams, at + 2 * HOUR)
        self.heard(teams)
        self.written(teams)
        self.act(
            found,
            "sum_up",
            self.actor("research"),
            self.begins + 23 * DAY,
            summing_up=self.words["summing_up"],
        )

    def crewed(self, teams: dict[tuple[str, int], Matter], at: datetime) -> None:
        """Three of a section to a team; a fourth is refused."""
        for (key, n), team in teams.items():
            if key.startswith("town"):
                continue
            crew = [{"person": self.person(key, n + more)} for more in (1, 2)]
            lead = self.actor(key, n)
            self.act(team, "take_along", lead, at, crew=crew)
            fourth = [{"person": self.person("research", 2)}]
            self.refused(team, "take_along", lead, at + HOUR, crew=fourth)

    def visited(self, teams: dict[tuple[str, int], Matter], at: datetime) -> None:
        """The schedules, and visit after visit with whom they met."""
        size, towns = self.plan, self.plan["towns"]
        town = cycle(range(1, towns + 1))
        half, rest = spread(size["graduate_visits"], 2)
        for n, many in ((1, half), (4, rest)):
            stops = [("symposium", f"town-{next(town)}") for _ in range(many)]
            self.planned(teams[("graduate", n)], stops, "graduate", n, at)
        half, rest = spread(size["office_visits"], 2)
        for key, many in (("office", half), ("training", rest)):
            stops = [("symposium", f"town-{next(town)}") for _ in range(many)]
            self.planned(teams[(key, 1)], stops, key, 1, at)
        for n, sort in ((1, "先进村"), (4, "后进村")):
            stops = [("on_the_spot", f"{sort}-{one}") for one in range(1, towns + 1)]
            self.planned(teams[("organisation", n)], stops, "organisation", n, at)
        for n in range(1, towns + 1):
            stops = [("home_call", f"后进村-{n}")]
            self.planned(teams[(f"town-{n}", 1)], stops, f"town-{n}", 1, at)
        by_group: dict[str, list[Matter]] = {
            "graduate": [],
            "office": [],
            "village": [],
            "town": [],
        }
        for (key, _), team in teams.items():
            name = {"training": "office", "organisation": "village"}.get(key, key.partition("-")[0])
            by_group[name] += self.below(team, "grassroots_visit")
        for name, visits in by_group.items():
            self.filled(name, visits)

    def planned(
        self, team: Matter, stops: list[tuple[str, str]], key: str, n: int, at: datetime
    ) -> None:
        rows = [
            {
                "place": self.place(where).pk,
                "held_on": f"{self.begins + (2 + nth % 12) * DAY:%Y-%m-%d}",
                "category": how,
            }
            for nth, (how, where) in enumerate(stops)
        ]
        self.act(team, "plan_stops", self.actor(key, n), at, stops_on_it=rows)

    def filled(self, name: str, visits: list[Matter]) -> None:
        """What each visit counted: parts of what the document says of all of them together."""
        many = len(visits)
        met = {group: spread(total, many) for group, total in self.plan["met"][name].items()}
        forms = _forms(self.plan["forms"].get(name, {}), many)
        helped = {what: spread(total, many) for what, total in self.plan["helped"].items()}
        whose = "graduate_officials" if name == "graduate" else "villagers"
        people = {one.pk: key for key, one in self.stage.people.items()}
        views = cycle(self.words["views"])
        for nth, visit in enumerate(visits):
            said: dict[str, Any] = {
                "met": [{"group": group, "people": parts[nth]} for group, parts in met.items()]
            }
            if forms:
                row = {number: parts[nth] for number, parts in forms.items()}
                said["forms"] = [{"group": whose, **row}]
            if name == "town":
                said["helped"] = [{"group": w, "times": p[nth]} for w, p in helped.items()]
            if name == "village":
                said["place_stands"] = "advanced" if nth < many // 2 else "lagging"
            if nth % 12 == 0:
                said["views"] = [
                    {"what": next(views), "said_by": whose, "reachable": not bool(nth)}
                ]
            by = self.stage.actor(people[visit.assignee_id or 0])
            at = self.begins + (2 + nth % 12) * DAY + nth % 5 * HOUR
            self.noted(visit, by, at, **said)

    def heard(self, teams: dict[tuple[str, int], Matter]) -> None:
        """Solved now and told, or put off with an explanation that is told."""
        research, at = self.actor("research"), self.begins + 15 * DAY
        every = [
            view
            for team in teams.values()
            for visit in self.below(team, "grassroots_visit")
            for view in self.below(visit, "view_heard")
        ]
        for nth, view in enumerate(every):
            if nth % 3 == 2:
                self.act(view, "put_off", research, at, explained_so=self.words["explained_so"])
                self.act(view, "tell_why_later", research, at + HOUR, shown_where="村务公开栏")
                continue
            self.act(view, "solve_now", research, at, unit=view.unit_id)
            solver = self.actor(view.unit.code.rpartition("county-")[2])
            said = {"what_was_solved": self.words["what_was_solved"]}
            self.act(view, "say_solved", solver, at + DAY, **said)
            if view.facts.get("reachable"):
                self.act(view, "tell_them", research, at + 2 * DAY, told_how="in_person")
            else:
                where = "村务公开栏"
                self.act(view, "tell_openly", research, at + 2 * DAY, shown_where=where)

    def written(self, teams: dict[tuple[str, int], Matter]) -> None:
        """Back from the trip; so many papers of each, of which three are put to use."""
        at = self.begins + 16 * DAY
        sections = [pair for pair in teams if not pair[0].startswith("town")]
        shares = dict(zip(sections, spread(self.plan["papers"]["section"], 6), strict=True))
        titles, used = cycle(self.words["titles"]), iter(self.words["used"])
        for (key, n), team in teams.items():
            lead = self.actor(key, n)
            self.act(team, "come_back", lead, at)
            many = shares.get((key, n), self.plan["papers"]["town"])
            for one in range(many):
                title = f"{self.place(key).name}：{next(titles)}（{one + 1}）"
                said = {"title": title, "findings": self.words["findings"]}
                self.act(team, "hand_in_paper", lead, at + DAY, **said)
            if not many:
                continue
            self.act(team, "finish", lead, at + 2 * DAY)
            what = next(used, None)
            if what is not None:
                (paper, *_) = self.below(team, "findings_paper")
                self.act(paper, "share", self.actor("research"), at + 3 * DAY)
                self.act(paper, "put_to_use", self.actor("head"), at + 5 * DAY, used_as=what)

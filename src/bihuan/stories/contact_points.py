"""Seed 001 part 1: a county's organisation department that asks in 36 symposiums and 38 villages; part 2: a
regulator's 36 teams of three at most, one of whose agreed tasks comes late, is pressed for and overseen."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any

from django.db import transaction
from typing_extensions import override

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.lib.problems import InputError, NotAllowedError, RefusedError
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.stories import figures, papers
from bihuan.stories.stage import Stage, build, local, ready, refused, root_of, script, told_at

NAME = "contact_points"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SMALL = 10
# The research office's role, and the one of supervision by which it follows what was ordered.
OFFICE = "research_office supervisor"


def tell(part: int = 1) -> int:
    """Tells both, or their small form, all of it or nothing; returns how many matters there are, 0 when
    this database has heard it before."""
    plan = _plan(part)
    if root_of(plan["county"]["root"]["code"]) is not None:
        return 0
    with transaction.atomic():
        ready(local(plan["county"]["prepared"]))
        tellings: list[_Telling] = []
        for sort in (_County, _Regulator):
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


class _Telling:
    """What both do: build a place, open and act in somebody's name."""

    KEY = ""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan, self.words = plan[self.KEY], plan["words"]
        family, given = plan["names"]["family"], plan["names"]["given"]
        self.names = (f"{one}{other}" for other in given for one in family)
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
        return matters.open_matter(opening, actor=self.actor("research"), at=at, key=key).matter

    def below(self, found: Matter, kind: str) -> list[Matter]:
        """Those of a kind under a matter, in the order they came."""
        rows = matters.open_children(found)
        return sorted((one for one in rows if one.kind == kind), key=lambda one: one.pk)

    def all(self) -> None:
        """Everything, in its order."""

    def count(self) -> int:
        """How many matters were opened here."""
        root = self.stage.root.path
        return Matter.objects.filter(home_path__startswith=root).count()

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


class _County(_Telling):
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


class _Regulator(_Telling):
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

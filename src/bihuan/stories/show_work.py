"""Seed 003 case 5: 20,000 members show who they are; 169 first secretaries and 2,143 people in 169 teams show a
month's tasks, progress and results; who misses one is named inside."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import cycle, islice
from typing import Any

from django.db import transaction

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM, Actor
from bihuan.foundation.access.enrolling import Newcomer, Wanted, enrol_all
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs.api import Org, Person
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.obligations import api as obligations
from bihuan.kernel.people import api as people
from bihuan.kernel.people.api import Beginning, Keeper
from bihuan.kernel.programmes import api as programmes
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.rules import periods
from bihuan.rules.owing import LACKING
from bihuan.stories import figures, papers
from bihuan.stories.speaking import Telling, cast_of, names_of
from bihuan.stories.stage import Stage, build, local, locale, ready, root_of, script, told_at, work

NAME = "show_work"
PARTY, SHOWERS = "party_members.party", f"{NAME}.showers"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SMALL = 10
SMALL_ITS = {
    "towns": 2,
    "teams": 4,
    "in_teams": 20,
    "members": 60,
    "misses": {"tasks": 9, "progress": 7, "results": 11},
}
OFFICE, SECOND, LEADER = f"{NAME}-office-1", f"{NAME}-office-2", f"{NAME}-leader-1"
# From the first of the month on: listed, told, shown; shown late; long over.
LISTED, TOLD, SHOWN, LATE, OVER = 3 * DAY, 14 * DAY, 28 * DAY, 31 * DAY, 40 * DAY
PUBLICATIONS = ("person_tasks", "person_progress", "person_results")
OF_UNITS = ("unit_tasks", "unit_progress", "unit_results")


def tell(part: int = 1) -> int:
    """Tells the story, or its small form, all of it or nothing; returns how many matters it has, 0 when this
    database has heard it before."""
    plan = _plan(part)
    if root_of(plan["root"]["code"]) is not None:
        return 0
    at = local(plan["prepared"])
    with transaction.atomic():
        ready(at)
        telling = _County(_stage(plan, at), plan)
        telling.enlist(at)
        with standing.steady():
            telling.all()
    return telling.opened


def _plan(part: int) -> dict[str, Any]:
    plan = script(NAME)
    if part > 1:
        plan |= SMALL_ITS
        for said in (*plan["document"].values(), *plan["rosters"].values()):
            said["value"] = said["small"]
    return plan


def _team(n: int) -> str:
    return f"team-{n}"


def _town(n: int) -> str:
    return f"town-{n}"


def username(n: int) -> str:
    """The account of somebody who was sent to a village; the first of each team leads it."""
    return f"{NAME}-sent-{n}"


def _stage(plan: dict[str, Any], at: datetime) -> Stage:
    """The county, its towns, in them the teams; whoever calls and reads."""
    towns = {_town(n): {"name": f"第{n}镇", "level": "town"} for n in range(1, plan["towns"] + 1)}
    teams = {
        _team(n): {
            "name": f"第{n}驻村工作队",
            "level": "team",
            "under": _town(n % plan["towns"] + 1),
        }
        for n in range(1, plan["teams"] + 1)
    }
    units = {**towns, **teams}
    made = {**plan, "units": units, "people": cast_of(NAME, plan["cast"])}
    return build(made, since=plan["since"], at=at)


class _County(Telling):
    def __init__(self, stage: Stage, plan: dict[str, Any]) -> None:
        super().__init__(stage, plan)
        self.words, self.misses = plan["words"], plan["misses"]
        self.begins = local(plan["begins"])
        # Who was sent where: by team, its first secretary first.
        self.sent: dict[int, list[Person]] = {}
        self._actors: dict[int, Actor] = {}

    def enlist(self, at: datetime) -> None:
        """Those who were sent, with accounts; the other members, without."""
        plan, names = self.plan, cycle(names_of(self.plan["names"]))
        keeper, since = Keeper(SYSTEM, plan["since"]), plan["since"]
        places = [self.stage.units[_team(n)] for n in range(1, plan["teams"] + 1)]
        newcomers: list[Newcomer] = []
        for n, place in enumerate(places):
            share = (n + 1) * plan["in_teams"] // len(places) - n * plan["in_teams"] // len(places)
            for nth in range(share + 1):
                roles = () if nth else (Wanted("show_host"),)
                newcomers.append(
                    Newcomer(next(names), place, username(len(newcomers) + 1), roles=roles)
                )
        wanted = []
        for one, who in zip(newcomers, enrol_all(newcomers, at=at, actor=SYSTEM), strict=True):
            assert isinstance(who, Person), who
            there = self.sent.setdefault(one.place.pk, [])
            status = "team_member" if there else "first_secretary"
            there.append(who)
            wanted.append(Beginning(one.place, SHOWERS, status, since, person_id=who.pk))
            wanted.append(Beginning(one.place, PARTY, "full", since, person_id=who.pk))
        towns = cycle(self.stage.units[_town(n)] for n in range(1, plan["towns"] + 1))
        others = plan["members"] - len(newcomers)
        wanted += [
            Beginning(place, PARTY, "full", since, name=next(names))
            for place in islice(towns, others)
        ]
        for row in people.begin_all(wanted, keeper, at=at):
            assert isinstance(row, people.Membership), row

    def all(self) -> None:
        """A month: all are called on, who was sent shows theirs."""
        self.called()
        self.round("people_round", "person_month", self.people_shown)
        self.round("units_round", "unit_month", self.units_shown)
        matters.sweep(self.begins + OVER)
        self.identities()
        self.example()

    def by(self, who: Person) -> Actor:
        if who.pk not in self._actors:
            self._actors[who.pk] = access.actor(who, self.stage.on)
        return self._actors[who.pk]

    def turn(self, name: str, n: int) -> str:
        """One of what is said by turns."""
        return str(self.words[name][n % len(self.words[name])])

    def do(self, pk: int, action: str, by: Actor, after: timedelta, **data: Any) -> Matter:
        return matters.act(pk, action, actor=by, at=self.begins + after, data=data)

    def opening(self, kind: str, home: Org, subject: str, body: str, **fields: Any) -> Opening:
        return Opening(
            programme=NAME, kind=kind, home=home, subject=subject, body=body, fields=fields
        )

    def called(self) -> None:
        """Town by town, so that each roll can be read."""
        year, words = self.plan["period"][:4], self.words["action"]
        for n in range(1, self.plan["towns"] + 1):
            town = self.stage.units[_town(n)]
            opening = self.opening("action_of_all", town, "亮晒作全员行动", words, action_year=year)
            found = self.open(opening, OFFICE, self.begins)
            self.act(found.pk, "call_on_all", OFFICE, self.begins + HOUR)

    def round(self, kind: str, below: str, shown: Any) -> None:
        """A list for each, and what becomes of it."""
        opening = self.opening(kind, self.stage.root, "九月亮晒", self.words["round"])
        found = self.open(opening, OFFICE, self.begins)
        self.act(found.pk, "begin_round", OFFICE, self.begins + HOUR)
        work(self.begins + 2 * HOUR)
        rows = [one for one in matters.open_children(found) if one.kind == below]
        self.opened += len(rows)
        shown(sorted(rows, key=lambda one: one.pk))
        self.act(found.pk, "end_round", OFFICE, self.begins + OVER)

    def people_shown(self, rows: list[Matter]) -> None:
        """Each by themselves, but for those who miss one; nobody writes for another."""
        whose = {who.pk: who for team in self.sent.values() for who in team}
        for n, one in enumerate(rows, 1):
            by = self.by(whose[one.facts["whose_list"]])
            if n % self.misses["tasks"]:
                said = {"tasks_of_month": self.turn("tasks", n)}
                self.do(one.pk, "list_own_tasks", by, LISTED, **said)
            if n % self.misses["progress"]:
                said = {"how_far": self.turn("progress", n)}
                self.do(one.pk, "tell_own_progress", by, TOLD, **said)
            if n % self.misses["results"]:
                said = {
                    "what_was_done": self.turn("done", n),
                    "what_went_well": self.turn("well", n),
                    "what_is_wanting": self.turn("wanting", n),
                }
                self.do(one.pk, "show_own_results", by, SHOWN, **said)

    def units_shown(self, rows: list[Matter]) -> None:
        """Each by its first secretary; the first shows its results late, the last none."""
        for n, one in enumerate(rows):
            by = self.by(self.sent[one.home_id][0])
            said = {"tasks_of_month": self.turn("tasks", n)}
            self.do(one.pk, "list_unit_tasks", by, LISTED, **said)
            self.do(one.pk, "tell_unit_progress", by, TOLD, how_far=self.turn("progress", n))
            if one is not rows[-1]:
                said = {"done_well_wanting": self.turn("unit", n)}
                self.do(one.pk, "show_unit_results", by, SHOWN if n else LATE, **said)
            if n == 0:
                self.published(matters.matter(SYSTEM, one.pk), OFFICE, self.begins + LATE + HOUR)

    def identities(self) -> None:
        """The first team shows who they are: the first secretary themselves, and for one of them."""
        team = next(iter(self.sent))
        host = self.by(self.sent[team][0])
        for n, who in enumerate(self.sent[team][:2]):
            opening = self.opening(
                "three_shows", self.place(team), "亮身份", self.words["action"], who_shows=who.pk
            )
            key = f"{NAME}:identity:{n}"
            self.opened += 1
            at = self.begins + LISTED
            found = matters.open_matter(opening, actor=host, at=at, key=key).matter
            said = {
                "post_shown": self.turn("posts", n),
                "duty_shown": self.words["duty"],
                "promise_shown": self.words["promise"],
            }
            self.do(found.pk, "show_three", host, LISTED + HOUR, **said)

    def place(self, pk: int) -> Org:
        return next(one for one in self.stage.units.values() if one.pk == pk)

    def example(self) -> None:
        """One who was put forward agrees, and somebody else writes it up."""
        team = next(iter(self.sent))
        who = self.sent[team][0]
        fields = {"who_sets_it": who.pk, "example_in": "duty_done"}
        opening = self.opening(
            "example_set", self.place(team), "驻村两年", self.words["example"], **fields
        )
        found = self.open(opening, OFFICE, self.begins + TOLD)
        self.do(found.pk, "agree_to_it", self.by(who), TOLD + DAY)
        told = {"example_told": self.words["example"]}
        self.refused(found.pk, "tell_others", OFFICE, self.begins + TOLD + DAY, **told)
        self.act(found.pk, "tell_others", SECOND, self.begins + TOLD + 2 * DAY, **told)
        self.published(found, SECOND, self.begins + TOLD + 3 * DAY)


def missing(today: date, part: int = 1) -> dict[str, list[str]]:
    """Who misses which of the month's publications on a day, by obligation: what those who have a role here
    read in the matrix. Raises LookupError before the story was told."""
    plan = _plan(part)
    root = told_at(plan["root"]["code"], NAME)
    month = [periods.parse(plan["period"])]
    found = {}
    for name in (*PUBLICATIONS, *OF_UNITS):
        one = obligations.find(f"{NAME}.{name}")
        rows, _ = obligations.lines(one, month, root.path, today)
        found[name] = [row.name for row in rows if row.cells[0].state in LACKING]
    return found


def figures_of(part: int = 1) -> list[figures.Figure]:
    """The document's figures beside those of this database: of facts, and of the lists of who takes part.

    Raises LookupError before the story was told."""
    plan = _plan(part)
    root = told_at(plan["root"]["code"], NAME)
    spec = next(one for one in programmes.known() if one.id == NAME)
    found = figures.compare(plan["document"], plan["period"], root)
    for name, said in plan["rosters"].items():
        there = people.resolve(spec, name, root, plan["since"])
        title = spec.strings[locale()][f"rosters.{name}"]
        found.append(figures.Figure(name, title, said["value"], len(there)))
    return found


def bulletins() -> Iterator[Bulletin]:
    """The month's paper: drafted by the organisation office, issued by the leader. Made once; raises
    LookupError before the story."""
    plan = script(NAME)
    root = told_at(plan["root"]["code"], NAME)
    insight.export(insight.store())
    at = local(plan["begins"]) + OVER
    yield papers.issued(f"{NAME}.monthly", root, plan["period"], by=(OFFICE, LEADER), at=at)

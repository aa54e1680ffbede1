"""Seed 003 case 1: 36 projects proposed in a centre, 11 teams formed, each with its weekly journal, judged by
two levels; seed 000 part 4: a plant with 1,084 projects in its records, more than 600 of them of four years."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from django.db import transaction
from django.utils import timezone

from bihuan.foundation.audit.api import standing
from bihuan.insight import api as insight
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.stories import figures, papers
from bihuan.stories.stage import (
    Stage,
    Telling,
    build,
    cast_of,
    local,
    ready,
    root_of,
    script,
    told_at,
)

NAME = "task_force"
KIND = "tackling"
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
# The small story has the first projects of the centre, and one in so many of the plant's.
SMALL, SMALL_PROJECTS = 10, 12
FRIDAY = 4 * DAY + 7 * HOUR
# In which week of a team's run: inspected, put right, its two months published, its steps done.
INSPECTED, PUBLISHED, STEPS = 5, (5, 9), (4, 8, 12)


def tell(part: int = 1) -> int:
    """Tells the story, or the first projects and one in so many of the records, all of it or nothing;
    returns how many matters it opened, 0 when this database has heard it before."""
    plan = _plan(part)
    if root_of(plan["root"]["code"]) is not None:
        return 0
    with transaction.atomic():
        plant = plan["plant"]
        at = local(plant["prepared"])
        ready(at)
        recorded = _Records(build(plant, since=plant["since"], at=at), plant)
        with standing.steady():
            recorded.all(part)
        at = local(plan["prepared"])
        people = cast_of(NAME, plan["cast"])
        centre = _Centre(build({**plan, "people": people}, since=plan["since"], at=at), plan)
        with standing.steady():
            centre.all()
    return recorded.opened + centre.opened


def _called(key: str, n: int) -> str:
    return f"{NAME}-{key}-{n}"


def _plan(part: int) -> dict[str, Any]:
    plan = script(NAME)
    if part > 1:
        plan["projects"] = plan["projects"][:SMALL_PROJECTS]
        for said in plan["document"].values():
            said["value"] = said["small"]
        for document in ("document_all", "document_four"):
            for said in plan["plant"][document].values():
                said["value"] //= part
    return plan


class _Records(Telling):
    """The plant, which has no more of its projects than a line of its records each."""

    def all(self, part: int) -> None:
        """Every year's projects, spread over its days."""
        plan = self.plan
        units = cycle(one for key, one in self.stage.units.items() if key not in ("root", "party"))
        subjects, categories = cycle(plan["subjects"]), cycle(plan["categories"])
        outcomes = cycle(plan["outcomes"])
        for year, count in plan["years"].items():
            many = count // part
            for n in range(many):
                day = datetime(int(year), 1, 4, 9) + n * 350 // many * DAY  # noqa: DTZ001 - the script's wall clock
                unit = next(units)
                name = f"{unit.name}{next(subjects)}"
                opening = Opening(
                    programme=NAME,
                    kind=KIND,
                    home=self.stage.units["party"],
                    subject=f"{name}（{year}年第{n + 1}项）",
                    body=f"由{year}年立项台账录入。",
                    fields={"category": next(categories), "theme": name},
                    unit=unit,
                )
                found = self.open(opening, "task-office", local(day))
                said = {"what_became": next(outcomes), "record": f"{year}年立项台账第{n + 1}号"}
                self.act(found.pk, "enter_from_record", "task-office", local(day) + HOUR, **said)


class _Centre(Telling):
    """The centre: proposed, selected, approved, run, judged, accepted."""

    def __init__(self, stage: Stage, plan: dict[str, Any]) -> None:
        super().__init__(stage, plan)
        self.words = plan["words"]
        self.begins = local(plan["begins"])
        self.turns = {unit: cycle(range(1, 7)) for unit in plan["units"]}

    def all(self) -> None:
        """Everything, from January to the acceptances of spring."""
        first = local(self.plan["first"])
        teams = []
        for n, one in enumerate(self.plan["projects"]):
            found = self.put_up(n, one, first + n % 5 * HOUR)
            at = first + 7 * DAY
            if one.get("team"):
                self.act(found.pk, "single_out", _called("office", 1), at, view="重大急难，选优。")
                teams.append((found, one))
            else:
                why = "本年先集中力量，留待下批。"
                self.act(found.pk, "pass_over", _called("office", 1), at, reason=why)
        for nth, (found, one) in enumerate(teams):
            self.team(nth, found, one)

    def put_up(self, n: int, one: dict[str, Any], at: datetime) -> Matter:
        opening = Opening(
            programme=NAME,
            kind=KIND,
            home=self.stage.units["centre"],
            subject=f"{one['name']}攻关队",
            body=f"{one['theme']}。",
            fields={"category": one["category"], "theme": one["theme"]},
        )
        return self.open(opening, _called("proposer", n % 3 + 1), at)

    def team(self, nth: int, found: Matter, one: dict[str, Any]) -> None:
        """One team: its plan, its weeks, its acceptance by somebody who is not of it."""
        pk, unit = found.pk, one["unit"]
        crew = [_called(unit, next(self.turns[unit])) for _ in range(3)]
        lead, second = crew[0], crew[1]
        at = self.begins - 3 * DAY
        person = self.stage.people[lead].pk
        place = self.stage.units[unit].pk
        self.act(pk, "set_up", _called("head", 1), at, unit=place, person=person)
        self.refused(pk, "set_off", lead, at + HOUR)
        self.planned(pk, crew, at + HOUR)
        self.act(pk, "set_off", lead, self.begins)
        for week in range(self.plan["weeks"]):
            self.week(nth, pk, one, crew, week)
        if one.get("goes_on"):
            return
        self.accepted(pk, one, lead, second)

    def planned(self, pk: int, crew: list[str], at: datetime) -> None:
        ids = [self.stage.people[who].pk for who in crew]
        weeks = (4, 8, 12)
        steps = [
            {"title": title, "by": f"{self.day(week):%Y-%m-%d}", "person": ids[n]}
            for n, (title, week) in enumerate(zip(self.words["steps"], weeks, strict=True))
        ]
        self.act(pk, "lay_out", crew[0], at, steps=steps)
        team = [
            {"person": pk_of, "part": part}
            for pk_of, part in zip(ids, self.words["parts"], strict=True)
        ]
        self.act(pk, "bring_in", crew[0], at, crew=team)
        names = ("as_project", "as_duty", "as_rule", "aim", "ways_and_means")
        said = {name: self.words[name] for name in (*names, "how_assessed", "how_rewarded")}
        self.act(pk, "fill_in", crew[0], at, **said)

    def day(self, week: int) -> datetime:
        """The Monday of a week of the run, on the wall clock."""
        return timezone.localtime(self.begins + week * WEEK)

    def week(self, nth: int, pk: int, one: dict[str, Any], crew: list[str], week: int) -> None:
        """A week of a team: its journal on Friday, both judgements, what falls into this week."""
        at = self.begins + week * WEEK + FRIDAY
        number = week + 1
        # Whoever had to put something right was a week late with the first step.
        steps = (5, *STEPS[1:]) if one.get("mended") else STEPS
        if number in steps:
            self.step_done(pk, crew, steps.index(number) + 1, at - HOUR)
        if number in one.get("late", ()):
            day = f"{self.day(week):%Y-%m-%d}"
            self.write(nth, pk, crew[week % 3], number, at + 8 * DAY, day_in_it=day)
        elif number not in one.get("missed", ()):
            self.write(nth, pk, crew[week % 3], number, at)
            self.judged(nth, pk, week, at)
        if number == INSPECTED:
            self.inspected(pk, one, crew[0], at + HOUR)
        if number in PUBLISHED:
            self.published(pk, PUBLISHED.index(number), at + 2 * HOUR)
        if week < len(self.words["ones"]):
            name, came = [*self.words["ones"].items()][week]
            office = _called("office", 1)
            self.act(pk, "hold_one", office, at + HOUR, one_of_four=name, what_came=came)

    def step_done(self, pk: int, crew: list[str], line: int, at: datetime) -> None:
        self.act(pk, "say_how_far", crew[line - 1], at, line=line, share_done=100)

    def write(self, nth: int, pk: int, by: str, number: int, at: datetime, **more: Any) -> None:
        said = self.words

        def turn(name: str) -> str:
            return str(said[name][(number + nth) % len(said[name])])

        parts = {
            "team_and_theme": turn("facts"),
            "moves_made": turn("moves"),
            "effect_seen": turn("effect"),
            "overall_view": turn("overall"),
        }
        self.act(pk, "write_up", by, at, **parts, **more)

    def judged(self, nth: int, pk: int, week: int, at: datetime) -> None:
        """Each month the two levels judge the same week."""
        if week % 4 != 3:
            return
        day = f"{self.day(week):%Y-%m-%d}"
        for who, name, later in (("office", "centre_says", 1), ("company", "company_says", 2)):
            said = self.words[name][(week + nth) % len(self.words[name])]
            on = at + later * HOUR
            self.act(pk, "judge_journal", _called(who, 1), on, day_in_it=day, judgement=said)

    def inspected(self, pk: int, one: dict[str, Any], lead: str, at: datetime) -> None:
        verdict = "to_mend" if one.get("mended") else "in_order"
        seen = "账本更新不及时。" if one.get("mended") else "账实相符，行动可见。"
        who = _called("company", 1)
        self.act(pk, "look_into", who, at, verdict=verdict, seen_there=seen)
        if one.get("mended"):
            self.act(pk, "put_right", lead, at + HOUR, what_was_done="已补齐记录，指定专人更新。")

    def published(self, pk: int, nth: int, at: datetime) -> None:
        said = self.words["progress"][nth]
        found = self.act(pk, "make_public", _called("office", 1), at, how_far=said)
        editor = self.actor(_called("office", 2))
        drafts = [one for one in publicity.of_subject(found.stream) if one.state == "drafted"]
        publicity.publish(drafts[0].pk, version=drafts[0].version, actor=editor, at=at + HOUR)

    def accepted(self, pk: int, one: dict[str, Any], lead: str, second: str) -> None:
        at = self.begins + self.plan["weeks"] * WEEK
        self.act(pk, "ask_for_test", lead, at, what_was_reached=f"{one['theme']}，已做到。")
        given = {"what_became": "reached", "finding": "目标可检验，已达到。"}
        self.refused(pk, "pass_test", second, at + HOUR, **given)
        if one.get("returned"):
            why = "缺周志较多，请补写总结后再验。"
            self.act(pk, "fail_test", _called("company", 1), at + DAY, reason=why)
            self.act(pk, "put_right", lead, at + 2 * DAY, what_was_done="已补写总结。")
            at += 3 * DAY
            self.act(pk, "ask_for_test", lead, at, what_was_reached="补写总结后再次申请。")
            given["what_became"] = "partly_reached"
        self.act(pk, "pass_test", _called("head", 1), at + DAY, **given)


def figures_of(part: int = 1) -> list[figures.Figure]:
    """The documents' figures, or those of the small story, beside those of this database's facts.

    Raises LookupError before the story was told."""
    plan = _plan(part)
    centre, plant = root_of(plan["root"]["code"]), root_of(plan["plant"]["root"]["code"])
    if centre is None or plant is None:
        raise LookupError(NAME)
    records = plan["plant"]
    return [
        *figures.compare(plan["document"], plan["period"], centre),
        *figures.compare(records["document_all"], records["all_years"], plant),
        *figures.compare(records["document_four"], records["four_years"], plant),
    ]


def bulletins() -> Iterator[Bulletin]:
    """The paper of March: drafted by the centre's office, issued by its head. Made once; raises
    LookupError before the story."""
    centre = told_at(f"{script(NAME)['root']['code']}-centre", NAME)
    insight.export(insight.store())
    yield papers.issued(
        f"{NAME}.monthly",
        centre,
        "2026-03",
        by=(_called("office", 1), _called("head", 1)),
        at=local(datetime(2026, 4, 8, 9)),  # noqa: DTZ001 - the script's wall clock
    )

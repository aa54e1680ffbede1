"""Seed 000 part 5: a term of a school in which everybody hears two lessons a week. They are drawn by lot, the classes
say who came; one falls short and makes up for it, one does not, one is ill, one is put right."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import standing
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.obligations import api as obligations
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import api as programmes
from bihuan.outcomes.papers import api as printed
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.rules.owing import State
from bihuan.rules.periods import Grain, Period
from bihuan.stories import figures, papers
from bihuan.stories.speaking import Telling, cast_of, names_of
from bihuan.stories.stage import Stage, build, local, ready, root_of, script, told_at

NAME = "lesson_study"
SMALL = 2
MINUTE, HOUR, DAY, WEEK = (timedelta(**{one: 1}) for one in ("minutes", "hours", "days", "weeks"))
OFFICE, HEAD = f"{NAME}-office-1", f"{NAME}-head-1"
TEACHERS, OWED = f"{NAME}.teacher", f"{NAME}.lessons_heard"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
# Who is told of, by number: makes up for it, does not, is ill, is put right, was not there.
MAKES_UP, FALLS_SHORT, ILL, PUT_RIGHT, NOT_THERE = range(5)
LATE_WEEK, ILL_WEEKS = 1, (1, 2)


def tell(part: int = 1) -> int:
    """Tells the story, or its small form, all of it or nothing; returns how many matters it opened, 0 when
    this database has heard it before."""
    plan = _plan(part)
    if root_of(plan["root"]["code"]) is not None:
        return 0
    at = local(plan["prepared"])
    with transaction.atomic():
        ready(at)
        telling = _Term(_stage(plan, at), plan)
        with standing.steady():
            telling.all()
    return telling.opened


def _plan(part: int) -> dict[str, Any]:
    plan = script(NAME)
    small = plan["size"].pop("small")
    if part > 1:
        plan["size"] = small
        for said in plan["document"].values():
            said["value"] = said["small"]
    return plan


def teacher(n: int) -> str:
    """The user name of a teacher, from 0."""
    return f"{NAME}-teacher-{n}"


def class_of(n: int) -> str:
    """The user name of a class's account, from 0."""
    return f"{NAME}-class-{n}"


def _stage(plan: dict[str, Any], at: datetime) -> Stage:
    """A school with its classes, each with an account of its own, and its teachers."""
    names, since, size = names_of(plan["names"]), plan["since"], plan["size"]
    cast, word = cast_of(NAME, plan["cast"]), plan["words"]
    plan["units"] = {
        f"class-{n}": {"name": f"{n + 1}{word['class']}"} for n in range(size["classes"])
    }
    for n in range(size["classes"]):
        called = f"{n + 1}{word['representative']}"
        role = "class_representative"
        cast[class_of(n)] = {"unit": f"class-{n}", "role": role, "name": called}
    for n in range(size["teachers"]):
        cast[teacher(n)] = {"unit": "root", "role": "", "name": next(names)}
    stage = build({**plan, "people": cast}, since=since, at=at)
    # They owe from the first week on: what nobody could hear before the term is not owed.
    told: dict[str, Any] = {"start": plan["first_week"], "at": at, "actor": SYSTEM}
    for n in range(size["teachers"]):
        people.begin(stage.people[teacher(n)].pk, stage.root, TEACHERS, "teaching", **told)
    return stage


class _Term(Telling):
    def __init__(self, stage: Stage, plan: dict[str, Any]) -> None:
        super().__init__(stage, plan)
        self.words, self.size = plan["words"], plan["size"]
        self.timetables: list[Matter] = []
        self.drawn: set[int] = set()
        self.put = False

    def all(self) -> None:
        """A term, week by week."""
        at = local(self.plan["prepared"])
        self.timetables = [self.timetable(n, at) for n in range(self.size["classes"])]
        self.without_school(at)
        for week in range(self.size["weeks"]):
            if week != self.size["free"]:
                self.week(week)
        self.ill()
        self.parents()
        self.contest()

    def monday(self, week: int) -> date:
        found: date = self.plan["first_week"] + week * WEEK
        return found

    def at(self, week: int, hour: int = 7, minute: int = 30, days: int = 0) -> datetime:
        day = self.monday(week) + timedelta(days=days)
        return local(datetime.combine(day, time(hour, minute)))

    def person(self, n: int) -> int:
        return self.stage.people[teacher(n)].pk

    def begin(self, kind: str, by: str, at: datetime, subject: str, **fields: Any) -> Matter:
        """Opens a matter of the programme at the school."""
        opening = Opening(NAME, kind, self.stage.root, subject, subject=subject, fields=fields)
        return self.open(opening, by, at)

    def hours(self, n: int) -> dict[str, str]:
        """When the lessons of a class are: each class at an hour of its own."""
        begins = datetime.combine(self.plan["first_week"], time(8)) + n * 45 * MINUTE
        return {"lesson_from": f"{begins:%H:%M}", "lesson_to": f"{begins + 40 * MINUTE:%H:%M}"}

    def timetable(self, n: int, at: datetime) -> Matter:
        """A class's lessons of a week, taught by those whose class it is."""
        mine = range(n, self.size["teachers"], self.size["classes"])
        courses = self.words["courses"]
        rows = [
            {
                "week_day": day,
                **self.hours(n),
                "taught_subject": courses[(n + row) % len(courses)],
                "taught_by": self.person(mine[row % len(mine)]),
            }
            for row, day in enumerate(DAYS)
        ]
        fields = {"class_visited": self.stage.units[f"class-{n}"].pk, "lessons_listed": rows}
        found = self.begin("class_timetable", OFFICE, at, f"{n + 1}班课表", **fields)
        return self.act(found.pk, "begin_term", OFFICE, at + HOUR)

    def without_school(self, at: datetime) -> None:
        """A week in which nobody owes anything: the school says so, for that week."""
        spec = next(one for one in programmes.known() if one.id == NAME)
        for value, week in ((0, self.size["free"]), (2, self.size["free"] + 1)):
            programmes.override(
                spec,
                "lessons_a_week",
                value=value,
                org=self.stage.root,
                start=self.monday(week),
                clause=self.words["free_week"],
                at=at,
                actor=SYSTEM,
            )

    def week(self, week: int) -> None:
        """Lessons of all classes are drawn; who goes where is put down; the classes say who came."""
        drawn: list[list[Matter]] = []
        for found in self.timetables:
            self.act(found.pk, "draw_week", OFFICE, self.at(week))
            new = [one for one in matters.open_children(found) if one.pk not in self.drawn]
            self.drawn |= {one.pk for one in new}
            drawn.append(sorted(new, key=lambda one: one.pk))
        if week == 0:
            self.refused(self.timetables[0].pk, "draw_week", OFFICE, self.at(week, 7, 40))
        going = self.going(week)
        for n, lessons in enumerate(drawn):
            for nth, lesson in enumerate(lessons):
                self.lesson(week, n, lesson, going[n, nth])
        if week == LATE_WEEK + 1:
            self.made_up(week)
        if week == LATE_WEEK:
            self.not_borne_out(week)

    def going(self, week: int) -> dict[tuple[int, int], list[int]]:
        """Who hears which lesson of which class: the first of one class and the second of the next, never of
        their own; who is ill none, who falls short one."""
        many, last = self.size["classes"], self.size["weeks"] - 1
        found: dict[tuple[int, int], list[int]] = {
            (n, nth): [] for n in range(many) for nth in range(2)
        }
        for n in range(self.size["teachers"]):
            if n == ILL and week in ILL_WEEKS:
                continue
            there = (n + 1 + week % (many - 2)) % many
            found[there, 0].append(n)
            short = {MAKES_UP: LATE_WEEK, FALLS_SHORT: last}.get(n)
            if short != week:
                found[(there + 1) % many, 1].append(n)
        return found

    def lesson(self, week: int, n: int, lesson: Matter, going: list[int]) -> None:
        """One drawn lesson: the first puts themselves down, the office the others; the class confirms."""
        first, *others = going
        at = self.at(week, 7, 40)
        self.act(lesson.pk, "come_and_hear", teacher(first), at)
        if others:
            named = [self.person(one) for one in others]
            self.act(lesson.pk, "put_down_others", OFFICE, at + MINUTE, teachers_meant=named)
        over = datetime.fromisoformat(f"{lesson.facts['held_on']}T{lesson.facts['lesson_to']}")
        at, missing = local(over) + MINUTE, {}
        if week == 0 and PUT_RIGHT in going and not self.put:
            self.put = True
            missing = {"not_there": [self.person(PUT_RIGHT)]}
            own = self.stage.people
            taught = next(key for key in own if own[key].pk == lesson.facts["taught_by"])
            self.refused(lesson.pk, "come_and_hear", taught, at)
            self.refused(lesson.pk, "come_and_hear", class_of(n), at)
            self.refused(lesson.pk, "confirm_hearers", teacher(first), at)
        self.act(lesson.pk, "confirm_hearers", class_of(n), at, **missing)
        if missing:
            self.put_right(lesson, n, at + HOUR)

    def put_right(self, lesson: Matter, n: int, at: datetime) -> None:
        """Somebody was there and is down as absent: they say so, and the class puts it right."""
        words = self.words
        who = {"teacher_meant": self.person(PUT_RIGHT), "really": "came"}
        said = {"seems_wrong": words["seems_wrong"]}
        self.act(lesson.pk, "question_list", teacher(PUT_RIGHT), at, **said)
        self.refused(
            lesson.pk, "correct_list", teacher(PUT_RIGHT), at, reason=words["put_right"], **who
        )
        self.act(lesson.pk, "correct_list", class_of(n), at, reason=words["put_right"], **who)

    def visit(self, who: int, n: int, at: datetime) -> Matter:
        """Somebody walks into a lesson of a class and writes it down, on their phone."""
        fields = {
            "heard_by": self.person(who),
            "class_visited": self.stage.units[f"class-{n}"].pk,
            "held_on": at.date().isoformat(),
            "lesson_from": "17:00",
            "lesson_to": "17:40",
            "taught_subject": self.words["courses"][n % len(self.words["courses"])],
            "what_was_seen": self.words["seen"],
        }
        return self.begin("lesson_visit", teacher(who), at, "推门听课", **fields)

    def made_up(self, week: int) -> None:
        """One more lesson in the week after, by walking in; the class confirms it."""
        at = self.at(week, 18, days=1)
        found = self.visit(MAKES_UP, 1, at)
        self.refused(found.pk, "confirm_visit", teacher(MAKES_UP), at + MINUTE)
        self.act(found.pk, "confirm_visit", class_of(1), at + HOUR)

    def not_borne_out(self, week: int) -> None:
        """Somebody writes down a lesson that they did not hear: the class says so, and it counts for nothing."""
        at = self.at(week, 18, days=2)
        found = self.visit(NOT_THERE, 0, at)
        self.act(found.pk, "was_not_there", class_of(0), at + HOUR, reason=self.words["nobody"])

    def ill(self) -> None:
        """Somebody is ill for two weeks, and free of what the others owe; nobody frees themselves."""
        first, last = ILL_WEEKS
        wanted = obligations.Waiving(
            obligations.find(OWED),
            self.stage.root,
            "ill",
            self.monday(first),
            self.monday(last) + 6 * DAY,
            person_id=self.person(ILL),
            note=self.words["ill"],
        )
        obligations.waive(wanted, actor=self.actor(HEAD), at=self.at(first))

    def parents(self) -> None:
        """Parents come into a lesson, and one teacher with them."""
        week, n = LATE_WEEK, 0
        day = self.monday(week) + 4 * DAY
        fields = {
            "category": "parents_day",
            "class_visited": self.stage.units[f"class-{n}"].pk,
            "held_on": day.isoformat(),
            "lesson_from": "16:00",
            "lesson_to": "16:40",
            "taught_subject": self.words["courses"][0],
            "taught_by": self.person(n),
        }
        found = self.begin("open_lesson", OFFICE, self.at(week), "家长进课堂", **fields)
        self.act(found.pk, "come_and_hear", teacher(NOT_THERE), self.at(week, 8))
        at, parents = self.at(week, 17, days=4), self.words["parents"]
        self.act(found.pk, "note_parents", class_of(n), at, parents_there=parents)
        self.act(found.pk, "confirm_hearers", class_of(n), at)

    def contest(self) -> None:
        """A contest of lessons: three enter and win; somebody else confirms, and a winner prints the
        certificate."""
        at = self.at(self.size["weeks"] - 1, 9, days=3)
        fields = {"contest_day": at.date().isoformat()}
        found = self.begin("class_contest", OFFICE, at, "新课程赛课", **fields)
        prizes = self.words["prizes"]
        for n in range(len(prizes)):
            self.act(found.pk, "enter", teacher(n), at + MINUTE)
        rows = [{**one, "prize_to": self.person(n)} for n, one in enumerate(prizes)]
        found = self.act(found.pk, "propose_prizes", OFFICE, at + HOUR, prizes_proposed=rows)
        self.opened += len(rows)
        awards = matters.open_children(found)
        self.refused(awards[0].pk, "confirm_award", OFFICE, at + 2 * HOUR)
        for award in awards:
            self.act(award.pk, "confirm_award", HEAD, at + 2 * HOUR)
        self.act(found.pk, "close_contest", OFFICE, at + 3 * HOUR)
        (first,) = [one for one in awards if one.facts["prize_to"] == self.person(0)]
        printed.issue(first.pk, "award_certificate", actor=self.actor(teacher(0)), at=at + 4 * HOUR)


def became(part: int = 1) -> Counter[State]:
    """What became of all weeks of all teachers, once the last week's grace is over: the sums of the matrix. Raises
    LookupError before the story was told."""
    plan = _plan(part)
    place = told_at(plan["root"]["code"], NAME)
    lines, _ = obligations.lines(
        obligations.find(OWED), _weeks(plan), place.path, _weeks(plan)[-1].after + 2 * WEEK
    )
    return obligations.tally(lines)


def _weeks(plan: dict[str, Any]) -> list[Period]:
    first = plan["first_week"]
    return [Period.of(Grain.WEEK, first + n * WEEK) for n in range(plan["size"]["weeks"])]


def figures_of(part: int = 1) -> list[figures.Figure]:
    """What was counted beside what the story says. Raises LookupError before the story was told."""
    plan = _plan(part)
    return figures.compare(plan["document"], plan["year"], told_at(plan["root"]["code"], NAME))


def bulletins() -> Iterator[Bulletin]:
    """The term's report: drafted by the office, issued by the head. Made once; raises LookupError before the
    story."""
    plan = script(NAME)
    insight.export(insight.store())
    place = told_at(plan["root"]["code"], NAME)
    at = local(datetime.combine(date(2026, 7, 20), time(9)))
    yield papers.issued(f"{NAME}.termly", place, f"{plan['year']}-H1", by=(OFFICE, HEAD), at=at)

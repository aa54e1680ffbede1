"""Seed 002: a builder whose members sign a pledge and take a test, all who should, the exempt and excused named with their
reasons; a centre for disease control whose quality month has 20 trainings on 35 topics, and a contest."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bihuan.facets.quiz import shown as quizzes
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import standing
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.people import api as people
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.stories import figures, papers
from bihuan.stories.speaking import Telling, cast_of, names_of
from bihuan.stories.stage import Stage, build, local, ready, root_of, script, told_at, work

NAME = "learning"
PARTY = "party_members.party"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OFFICE, HEAD, BUILDER, CENTRE = (
    f"{NAME}-{one}" for one in ("office-1", "head-1", "builder-1", "centre-1")
)
# The small story has one in so many of the trainings, and as few people as can show everything.
SMALL, SMALL_MEMBERS, SMALL_STAFF = 5, 12, 6
# Of the members those who need not, each for another reason, and one who is excused.
EXEMPT = ("infirm", "leave", "away")
ASKED = 4


def tell(part: int = 1) -> int:
    """Tells the story, or its small form, all of it or nothing; returns how many matters it opened, 0 when
    this database has heard it before."""
    plan = _plan(part)
    if root_of(plan["root"]["code"]) is not None:
        return 0
    at = local(plan["prepared"])
    with transaction.atomic():
        ready(at)
        telling = _Telling(_stage(plan, at), plan)
        with standing.steady():
            telling.pledged()
            telling.tested()
            telling.noted()
            telling.quality_month()
    # The paper asks for figures before anybody else does.
    insight.export(insight.store())
    return telling.opened


def _plan(part: int) -> dict[str, Any]:
    plan = script(NAME)
    if part > 1:
        plan["members"], plan["staff"] = SMALL_MEMBERS, SMALL_STAFF
        plan["trainings"], plan["topics"] = plan["trainings"] // part, plan["topics"] // part
        for said in plan["document"].values():
            said["value"] = said["small"]
    return plan


def _member(n: int) -> str:
    return f"{NAME}-member-{n}"


def _stage(plan: dict[str, Any], at: datetime) -> Stage:
    """The committee, a branch with its members, of whom three need not, and a centre with its staff."""
    names, since = names_of(script("names")), plan["since"]
    cast = cast_of(NAME, plan["cast"])
    for n in range(plan["members"]):
        cast[_member(n)] = {"unit": "builder", "role": "", "name": next(names)}
    for n in range(plan["staff"]):
        cast[f"{NAME}-staff-{n}"] = {"unit": "centre", "role": "", "name": next(names)}
    stage = build({**plan, "people": cast}, since=since, at=at)
    told: dict[str, Any] = {"start": since, "at": at, "actor": SYSTEM}
    for key in (BUILDER, *(_member(n) for n in range(plan["members"]))):
        people.begin(stage.people[key].pk, stage.units["builder"], PARTY, "full", **told)
    for n, reason in enumerate(EXEMPT):
        (row,) = people.own(stage.people[_member(n)].pk, at.date())
        people.exempt(row.pk, reason, **told)
    return stage


class _Telling(Telling):
    def __init__(self, stage: Stage, plan: dict[str, Any]) -> None:
        super().__init__(stage, plan)
        self.words: Mapping[str, Any] = plan["words"]
        self.begins = local(plan["begins"])
        # Who should: the secretary and the members after those who need not; the last of them is excused.
        should = [BUILDER, *(_member(n) for n in range(len(EXEMPT), plan["members"]))]
        self.excused, self.should = should[-1], should[:-1]

    def begin(self, kind: str, unit: str, by: str, at: datetime, **more: Any) -> Matter:
        """Opens a matter of the programme."""
        opening = Opening(programme=NAME, kind=kind, home=self.stage.units[unit], **more)
        return self.open(opening, by, at)

    def excuse(self, found: Matter, action: str, at: datetime) -> None:
        who = [self.stage.people[self.excused].pk]
        self.act(found.pk, action, BUILDER, at, learners_meant=who, reason=self.words["excused"])

    def pledged(self) -> None:
        """Each signs for themselves; half of them on paper, which the secretary notes in one go."""
        at = self.begins
        found = self.begin(
            "signed_pledge",
            "builder",
            BUILDER,
            at,
            subject="文明行为承诺",
            body=self.words["pledge"],
        )
        self.act(found.pk, "put_up_to_sign", BUILDER, at + HOUR)
        own = self.should[: len(self.should) // 2]
        for who in own:
            self.act(found.pk, "sign_pledge", who, at + DAY)
        self.refused(found.pk, "sign_pledge", own[0], at + DAY)
        paper = [self.stage.people[who].pk for who in self.should[len(own) :]]
        self.act(found.pk, "signed_on_paper", BUILDER, at + 2 * DAY, learners_meant=paper)
        self.excuse(found, "excuse_from_pledge", at + 3 * DAY)
        self.act(found.pk, "close_signing", BUILDER, at + 4 * DAY)

    def tested(self) -> None:
        """A test from a bank of the office's: one fails and passes at the second attempt, another closes the page
        on it twice; when its time is over it closes by itself, and nobody answers any more."""
        at = self.begins + 10 * DAY
        bank = self.begin(
            "study_bank", "root", OFFICE, at, subject="文明礼仪题库", body=self.words["quiz"]
        )
        self.act(bank.pk, "put_questions", OFFICE, at, questions_put=self.plan["questions"])
        found = self.begin(
            "study_quiz",
            "builder",
            BUILDER,
            at,
            subject="文明礼仪知识测试",
            body=self.words["quiz"],
            fields={"asked_of_each": ASKED, "minutes_for_passing": 45},
        )
        self.act(found.pk, "take_from_bank", BUILDER, at, bank_meant=bank.number)
        self.act(found.pk, "begin_quiz", BUILDER, at + HOUR)
        # The secretary put the questions, and does not answer them.
        first, *others = self.should[1:]
        self.refused(
            found.pk, "answer_questions", BUILDER, at + HOUR, **self.given(found, BUILDER, 1)
        )
        self.answer(found, first, 1, at + 2 * HOUR, right=False)
        self.answer(found, first, 2, at + 3 * HOUR)
        self.refused(
            found.pk, "answer_questions", first, at + 3 * HOUR, **self.given(found, first, 1)
        )
        for who in others:
            self.answer(found, who, 1, at + DAY)
        self.excuse(found, "excuse_from_quiz", at + 2 * DAY)
        matters.sweep(at + 20 * DAY)
        work(at + 20 * DAY)
        late = self.given(found, self.excused, 1)
        self.refused(found.pk, "answer_questions", self.excused, at + 21 * DAY, **late)

    def given(self, found: Matter, who: str, n: int, *, right: bool = True) -> dict[str, Any]:
        """What somebody fills in: the questions drawn for them, answered right or all wrong."""
        run = quizzes.run_of(found)
        assert run is not None
        asked = quizzes.drawn(found, run, self.stage.people[who].pk, n)
        wrong = {"one": "B", "several": "B", "yes_no": "no", "words": "别人"}
        answers = [
            {"question": one.n, "answer": one.right.split("|")[0] if right else wrong[one.sort]}
            for one in asked
        ]
        return {"own_answers": answers, "which_attempt": n}

    def answer(self, found: Matter, who: str, n: int, at: datetime, *, right: bool = True) -> None:
        self.act(found.pk, "answer_questions", who, at, **self.given(found, who, n, right=right))

    def noted(self) -> None:
        """A note on what one read: not accepted by its author, given back once, accepted by another."""
        at = self.begins + 5 * DAY
        note = self.begin(
            "reading_note", "builder", BUILDER, at, subject="论语", body=self.words["note"]
        )
        self.refused(note.pk, "accept_note", BUILDER, at + HOUR)
        self.act(note.pk, "give_back", OFFICE, at + DAY, reason="请联系实际。")
        self.act(note.pk, "write_anew", BUILDER, at + 2 * DAY, note_anew=self.words["note"])
        self.act(note.pk, "accept_note", OFFICE, at + 3 * DAY)

    def quality_month(self) -> None:
        """A plan, under it trainings on several topics each, to which all came but one; a contest."""
        at = local(self.plan["month"])
        plan = self.begin(
            "study_plan",
            "centre",
            CENTRE,
            at - 10 * DAY,
            subject="质量管理月",
            body=self.words["month"],
            fields={"category": "of_a_month"},
        )
        steps = [
            {"title": "内部培训", "by": "2010-08-31"},
            {"title": "演讲比赛", "by": "2010-08-31"},
        ]
        self.act(plan.pk, "set_steps", CENTRE, at - 9 * DAY, study_steps=steps)
        self.act(plan.pk, "carry_out", CENTRE, at - 8 * DAY)
        number, topics = self.plan["trainings"], self.plan["topics"]
        for n in range(number):
            each = topics * (n + 1) // number - topics * n // number
            self.trained(plan, n, each, at + 2 * n * DAY)
        self.contested(plan, at + 45 * DAY)
        ends = at + 55 * DAY
        for line in (1, 2):
            self.act(plan.pk, "bring_on", CENTRE, ends, step_number=line, share_done=100)
        self.act(plan.pk, "sum_up", CENTRE, ends, summary_of_it=self.words["month"])

    def trained(self, plan: Matter, n: int, topics: int, at: datetime) -> None:
        """One training of two hours: announced, held, put on record."""
        fields = {
            "study_on": f"{at:%Y-%m-%d}",
            "study_from": "14:00",
            "study_to": "16:00",
            "study_at": "三楼会议室",
        }
        opening = {"subject": f"第{n + 1}次岗位培训", "body": ""}
        found = self.begin(
            "staff_training", "centre", CENTRE, at - 3 * DAY, parent=plan, fields=fields, **opening
        )
        words = self.words["topics"]
        rows = [{"title": words[(n + each) % len(words)]} for each in range(topics)]
        self.act(found.pk, "set_topics", CENTRE, at - 3 * DAY, topics=rows)
        self.act(found.pk, "call_learners", CENTRE, at - 3 * DAY)
        away = [self.stage.people[f"{NAME}-staff-{n % self.plan['staff']}"].pk]
        self.act(found.pk, "mark_the_rest", CENTRE, at + HOUR, learners_away=away)
        self.act(found.pk, "close_list", CENTRE, at + 2 * HOUR)
        if n == 0:
            made_up = {"learners_meant": away, "how_made_up": "看录像。", "made_up_minutes": 120}
            self.act(found.pk, "confirm_made_up", CENTRE, at + DAY, **made_up)
        self.act(found.pk, "put_on_record", CENTRE, at + 3 * HOUR, what_was_studied="按课题讲授。")

    def contested(self, plan: Matter, at: datetime) -> None:
        """A contest: who enters, who won, put forward by one and confirmed by another."""
        winner = f"{NAME}-staff-1"
        found = self.begin(
            "skill_contest",
            "centre",
            CENTRE,
            at,
            parent=plan,
            subject="演讲比赛",
            body=self.words["contest"],
            fields={"contest_on": f"{at + 5 * DAY:%Y-%m-%d}"},
        )
        self.act(found.pk, "enter_contest", winner, at + DAY)
        prize = {
            "winner": self.stage.people[winner].pk,
            "prize_place": "first_prize",
            "told_as": "演讲",
        }
        self.act(found.pk, "note_results", CENTRE, at + 5 * DAY, results_of_it=[prize])
        (one,) = matters.open_children(found)
        self.opened += 1
        self.act(one.pk, "confirm_prize", OFFICE, at + 6 * DAY)
        self.act(found.pk, "end_contest", CENTRE, at + 7 * DAY)


def figures_of(part: int = 1) -> list[figures.Figure]:
    """The documents' figures beside those of this database's facts.

    Raises LookupError before the story was told."""
    plan = _plan(part)
    root = told_at(plan["root"]["code"], NAME)
    return figures.compare(plan["document"], plan["period"], root)


def bulletins() -> Iterator[Bulletin]:
    """The paper of the quarter of the quality month, drafted by the office, issued by the head. Made once;
    raises LookupError before the story."""
    plan = script(NAME)
    root = told_at(plan["root"]["code"], NAME)
    at = local(plan["month"]) + 100 * DAY
    yield papers.issued(f"{NAME}.quarterly", root, "2010-Q3", by=(OFFICE, HEAD), at=at)

"""Learning in the demonstration city: a study that was held, a test that is open, notes, a pledge."""

from datetime import datetime, timedelta
from typing import Any

from bihuan.facets.quiz import shown as quizzes
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.stories.stage import Stage, belong

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PARTY = "party_members.party"


def join(city: Stage, plan: dict[str, Any], now: datetime) -> None:
    """Those who study and belong to no branch yet are members at the place where they do, from this year
    on: of the last one they owe nothing."""
    one = plan["studying"]
    at = min(now.replace(month=1, day=1), now - 80 * DAY)
    said = {"unit": one["unit"], "membership": PARTY, "status": "full", "people": one["members"]}
    belong(city, said, at=at)


def build(city: Stage, plan: dict[str, Any], *, now: datetime) -> int:
    """Everything of `plan["studying"]`; returns how many matters were opened."""
    return _Studying(city, plan["studying"], now).all()


class _Studying:
    def __init__(self, city: Stage, one: dict[str, Any], now: datetime) -> None:
        self.city, self.one, self.now, self.opened = city, one, now, 0
        self.by = one["by"]

    def all(self) -> int:
        self.planned()
        self.studied()
        self.tested()
        self.signed()
        for note in self.one["notes"]:
            self.noted(note)
        return self.opened

    def open(self, kind: str, by: str, at: datetime, **more: Any) -> Matter:
        self.opened += 1
        opening = Opening("learning", kind, self.city.units[self.one["unit"]], **more)
        key = f"studying:{self.opened}"
        return matters.open_matter(opening, actor=self.city.actor(by), at=at, key=key).matter

    def act(self, found: Matter, action: str, by: str, at: datetime, **data: Any) -> None:
        matters.act(found.pk, action, actor=self.city.actor(by), at=at, data=data)

    def planned(self) -> None:
        """The year's plan, on its way, with what is to be read."""
        one, at = self.one["plan"], self.now - 60 * DAY
        found = self.open(
            "study_plan",
            self.by,
            at,
            subject=one["subject"],
            body=one["body"],
            fields={"category": "of_the_year"},
        )
        by = (self.now + 90 * DAY).date().isoformat()
        steps = [{"title": title, "by": by} for title in one["steps"]]
        self.act(found, "set_steps", self.by, at + HOUR, study_steps=steps)
        material = {"study_material": one["material"], "where_it_is": one["where"]}
        self.act(found, "add_material", self.by, at + HOUR, **material)
        self.act(found, "carry_out", self.by, at + 2 * HOUR)

    def studied(self) -> None:
        """A group study of three hours twelve days ago; one was excused."""
        one = self.one["study"]
        day = (self.now - 12 * DAY).replace(hour=6, minute=0, second=0, microsecond=0)
        fields = {
            "study_on": f"{day:%Y-%m-%d}",
            "study_from": "14:00",
            "study_to": "17:00",
            "study_at": one["place"],
        }
        found = self.open(
            "group_study",
            self.by,
            day - 4 * DAY,
            subject=one["subject"],
            body=one["body"],
            fields=fields,
        )
        topics = [{"title": title} for title in one["topics"]]
        self.act(found, "set_topics", self.by, day - 4 * DAY, topics=topics)
        self.act(found, "call_learners", self.by, day - 4 * DAY)
        away = one["excused"]
        self.act(found, "ask_leave", away, day - DAY, reason=one["why"])
        who = [self.city.people[away].pk]
        self.act(found, "grant_leave", self.by, day - DAY, learners_meant=who)
        self.act(found, "mark_the_rest", self.by, day + HOUR)
        self.act(found, "close_list", self.by, day + 3 * HOUR)
        self.act(found, "put_on_record", self.by, day + 4 * HOUR, what_was_studied=one["record"])

    def tested(self) -> None:
        """A short test that goes on: one has passed, another has not yet, the others are asked."""
        one, at = self.one["quiz"], self.now - 2 * DAY
        bank = self.open("study_bank", self.by, at - DAY, subject=one["bank"], body=one["body"])
        self.act(bank, "put_questions", self.by, at - DAY, questions_put=one["questions"])
        fields = {"asked_of_each": one["asked"], "minutes_for_passing": 60}
        found = self.open(
            "study_quiz", self.by, at, subject=one["subject"], body=one["body"], fields=fields
        )
        self.act(found, "take_from_bank", self.by, at, bank_meant=bank.number)
        self.act(found, "begin_quiz", self.by, at + HOUR)
        wrong = {"one": "D", "several": "D", "yes_no": "yes", "number": "0", "words": "不清楚"}
        for n, (who, right) in enumerate(one["answered"].items()):
            run = quizzes.run_of(found)
            asked = quizzes.drawn(found, run, self.city.people[who].pk, 1) if run else []
            answers = [
                {"question": row.n, "answer": row.right.split("|")[0] if right else wrong[row.sort]}
                for row in asked
            ]
            when = at + (n + 2) * HOUR
            said = {"own_answers": answers, "which_attempt": 1}
            self.act(found, "answer_questions", who, when, **said)

    def signed(self) -> None:
        """A pledge that is being signed."""
        one, at = self.one["pledge"], self.now - 3 * DAY
        found = self.open("signed_pledge", self.by, at, subject=one["subject"], body=one["body"])
        self.act(found, "put_up_to_sign", self.by, at + HOUR)
        for who in one["signed"]:
            self.act(found, "sign_pledge", who, at + DAY)

    def noted(self, note: dict[str, Any]) -> None:
        """A note on what somebody read, accepted or waiting."""
        at = self.now - note["ago"] * DAY
        found = self.open(
            "reading_note", note["by"], at, subject=note["subject"], body=note["body"]
        )
        if note["accepted"]:
            self.act(found, "accept_note", self.by, at + DAY, remark=note["remark"])

"""Seed 000, part 1: a traffic police detachment opens its doors and answers whoever asks."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SENDER
from bihuan.foundation.audit.api import standing, vault
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.stories import figures, papers
from bihuan.stories.stage import Stage, build, local, ready, root_of, script, told_at

NAME = "xining"
DESK, PUBLISHER, SUPERVISOR, LEADER = (
    f"xining-{role}" for role in ("desk", "publisher", "supervisor", "leader")
)
PHONE = "13900000000"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Days over which the answers are read.
READ_OVER = 14


def tell() -> int:
    """Tells the story, all of it or nothing; returns how many matters it opened, 0 when this
    database has heard it before."""
    plan = script(NAME)
    if root_of(plan["root"]["code"]) is not None:
        return 0
    at = local(plan["prepared"])
    with transaction.atomic():
        ready(at)
        stage = build(plan, since=plan["since"], at=at)
        with standing.steady():
            return _Telling(stage, plan).all()


class _Telling:
    def __init__(self, stage: Stage, plan: dict[str, Any]) -> None:
        self.stage, self.plan = stage, plan
        self.opened = 0

    def all(self) -> int:
        answers = [self.message(one) for one in self.plan["message"]]
        for one in self.plan["outreach"]:
            self.outreach(one)
        for one in self.plan["inspection"]:
            self.inspection(one)
        self.read(answers)
        return self.opened

    def act(self, matter: Matter, action: str, by: str, at: datetime, **data: Any) -> Matter:
        return matters.act(matter.pk, action, actor=self.stage.actor(by), at=at, data=data)

    def open(self, opening: Opening, by: access.Actor, at: datetime) -> matters.Opened:
        self.opened += 1
        return matters.open_matter(opening, actor=by, at=at, key=f"story:{NAME}:{self.opened}")

    # A citizen's message, from its coming in to its being read by others.

    def message(self, one: dict[str, Any]) -> publicity.Publication:
        at = local(one["at"])
        # On the web citizens write for themselves; elsewhere the desk writes down what was said.
        by = SENDER if one["channel"] == "web" else self.stage.actor(DESK)
        opening = Opening(
            programme="public_voice",
            kind="voice",
            home=self.stage.units["center"],
            subject=one["subject"],
            body=one["body"],
            fields={"category": one["category"], "channel": one["channel"]},
            contact=vault.Person(phone=PHONE),
            named_orgs=[self.stage.units[one["named"]].pk] if "named" in one else (),
        )
        sent = self.open(opening, by, at)
        answered = self.answer(sent.matter, one, at)
        self.after(sent.code, answered, one, at)
        return self.published(matters.by_code(sent.code), at + 6 * DAY)

    def answer(self, matter: Matter, one: dict[str, Any], at: datetime) -> Matter:
        """Answered outside, at once, or by the unit that is competent. Returns it answered."""
        if "outside" in one:
            given = {"reply": one["answer"], "competent": one["outside"]}
            return self.act(matter, "outside", DESK, at + 3 * HOUR, **given)
        if "unit" not in one:
            return self.act(matter, "settle", DESK, at + HOUR / 12, reply=one["answer"])
        matter = self.act(matter, "accept", DESK, at + HOUR)
        return self.by_unit(matter, one, at)

    def by_unit(self, matter: Matter, one: dict[str, Any], at: datetime) -> Matter:
        unit = self.stage.units[one["unit"]]
        handler = f"xining-{one['unit']}"
        person = self.stage.people[handler].pk
        self.act(matter, "dispatch", DESK, at + 2 * HOUR, unit=unit.pk, person=person)
        if "instruct" in one:
            given = {"words": one["instruct"], "days": one["days"]}
            matter = self.act(matter, "instruct", LEADER, at + 3 * HOUR, **given)
        matter = self.act(matter, "sign", handler, at + 4 * HOUR)
        matter = self.act(
            matter, "reply", one.get("by", handler), at + DAY + 5 * HOUR, reply=one["answer"]
        )
        for directive in matters.open_children(matter):
            self.act(directive, "report", handler, at + DAY + 6 * HOUR, result=one["report"])
            self.act(directive, "confirm", LEADER, at + DAY + 7 * HOUR)
        return matter

    def after(self, code: str, matter: Matter, one: dict[str, Any], at: datetime) -> None:
        """The sender follows by the code and rates; a silent one's matter is closed by the desk."""
        if "rating" not in one:
            if matter.state == "answered":
                self.act(matter, "close", DESK, at + 5 * DAY, callback="来电回访，无人接听。")
            return
        self.rate(code, one["rating"], at + 2 * DAY, one.get("why", ""))
        if "again" in one:
            again = matters.by_code(code)
            self.act(again, "reply", one["by"], at + 3 * DAY, reply=one["again"])
            self.rate(code, one["second"], at + 4 * DAY)

    def rate(self, code: str, rating: str, at: datetime, why: str = "") -> None:
        given = {"rating": rating, "reason": why}
        matters.act(0, "rate", actor=SENDER, at=at, code=code, data=given)

    # What becomes public: drafted with personal data masked, read by a person, then confirmed.

    def published(self, matter: Matter, at: datetime) -> publicity.Publication:
        self.act(matter, "publish", DESK, at)
        return self.confirm(matter, at + HOUR)

    def confirm(self, matter: Matter, at: datetime) -> publicity.Publication:
        reader = self.stage.actor(PUBLISHER)
        draft = publicity.draft_of(reader, publicity.of_subject(matter.stream)[0].pk)
        shown = draft.question
        if "我姓" in shown:
            # What the mask leaves, the reader takes out.
            head, _, tail = shown.partition("我姓")
            question = f"{head}{tail.partition('，')[2]}"
            texts = {"title": draft.title, "question": question, "answer": draft.answer}
            draft = publicity.edit(draft.pk, **texts, actor=reader, at=at)
        return publicity.publish(draft.pk, version=draft.version, actor=reader, at=at)

    def outreach(self, one: dict[str, Any]) -> None:
        at = local(one["on"])
        opening = Opening(
            programme="public_voice",
            kind="outreach",
            home=self.stage.units["center"],
            subject=one["subject"],
            body=one["subject"],
            fields={"category": one["category"], "channel": "on_site"},
        )
        planned = self.open(opening, self.stage.actor(DESK), at - 3 * DAY).matter
        counted = {k: one[k] for k in ("forms_issued", "visitors") if k in one}
        self.act(planned, "report_held", DESK, at + 8 * HOUR, **counted)

    def inspection(self, one: dict[str, Any]) -> None:
        at = local(one["on"])
        opening = Opening(
            programme="supervision",
            kind="inspection",
            home=self.stage.units["center"],
            unit=self.stage.units[one["unit"]],
            subject=f"{one['place']}现场督导",
            body=f"到{one['place']}实地督导。",
            fields={"category": one["category"], "place": one["place"]},
        )
        planned = self.open(opening, self.stage.actor(SUPERVISOR), at - DAY).matter
        self.act(planned, "inspect", SUPERVISOR, at + HOUR, found=one["found"])
        text = f"督察通报：{one['found']}"
        self.act(planned, "issue_bulletin", SUPERVISOR, at + 6 * HOUR, reply=text)
        self.confirm(planned, at + 7 * HOUR)

    def read(self, answers: list[publicity.Publication]) -> None:
        """Readers open the answers, some of them far more often than others."""
        first = max(one.published_at for one in answers if one.published_at)
        many = len(answers)
        for turn in range(self.plan["readers"]):
            chosen = answers[min(turn * 7 % many, turn * 5 // 3 % many)]
            publicity.read_public(chosen.pk, at=first + turn % READ_OVER * DAY)


def figures_of() -> list[figures.Figure]:
    """The document's figures beside those of this database's facts.

    Raises LookupError before the story was told."""
    plan = script(NAME)
    root = told_at(plan["root"]["code"], NAME)
    return figures.compare(plan["document"], plan["period"], root)


def bulletin() -> Bulletin:
    """The document itself, as a bulletin of the house: drafted by the inspector, issued by the head.
    Made once. Raises LookupError before the story."""
    plan = script(NAME)
    root = told_at(plan["root"]["code"], NAME)
    insight.export(insight.store())
    one = plan["bulletin"]
    by = (SUPERVISOR, LEADER)
    return papers.issued(one["what"], root, one["period"], by=by, at=local(one["at"]))

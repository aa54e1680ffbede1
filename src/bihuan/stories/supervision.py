"""Seeds 000 part 1 and 003: thirteen inspections, and what two hundred people said put right."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count, islice
from typing import Any

from django.db import transaction

from bihuan.foundation.audit.api import standing, vault
from bihuan.foundation.notify import api as notify
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.merging import api as merging
from bihuan.lib.problems import RefusedError
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.stories import figures, papers
from bihuan.stories.stage import Stage, build, local, ready, refused, root_of, script, told_at

NAME = "supervision"
DESK, PUBLISHER, INSPECTOR, VERIFIER, LEADER = (
    f"{NAME}-{role}" for role in ("desk", "publisher", "inspector", "verifier", "leader")
)
PHONE = "13900000000"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Opinions come in during the weeks before the inspection that follows them.
HEARD_BEFORE = 12 * DAY
ORDERED, REPORTED, VERIFIED, ANSWERED = 2 * HOUR, 6 * DAY, 8 * DAY, 9 * DAY


def tell() -> int:
    """Tells the story, all of it or nothing; returns how many matters it opened, 0 when this
    database has heard it before."""
    plan = script(NAME)
    if root_of(plan["root"]["code"]) is not None:
        return 0
    at = local(plan["prepared"])
    with transaction.atomic():
        ready(at)
        telling = _Telling(build(plan, since=plan["since"], at=at), plan)
        with standing.steady():
            telling.all()
    # Those whose opinions were merged hear the answer from the worker.
    while notify.run(telling.end):
        pass
    return telling.opened


class _Telling:
    def __init__(self, stage: Stage, plan: dict[str, Any]) -> None:
        self.stage, self.plan = stage, plan
        self.opened = 0
        self.problems = count()
        self.end = local(plan["inspection"][-1]["on"]) + 2 * ANSWERED

    def all(self) -> None:
        for one in self.plan["inspection"]:
            self.inspection(one)

    def act(self, matter: Matter, action: str, by: str, at: datetime, **data: Any) -> Matter:
        return matters.act(matter.pk, action, actor=self.stage.actor(by), at=at, data=data)

    def open(self, opening: Opening, by: str, at: datetime) -> Matter:
        self.opened += 1
        key = f"story:{NAME}:{self.opened}"
        return matters.open_matter(opening, actor=self.stage.actor(by), at=at, key=key).matter

    def inspection(self, one: dict[str, Any]) -> None:
        """Opinions are heard and merged, looked into on the spot, ordered to be put right, verified
        by others, answered to everybody who spoke."""
        at = local(one["on"])
        commons = [self.common(one["unit"], problem, at) for problem in one["problems"]]
        visit = self.visited(one, at)
        notices = [
            self.ordered(visit, common, problem, at + ORDERED + n * MINUTE)
            for n, (common, problem) in enumerate(zip(commons, one["problems"], strict=True))
        ]
        self.told(visit, one, at + 5 * HOUR)
        for n, (notice, problem) in enumerate(zip(notices, one["problems"], strict=True)):
            self.rectified(notice, f"{NAME}-{one['unit']}", problem, at + n * MINUTE)
        for common, problem in zip(commons, one["problems"], strict=True):
            handler = f"{NAME}-{one['unit']}"
            self.act(
                common, "reply", handler, at + ANSWERED, reply=f"您反映的问题{problem['result']}"
            )

    # What was said: the same by several people, merged into one that is answered for all.

    def common(self, unit: str, problem: dict[str, Any], before: datetime) -> Matter:
        ways, number = self.plan["ways"], next(self.problems)
        spoken = len(ways["said"]) - (number < ways["silent"])
        at = before - HEARD_BEFORE + number * MINUTE
        heard = [
            self.open(self.opinion(problem, way), DESK, at + way * DAY) for way in range(spoken)
        ]
        desk = self.stage.actor(DESK)
        at = before - DAY + number * MINUTE
        rest = [one.pk for one in heard[1:]]
        lead = merging.merge_all(heard[0].pk, rest, problem["title"], actor=desk, at=at)
        person = self.stage.people[f"{NAME}-{unit}"].pk
        return self.act(lead, "dispatch", DESK, at, unit=self.stage.units[unit].pk, person=person)

    def opinion(self, problem: dict[str, Any], way: int) -> Opening:
        ways = self.plan["ways"]
        return Opening(
            programme="public_voice",
            kind="voice",
            home=self.stage.units["center"],
            subject=problem["title"],
            body=ways["said"][way].format(said=problem["said"]),
            fields={"category": "suggestion", "channel": ways["channels"][way]},
            contact=vault.Person(phone=PHONE),
        )

    # What was found.

    def visited(self, one: dict[str, Any], at: datetime) -> Matter:
        opening = Opening(
            programme="supervision",
            kind="inspection",
            home=self.stage.units["root"],
            unit=self.stage.units[one["unit"]],
            subject=f"{one['place']}现场督察",
            body="对照群众意见到现场逐项核查。",
            fields={"category": one["category"], "place": one["place"]},
        )
        planned = self.open(opening, INSPECTOR, at - DAY)
        return self.act(planned, "inspect", INSPECTOR, at + HOUR, found=found(one))

    def ordered(
        self, visit: Matter, common: Matter, problem: dict[str, Any], at: datetime
    ) -> Matter:
        given = {
            "finding": f"{problem['title']}（对应共性问题{common.number}）。",
            "days": self.plan["limit"],
            "person": common.assignee_id,
        }
        self.act(visit, "order_rectification", INSPECTOR, at, **given)
        self.opened += 1
        return matters.open_children(visit)[0]

    def told(self, visit: Matter, one: dict[str, Any], at: datetime) -> None:
        """What was found goes on the public column, read by somebody else first."""
        self.act(visit, "issue_bulletin", INSPECTOR, at, reply=f"督察通报：{found(one)}")
        reader = self.stage.actor(PUBLISHER)
        draft = publicity.of_subject(visit.stream)[0]
        publicity.publish(draft.pk, version=draft.version, actor=reader, at=at + HOUR)

    # How it is put right. Thrice it goes wrong: the one who did it wants to verify it; what was
    # reported is sent back; a notice is objected to.

    def rectified(
        self, notice: Matter, handler: str, problem: dict[str, Any], at: datetime
    ) -> None:
        if "objection" in problem:
            self.objected(notice, handler, problem["objection"], at + DAY)
        given = {"result": problem["result"], "evidence": "现场照片、台账。"}
        if "returned" in problem:
            poor = given | {"result": problem["poor"]}
            self.act(notice, "report", handler, at + 3 * DAY, **poor)
            self.act(notice, "send_back", VERIFIER, at + 4 * DAY, reason=problem["returned"])
        self.act(notice, "report", handler, at + REPORTED, **given)
        if problem.get("own"):
            self.refused(notice, "verify", handler, at + REPORTED + HOUR, found="自查合格。")
        self.act(notice, "verify", VERIFIER, at + VERIFIED, found="已到现场复验，整改到位。")

    def objected(self, notice: Matter, handler: str, reason: str, at: datetime) -> None:
        self.act(notice, "object", handler, at, reason=reason)
        no = "现场记录和照片可以证实，维持通知。"
        self.refused(notice, "reject", INSPECTOR, at + HOUR, reason=no)
        self.act(notice, "reject", LEADER, at + DAY, reason=no)

    def refused(self, notice: Matter, action: str, by: str, at: datetime, **data: Any) -> None:
        """What the rule forbids is tried, and must fail, or the story is not true."""
        refused(
            lambda: self.act(notice, action, by, at, **data),
            f"{by} was allowed to {action} {notice.number}",
            (RefusedError,),
        )


def found(one: dict[str, Any]) -> str:
    """What an inspection found, in one sentence."""
    titles = "；".join(problem["title"] for problem in one["problems"])
    return f"到{one['place']}现场核查，发现：{titles}。"


def figures_of() -> list[figures.Figure]:
    """The documents' figures beside those of this database's facts.

    Raises LookupError before the story was told."""
    plan = script(NAME)
    root = told_at(plan["root"]["code"], NAME)
    return figures.compare(plan["document"], plan["period"], root)


def bulletins(most: int | None = None) -> Iterator[Bulletin]:
    """One paper for each inspection (or for the first so many): drafted by the inspector, who adds
    what was found, issued by the head the day after. Made once; raises LookupError before the story."""
    plan = script(NAME)
    root = told_at(plan["root"]["code"], NAME)
    insight.export(insight.store())
    for one in islice(plan["inspection"], most):
        on = local(one["on"])
        day = on.date()
        yield papers.issued(
            "supervision.inspection",
            root,
            f"{day}..{day}",
            by=(INSPECTOR, LEADER),
            at=on + DAY,
            title=f"关于{one['place']}现场督察情况的通报",
            lines=f"# 发现的问题\n督察组{found(one)}",
        )

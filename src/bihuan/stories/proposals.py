"""Seed 003 case 2: more than two hundred proposals and opinions of a year, forty-two common problems, all
put right and verified by somebody else; seed 002, company item 4: a members' council each quarter."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any

from django.db import transaction

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.notify import api as notify
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.merging import api as merging
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.stories import figures, papers
from bihuan.stories.stage import Stage, build, local, ready, refused, root_of, script, told_at

NAME = "proposals"
SECONDERS = 3
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# How long after the first word of it: merged, seconded, accepted, answered, verified, confirmed.
GATHERED, TAKEN_UP, ANSWERED, VERIFIED, CONFIRMED = 6 * DAY, 8 * DAY, 20 * DAY, 22 * DAY, 23 * DAY
# The small story has one in so many of the problems, and of what the document counts of them.
SMALL = 6
SHARED = ("heard", "common_problems", "rectified", "reverified")
_TERM = ("liaison", "supervisor")


def tell(part: int = 1) -> int:
    """Tells the story, or one in so many of its problems, all of it or nothing; returns how many
    matters it opened, 0 when this database has heard it before."""
    plan = _plan(part)
    if root_of(plan["root"]["code"]) is not None:
        return 0
    at = local(plan["prepared"])
    with transaction.atomic():
        ready(at)
        telling = _Telling(_stage(plan, at), plan)
        with standing.steady():
            telling.first_half()
    # Those whose words were merged hear the answer from the worker, and then say whether it is done.
    while notify.run(telling.end):
        pass
    with transaction.atomic(), standing.steady():
        telling.second_half()
    return telling.opened


def _called(key: str, n: int) -> str:
    """The account of one of the cast: short, or looking for a role by name would find them first."""
    return f"{NAME}-{key[:3]}-{n}"


def _plan(part: int) -> dict[str, Any]:
    plan = script(NAME)
    if part > 1:
        for kind in ("proposals", "opinions"):
            plan[kind]["problems"] = plan[kind]["problems"][::part]
        plan["ways"]["silent"] = 0
        for name in SHARED:
            plan["document"][name]["value"] //= part
    return plan


def _stage(plan: dict[str, Any], at: datetime) -> Stage:
    """The company and its people. Those with a term have their role until it ends."""
    people = {
        _called(key, n): {**one, "name": name, "role": ""}
        for key, one in plan["cast"].items()
        for n, name in enumerate(one["names"], 1)
    }
    stage = build({**plan, "people": people}, since=plan["since"], at=at)
    for key, one in plan["cast"].items():
        ends: date | None = plan["term_ends"] if key in _TERM else None
        for n in range(1, len(one["names"]) + 1):
            who = stage.people[_called(key, n)].pk
            place = stage.units[one["unit"]].pk
            access.give(
                who, one["role"], place, start=plan["since"], end=ends, at=at, actor="system"
            )
    return stage


class _Telling:
    def __init__(self, stage: Stage, plan: dict[str, Any]) -> None:
        self.stage, self.plan = stage, plan
        self.opened = 0
        self.end = local(plan["council"][-1]["on"]) + 60 * DAY
        self.members = cycle(self._of("member"))
        self.liaisons = cycle(self._of("liaison"))
        self.supervisors = cycle(self._of("supervisor"))
        # (matter, who said it, when they are asked, what the others were merged into it for).
        self.proposers: list[tuple[int, str, datetime, dict[str, Any] | None]] = []
        self.problem = 0

    def _of(self, key: str) -> list[str]:
        return [_called(key, n) for n in range(1, len(self.plan["cast"][key]["names"]) + 1)]

    def first_half(self) -> None:
        """Everything until the answers; what was merged is answered by the worker afterwards."""
        for one in self.plan["council"]:
            self.council(one)
        for kind in ("proposal", "opinion"):
            told = self.plan[f"{kind}s"]
            for n, problem in enumerate(told["problems"]):
                self.common(kind, problem, local(told["first"]) + n * told["every"] * DAY)

    def second_half(self) -> None:
        """Whoever said it says whether it is done."""
        for one in self.proposers:
            self.confirmed(*one)

    def act(self, pk: int, action: str, by: str, at: datetime, **data: Any) -> Matter:
        return matters.act(pk, action, actor=self._actor(by), at=at, data=data)

    def _actor(self, by: str) -> Actor:
        return self.stage.actor(by)

    def open(self, kind: str, by: str, at: datetime, **more: Any) -> Matter:
        self.opened += 1
        opening = Opening(programme=NAME, kind=kind, home=self.stage.units["union"], **more)
        key = f"story:{NAME}:{self.opened}"
        return matters.open_matter(opening, actor=self._actor(by), at=at, key=key).matter

    # The council: told first, held, its minutes adopted by those who say something.

    def council(self, one: dict[str, Any]) -> None:
        at, writer, reader = local(one["on"]), next(self.liaisons), next(self.liaisons)
        fields = {"held_on": at.date().isoformat(), "topics": one["topics"]}
        body = f"请各位先了解、先讨论：{one['topics']}。"
        found = self.open(
            "council", writer, at - 10 * DAY, subject="党员议事会", body=body, fields=fields
        )
        self.act(found.pk, "tell_members", writer, at - 9 * DAY)
        came = {"expected": len(self._of("member")), "attended": one["attended"], "raised": 4}
        self.act(found.pk, "hold", writer, at, **came)
        self.act(found.pk, "draft_minutes", writer, at + DAY, minutes=f"议定：{one['topics']}。")
        for n, who in enumerate(self._of("member")[: one["attended"]]):
            choice = "object" if n % 9 == 8 else "adopt"
            self.act(found.pk, "give_view", who, at + 2 * DAY, stance=choice)
        self.refused(found.pk, "adopt_minutes", writer, at + 3 * DAY)
        self.act(found.pk, "adopt_minutes", reader, at + 3 * DAY)

    # What was said: the same by several people, merged into one.

    def common(self, kind: str, problem: dict[str, Any], at: datetime) -> None:
        ways = self.plan["ways"]
        spoken = len(ways["said"]) - (self.problem < ways["silent"])
        self.problem += 1
        said = [(next(self.members), at + n * DAY) for n in range(spoken)]
        heard = [self.said(kind, problem, way, who, on) for way, (who, on) in enumerate(said)]
        liaison = next(self.liaisons)
        lead = heard[0]
        rest = [one.pk for one in heard[1:]]
        merging.merge_all(
            lead.pk, rest, problem["title"], actor=self._actor(liaison), at=at + GATHERED
        )
        asks = said[0][0] if kind == "proposal" else ""
        self.handled(problem, lead.pk, liaison, at, seconds=asks)
        for n, (one, (who, _)) in enumerate(zip(heard, said, strict=True)):
            mine = (at + CONFIRMED, problem) if n == 0 else (self.end + DAY, None)
            self.proposers.append((one.pk, who, *mine))

    def said(self, kind: str, problem: dict[str, Any], way: int, who: str, at: datetime) -> Matter:
        ways = self.plan["ways"]
        fields = {"category": problem["category"]}
        if kind == "proposal":
            fields["what_to_do"] = f"{problem['title']}，请有关部门拿出办法。"
        else:
            fields["channel"] = ways["channels"][way]
        body = ways["said"][way].format(said=problem["said"])
        return self.open(kind, who, at, subject=problem["title"], body=body, fields=fields)

    # How it is put right: seconded and accepted where it is a proposal, handled, verified by others.

    def handled(
        self, problem: dict[str, Any], pk: int, liaison: str, at: datetime, *, seconds: str
    ) -> None:
        if seconds:
            self.seconded(pk, seconds, at + GATHERED)
            self.act(pk, "accept", liaison, at + TAKEN_UP, opinion="可行，立案办理。")
        handler = _called(problem["unit"], 1)
        given = {
            "unit": self.stage.units[problem["unit"]].pk,
            "person": self.stage.people[handler].pk,
        }
        self.act(pk, "assign", liaison, at + TAKEN_UP + HOUR, **given)
        if problem.get("returned"):
            self.act(pk, "answer", handler, at + 15 * DAY, reply="已列入计划，明年落实。")
            reader = next(self.supervisors)
            self.act(pk, "send_back", reader, at + 16 * DAY, reason="列入计划不等于落实。")
        self.act(pk, "answer", handler, at + ANSWERED, reply=problem["result"])
        if problem.get("own"):
            self.refused(pk, "verify", handler, at + ANSWERED + HOUR, found="自己看过，没问题。")
        found = "已到现场复验，整改到位。"
        self.act(pk, "verify", next(self.supervisors), at + VERIFIED, found=found)

    def seconded(self, pk: int, who: str, at: datetime) -> None:
        self.refused(pk, "endorse", who, at)
        others = [one for one in self._of("member") if one != who]
        for n in range(SECONDERS):
            turn = (self.problem * SECONDERS + n) % len(others)
            self.act(pk, "endorse", others[turn], at + n * HOUR)

    def confirmed(self, pk: int, who: str, at: datetime, problem: dict[str, Any] | None) -> None:
        """Satisfied; but one proposer who was not at first, and those who say nothing."""
        if problem is None and pk % 4 == 0:
            return
        if problem is not None and problem.get("unsatisfied"):
            self.again(pk, who, at, problem)
            at += 8 * DAY
        self.act(pk, "confirm", who, at, satisfaction="satisfied")
        if problem is not None and problem.get("column"):
            self.in_column(pk, at + DAY)

    def again(self, pk: int, who: str, at: datetime, problem: dict[str, Any]) -> None:
        """Not satisfied once: handled again, verified again."""
        why = "只调剂了大件，小件还是各存各的。"
        self.act(pk, "confirm", who, at, satisfaction="not_satisfied", reason=why)
        handler = _called(problem["unit"], 1)
        self.act(pk, "answer", handler, at + 5 * DAY, reply="小件也已纳入共用台账。")
        found = "已抽查三个场的台账。"
        self.act(pk, "verify", next(self.supervisors), at + 6 * DAY, found=found)

    def in_column(self, pk: int, at: datetime) -> None:
        """Good ones go into the column, read by somebody else first."""
        found = self.act(pk, "publish", next(self.liaisons), at)
        editor = self._actor(_called("publisher", 1))
        draft = publicity.of_subject(found.stream)[0]
        publicity.publish(draft.pk, version=draft.version, actor=editor, at=at + DAY)

    def refused(self, pk: int, action: str, by: str, at: datetime, **data: Any) -> None:
        """What the rule forbids is tried, and must fail, or the story is not true."""
        refused(lambda: self.act(pk, action, by, at, **data), f"{by} was allowed to {action} {pk}")


def figures_of(part: int = 1) -> list[figures.Figure]:
    """The documents' figures, or one in so many, beside those of this database's facts.

    Raises LookupError before the story was told."""
    plan = _plan(part)
    root = told_at(plan["root"]["code"], NAME)
    return figures.compare(plan["document"], plan["period"], root)


def bulletins() -> Iterator[Bulletin]:
    """The paper of the first quarter: drafted by a liaison person, issued by the head. Made once; raises
    LookupError before the story."""
    plan = script(NAME)
    union = told_at(f"{plan['root']['code']}-union", NAME)
    yield papers.issued(
        f"{NAME}.quarterly",
        union,
        "2026-Q1",
        by=(_called("liaison", 1), _called("leader", 1)),
        at=local(datetime(2026, 4, 8, 9)),  # noqa: DTZ001 - the script's wall clock
    )

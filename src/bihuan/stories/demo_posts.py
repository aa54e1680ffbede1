"""Seed 003 case 1: of a centre's 109 members 18 create demonstration posts, with a handbook of six parts that is
shown each month and accepted; one is returned, one ended, one chosen on appeal."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import standing
from bihuan.foundation.notify import api as notify
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.people import api as people
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.stories import figures, papers
from bihuan.stories.speaking import Telling, cast_of, names_of
from bihuan.stories.stage import Stage, build, local, ready, root_of, script, told_at

NAME = "demo_posts"
KIND = "model_post"
PARTY = "party_members.party"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The small story has one post of each sort, and no members but those who act.
SMALL, SMALL_POSTS, SMALL_MEMBERS = 10, 6, 12
# From the call on: recommended, the time for it over, counted, chosen; nobody can appeal any more.
RECOMMENDED, OVER, COUNTED, PICKED, LAPSED = 2 * DAY, 10 * DAY, 11 * DAY, 12 * DAY, 100 * DAY
OFFICE, EDITOR, HEAD, COMPANY = (
    f"{NAME}-{one}" for one in ("office-1", "office-2", "head-1", "company-1")
)


def tell(part: int = 1) -> int:
    """Tells the story, or its small form, all of it or nothing; returns how many matters it opened, 0 when
    this database has heard it before."""
    plan = _plan(part)
    if root_of(plan["root"]["code"]) is not None:
        return 0
    at = local(plan["prepared"])
    with transaction.atomic():
        ready(at)
        telling = _Centre(_stage(plan, at), plan)
        with standing.steady():
            telling.all()
    return telling.opened


def _plan(part: int) -> dict[str, Any]:
    plan = script(NAME)
    if part > 1:
        plan["posts"], plan["members"] = plan["posts"][:SMALL_POSTS], SMALL_MEMBERS
        for said in plan["document"].values():
            said["value"] = said["small"]
    return plan


def _keeper(n: int) -> str:
    return f"{NAME}-keeper-{n}"


def _stage(plan: dict[str, Any], at: datetime) -> Stage:
    """The company, its centre, whoever acts; and the members of the centre, most of them without an account."""
    names, since = names_of(plan["names"]), plan["since"]
    cast = cast_of(NAME, plan["cast"])
    for n, one in enumerate(plan["posts"]):
        post = {"unit": "centre", "role": "companion", "title": f"{one['section']}工程师"}
        cast[_keeper(n)] = {**post, "name": next(names)}
    stage = build({**plan, "people": cast}, since=since, at=at)
    told: dict[str, Any] = {"start": since, "at": at, "actor": SYSTEM}
    members = [key for key, one in cast.items() if one["role"] != "company_office"]
    for key in members:
        people.begin(stage.people[key].pk, stage.units[cast[key]["unit"]], PARTY, "full", **told)
    for _ in range(plan["members"] - len(members)):
        people.admit(next(names), stage.units["centre"], PARTY, "full", **told)
    return stage


class _Centre(Telling):
    def __init__(self, stage: Stage, plan: dict[str, Any]) -> None:
        super().__init__(stage, plan)
        self.words, self.posts = plan["words"], plan["posts"]
        self.begins = local(plan["begins"])
        self.found: dict[int, Matter] = {}

    def all(self) -> None:
        """From the call of February to the acceptances of May."""
        self.called()
        for n, one in enumerate(self.posts):
            self.put_forward(n, one)
        self.sweep(OVER)
        for n, one in enumerate(self.posts):
            self.decided(n, one)
        kept = [n for n, one in enumerate(self.posts) if one["becomes"] not in ("passed", "alone")]
        for month in range(len(self.plan["months"])):
            for nth, n in enumerate(kept):
                self.month(n, kept[(nth + 1) % len(kept)], month)
        for n in kept:
            if self.posts[n]["becomes"] != "ended":
                self.accepted(n)
        self.sweep(LAPSED)
        self.act(self.call.pk, "close", HEAD, local(self.plan["asked"]) + 9 * DAY)

    def turn(self, name: str, n: int) -> str:
        """One of what is said by turns."""
        return str(self.words[name][n % len(self.words[name])])

    def sweep(self, after: timedelta) -> None:
        matters.sweep(self.begins + after)
        while notify.run(self.begins + after, lanes=("inside",)):
            continue

    def called(self) -> None:
        opening = Opening(
            programme=NAME,
            kind="call",
            home=self.stage.units["centre"],
            subject=f"{self.plan['period']}年争创党员示范岗",
            body=self.words["call"],
            fields={"year": self.plan["period"]},
        )
        self.call = self.open(opening, OFFICE, self.begins)
        self.act(self.call.pk, "send_out", OFFICE, self.begins + HOUR)

    def put_forward(self, n: int, one: dict[str, Any]) -> None:
        """Two of three put themselves forward, the others are put forward by somebody else."""
        keeper, at = _keeper(n), self.begins + DAY
        opening = Opening(
            programme=NAME,
            kind=KIND,
            home=self.stage.units["centre"],
            subject=one["name"],
            body=self.words["why"],
            fields={"keeper": self.stage.people[keeper].pk, "post_type": one["type"]},
        )
        by = keeper if n % 3 else f"{NAME}-companion-1"
        pk = self.open(opening, by, at).pk
        said = {"post_duty": self.words["duty"], "post_aim": self.words["aim"]}
        self.found[n] = self.act(pk, "avow", keeper, at + HOUR, **said)
        if one["becomes"] == "meeting":
            meeting = {
                "held_on": f"{(self.begins + RECOMMENDED):%Y-%m-%d}",
                "came_out": "recommended",
            }
            meeting |= {"present": "96", "in_favour": "91"}
            self.act(pk, "note_meeting", OFFICE, self.begins + RECOMMENDED + HOUR, **meeting)
            return
        if n == 0:
            self.refused(pk, "recommend", keeper, at + HOUR, opinion="recommend")
        for who in (1, 2, 3):
            opinion = "not_recommend" if one["becomes"] == "alone" and who > 1 else "recommend"
            by = f"{NAME}-companion-{who}"
            self.act(pk, "recommend", by, self.begins + RECOMMENDED, opinion=opinion)

    def decided(self, n: int, one: dict[str, Any]) -> None:
        """Counted, chosen or not; whoever was not may appeal one level up."""
        pk, keeper, at = self.found[n].pk, _keeper(n), self.begins + PICKED
        if one["becomes"] != "meeting":
            self.act(pk, "count", OFFICE, self.begins + COUNTED)
        if one["becomes"] == "alone":
            return
        if one["becomes"] in ("passed", "appealed"):
            self.act(pk, "pass_over", HEAD, at, reason=self.words["reason"])
            if one["becomes"] == "passed":
                return
            self.act(pk, "appeal", keeper, at + DAY, grounds="本岗就在型号任务一线。")
            self.refused(pk, "uphold", HEAD, at + DAY, decision="维持。")
            self.act(pk, "uphold", COMPANY, at + 2 * DAY, decision="情况属实，列入候选。")
            at += 3 * DAY
        self.act(pk, "pick_post", HEAD, at)

    def month(self, n: int, beside: int, month: int) -> None:
        """A month of a post: its handbook, what it shows, a visit, what two levels think."""
        becomes, keeper = self.posts[n]["becomes"], _keeper(n)
        pk, at = self.found[n].pk, local(self.plan["months"][month])
        if becomes == "ended" and month == 2:
            return
        if becomes == "appealed" and month == 1:
            # A month that nobody wrote, and everybody sees.
            return
        parts = {
            "study_notes": self.turn("study", n + month),
            "moves_made": self.turn("moves", n + month),
            "effect_shown": self.turn("effect", n + month),
        }
        self.act(pk, "write_up", keeper, at, **parts)
        self.published(self.found[n], EDITOR, at + DAY)
        if month == 1:
            seen = {"worth_learning": self.turn("learn", n), "to_do_better": self.turn("better", n)}
            visitor = _keeper(beside)
            self.act(pk, "look_round", visitor, at + HOUR, looking_for="to_compare", **seen)
        if month == 1 and becomes == "ended":
            self.ended(pk, keeper, at + 5 * DAY)
        if month == 2:
            for by, name in ((OFFICE, "centre_says"), (COMPANY, "company_says")):
                said = {"standing": "going_well", "overall_view": self.turn(name, n)}
                self.act(pk, "weigh", by, at + HOUR, **said)

    def ended(self, pk: int, keeper: str, at: datetime) -> None:
        self.act(pk, "end", HEAD, at, reason="运维值班记录失实。")
        self.act(pk, "appeal", keeper, at + DAY, grounds="记录由他人代填。")
        self.act(pk, "reject", COMPANY, at + 3 * DAY, decision="代填也应负责，维持。")

    def accepted(self, n: int) -> None:
        """Accepted by somebody who wrote nothing of it; one of them only after it was mended."""
        pk, keeper, at = self.found[n].pk, _keeper(n), local(self.plan["asked"])
        asked = {"aim_reached": f"{self.words['aim']}已做到。", "may_be_told": n == 0}
        self.act(pk, "ask_acceptance", keeper, at, **asked)
        self.refused(pk, "accept", keeper, at + HOUR, finding="我自己验收。")
        if self.posts[n]["becomes"] == "returned":
            self.act(pk, "give_back", COMPANY, at + DAY, reason="三月的行动没有写明结果。")
            mended = {
                "moves_made": "处置故障七起，逐起写明原因。",
                "effect_shown": self.turn("effect", n),
            }
            self.act(pk, "write_up", keeper, at + 2 * DAY, day_in_it="2026-03-31", **mended)
            at += 3 * DAY
            self.act(pk, "ask_acceptance", keeper, at, **asked)
        by = COMPANY if n % 2 else HEAD
        self.act(pk, "accept", by, at + DAY, finding=self.words["finding"])
        if n == 0:
            told = self.act(pk, "tell_of_it", OFFICE, at + 2 * DAY, example=self.words["example"])
            self.published(told, EDITOR, at + 3 * DAY)


def figures_of(part: int = 1) -> list[figures.Figure]:
    """The document's figures beside those of this database's facts.

    Raises LookupError before the story was told."""
    plan = _plan(part)
    root = told_at(plan["root"]["code"], NAME)
    return figures.compare(plan["document"], plan["period"], root)


def bulletins() -> Iterator[Bulletin]:
    """The paper of March: drafted by the centre's office, issued by its head. Made once; raises LookupError
    before the story."""
    plan = script(NAME)
    centre = told_at(f"{plan['root']['code']}-centre", NAME)
    insight.export(insight.store())
    at = local(plan["asked"]) + 10 * DAY
    yield papers.issued(f"{NAME}.monthly", centre, "2026-03", by=(OFFICE, HEAD), at=at)

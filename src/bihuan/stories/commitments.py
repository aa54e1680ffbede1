"""Seed 000 part 4: more than a thousand members promise for a year, every branch and every member of them;
one promise is broken, put right, and verified by somebody else."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from django.db import transaction

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM, Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.people import api as people
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.stories import figures, papers
from bihuan.stories.speaking import cast_of, names_of
from bihuan.stories.stage import (
    Stage,
    build,
    local,
    ready,
    refused,
    root_of,
    script,
    told_at,
    work,
)

NAME = "commitments"
PARTY = "party_members.party"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The small story has as few branches as a share may be told of, of five members each.
SMALL, SMALL_BRANCHES, SMALL_MEMBERS = 10, 5, 5
# When each thing happens, from the first of March.
WRITTEN, EXAMINED, IN_FORCE, OWN, ACCEPTED = 3 * DAY, 5 * DAY, 18 * DAY, 22 * DAY, 24 * DAY
REPORTED, MISSED, REPORTED_AGAIN = 100 * DAY, 205 * DAY, 210 * DAY
REVIEWED, COUNTED, CONCLUDED, RIGHTED, CLOSED = (
    275 * DAY,
    285 * DAY,
    287 * DAY,
    294 * DAY,
    298 * DAY,
)


def tell(part: int = 1) -> int:
    """Tells the story, or its small form, all of it or nothing; returns how many matters there are, 0
    when this database has heard it before."""
    plan = _plan(part)
    if root_of(plan["root"]["code"]) is not None:
        return 0
    telling = _told(plan)
    # The paper asks for figures before anybody else does.
    insight.export(insight.store())
    return telling.count()


def tell_branch(members: int, *, accounts: bool) -> None:
    """The same year of one branch of so many members, in a database that has not heard the story: with
    `accounts` each member writes down what is theirs, else the two who keep the branch do."""
    _told({**_plan(1), "branches": 1, "members": members, "accounts": accounts})


def _told(plan: dict[str, Any]) -> "_Telling":
    at = local(plan["prepared"])
    with transaction.atomic():
        ready(at)
        telling = _Telling(_stage(plan, at), plan)
        with standing.steady():
            telling.all()
    return telling


def _plan(part: int) -> dict[str, Any]:
    plan = script(NAME)
    if part > 1:
        plan["branches"], plan["members"] = SMALL_BRANCHES, SMALL_MEMBERS
        for said in plan["document"].values():
            said["value"] = said["small"]
    return plan


def _branch(n: int) -> str:
    return f"branch-{n}"


def _stage(plan: dict[str, Any], at: datetime) -> Stage:
    """The committee, its branches and whoever acts; members without an account come afterwards."""
    units = {
        _branch(n): {"name": f"第{n}支部", "level": "party_branch"}
        for n in range(1, plan["branches"] + 1)
    }
    cast = {key: {**one, "unit": "root"} for key, one in plan["cast"].items()}
    people_ = cast_of(NAME, cast)
    return build({**plan, "units": units, "people": people_}, since=plan["since"], at=at)


class _Telling:
    def __init__(self, stage: Stage, plan: dict[str, Any]) -> None:
        self.stage, self.plan, self.words = stage, plan, plan["words"]
        self.begins = local(plan["begins"])
        self.office, self.leader = f"{NAME}-org_office-1", f"{NAME}-leader-1"
        self.appraisers = cycle(f"{NAME}-appraiser-{n}" for n in (1, 2, 3))
        self.promises = cycle(self.words["member"])
        self.names = names_of(script("names"))
        self._keepers: dict[int, tuple[Actor, Actor]] = {}
        # Members with an account, who write down what is theirs.
        self._own: dict[int, Actor] = {}

    def all(self) -> None:
        """From the call of March to the end of the year."""
        for n in range(1, self.plan["branches"] + 1):
            self.enlist(self.stage.units[_branch(n)])
        self.round = self.called_on()
        self.branches_promise()
        self.members_promise()
        self.kept()
        self.reviewed()
        self.broken()
        self.concluded()
        self.act(self.round.pk, "close", self.stage.actor(self.office), CLOSED + 5 * DAY)

    # What each step is made of.

    def at(self, offset: timedelta) -> datetime:
        return self.begins + offset

    def act(self, pk: int, action: str, by: Actor, after: timedelta, **data: Any) -> Matter:
        return matters.act(pk, action, actor=by, at=self.at(after), data=data)

    def work(self, after: timedelta) -> None:
        work(self.at(after))

    def below(self, found: Matter, kind: str) -> list[Matter]:
        """The promises under a matter, as they stand now."""
        rows = matters.open_children(found)
        return sorted((one for one in rows if one.kind == kind), key=lambda one: one.pk)

    def branches(self) -> list[Matter]:
        return self.below(self.round, "branch_promise")

    def members(self) -> list[Matter]:
        return [one for branch in self.branches() for one in self.below(branch, "member_promise")]

    def count(self) -> int:
        """How many matters the story has."""
        return 1 + len(self.branches()) + len(self.members())

    # The branch: two who keep it, with accounts; the others without.

    def enlist(self, branch: Org) -> None:
        at, since = local(self.plan["prepared"]), self.plan["since"]
        keepers = []
        for n in range(self.plan["members"]):
            name = next(self.names)
            if n > 1 and not self.plan.get("accounts"):
                people.admit(name, branch, PARTY, "full", start=since, at=at, actor=SYSTEM)
                continue
            account = f"{NAME}-{branch.code.rpartition('-')[2]}-{n + 1}"
            who = orgs.create_person(account, name, at=at, actor="system")
            orgs.give_post(who.pk, branch.pk, start=since, at=at, actor="system")
            if n <= 1:
                access.give(who.pk, "secretary", branch.pk, start=since, at=at, actor="system")
            people.begin(who.pk, branch, PARTY, "full", start=since, at=at, actor=SYSTEM)
            actor = access.actor(who, self.stage.on)
            (keepers.append(actor) if n <= 1 else self._own.update({who.pk: actor}))
        self._keepers[branch.pk] = (keepers[0], keepers[1])

    def keepers(self, found: Matter) -> tuple[Actor, Actor]:
        """Who writes down and who examines: the two of the branch, neither of them their own."""
        one, other = self._keepers[found.home_id]
        mine = int(found.facts.get("promiser") or 0)
        if mine == one.person_id:
            return other, self.stage.actor(self.leader)
        if mine == other.person_id:
            return one, self.stage.actor(self.leader)
        return self._own.get(mine, one), other

    # Level by level: the round, the branches, their members.

    def called_on(self) -> Matter:
        office = self.stage.actor(self.office)
        opening = Opening(
            programme=NAME,
            kind="round",
            home=self.stage.root,
            subject=f"{self.plan['period']}年公开承诺",
            body=self.words["aim"],
            fields={"year": self.plan["period"], "aim": self.words["aim"]},
        )
        found = matters.open_matter(opening, actor=office, at=self.begins, key=f"story:{NAME}")
        called = self.act(found.matter.pk, "call_on", office, HOUR)
        self.work(2 * HOUR)
        return called

    def branches_promise(self) -> None:
        office = self.stage.actor(self.office)
        rows = [{"what": what, "until": until} for what, until in self.words["lines"]]
        for n, one in enumerate(self.branches()):
            writer, _ = self._keepers[one.home_id]
            text = self.words["branch"]
            self.act(one.pk, "put_down", writer, WRITTEN, promise=text, pledged=rows)
            if n == 0:
                self.refused(one.pk, "put_up", writer, EXAMINED)
                why = "写明完成日期。"
                self.act(one.pk, "send_back", office, WRITTEN + HOUR, reason=why)
                again = {"promise": self.words["revised"], "pledged": rows}
                self.act(one.pk, "put_down", writer, WRITTEN + 2 * HOUR, **again)
            self.act(one.pk, "put_up", office, EXAMINED)
            self.act(one.pk, "confirm", office, IN_FORCE)
        self.work(IN_FORCE + HOUR)

    def members_promise(self) -> None:
        for one in self.members():
            writer, reader = self.keepers(one)
            self.act(one.pk, "put_down", writer, OWN, promise=next(self.promises))
            self.act(one.pk, "accept", reader, ACCEPTED)

    # A year of it: two reports of each branch, one of which one branch misses; one of each member.

    def kept(self) -> None:
        branches = self.branches()
        for one in branches:
            self.report(one, self._keepers[one.home_id][0], REPORTED)
        for one in branches[1:]:
            self.report(one, self._keepers[one.home_id][0], MISSED - 20 * DAY)
        matters.sweep(self.at(MISSED))
        self.work(MISSED)
        self.report(branches[0], self._keepers[branches[0].home_id][0], REPORTED_AGAIN)
        for one in self.members():
            self.report(one, self.keepers(one)[0], REPORTED)

    def report(self, found: Matter, by: Actor, after: timedelta) -> None:
        self.act(found.pk, "report", by, after, evidence=self.words["kept"])

    def reviewed(self) -> None:
        for n, one in enumerate(self.members()):
            writer, reader = self.keepers(one)
            self.act(one.pk, "review_self", writer, REVIEWED, review=self.words["kept"])
            self.act(one.pk, "review", reader, REVIEWED + HOUR, review="同意。")
            opinion = "not_kept" if n == 0 else "mostly" if n % 11 == 10 else "kept"
            for _ in range(3 if n == 0 else 1):
                who = self.stage.actor(next(self.appraisers))
                self.act(one.pk, "appraise", who, REVIEWED + DAY, opinion=opinion)
            self.act(one.pk, "count", reader, COUNTED)

    def broken(self) -> None:
        """The first member's: found broken, put right, verified by somebody else."""
        first, *others = self.members()
        writer, reader = self.keepers(first)
        self.act(first.pk, "conclude", reader, CONCLUDED, kept_how="broken")
        self.act(first.pk, "put_right", writer, RIGHTED, evidence="已逐户补访，用户签了字。")
        self.refused(first.pk, "verify", writer, RIGHTED + HOUR)
        self.act(first.pk, "verify", reader, RIGHTED + DAY)
        for one in others:
            self.act(one.pk, "conclude", self.keepers(one)[1], CONCLUDED, kept_how="fulfilled")

    def concluded(self) -> None:
        office = self.stage.actor(self.office)
        for one in self.branches():
            writer, _ = self._keepers[one.home_id]
            self.act(one.pk, "review_self", writer, CLOSED, review=self.words["kept"])
            self.refused(
                one.pk, "conclude", writer, CLOSED + HOUR, kept_how="fulfilled", review="好。"
            )
            said = {"kept_how": "fulfilled", "review": "承诺的三件事都已办成。"}
            self.act(one.pk, "conclude", office, CLOSED + DAY, **said)

    def refused(self, pk: int, action: str, by: Actor, after: timedelta, **data: Any) -> None:
        """What the rule forbids is tried, and must fail, or the story is not true."""
        refused(
            lambda: self.act(pk, action, by, after, **data),
            f"{by.name} was allowed to {action} {pk}",
        )


def figures_of(part: int = 1) -> list[figures.Figure]:
    """The document's figures beside those of this database's facts.

    Raises LookupError before the story was told."""
    plan = _plan(part)
    root = told_at(plan["root"]["code"], NAME)
    return figures.compare(plan["document"], plan["period"], root)


def bulletins() -> Iterator[Bulletin]:
    """The year's paper: drafted by the organisation office, issued by the leader. Made once; raises
    LookupError before the story."""
    plan = script(NAME)
    root = told_at(plan["root"]["code"], NAME)
    yield papers.issued(
        f"{NAME}.yearly",
        root,
        plan["period"],
        by=(f"{NAME}-org_office-1", f"{NAME}-leader-1"),
        at=local(datetime(2011, 1, 10, 9)),  # noqa: DTZ001 - the script's wall clock
    )

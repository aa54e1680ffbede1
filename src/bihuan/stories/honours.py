"""Seed 000 part 4: 25 five-star members are chosen. One nominee has a promise to put right and is refused with
that as the source, a juror who is a candidate is recused, an objection removes one and the next one moves up, one
is revoked later."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any

from django.db import transaction

from bihuan.facets.round import nominating
from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM, Actor
from bihuan.foundation.audit.api import standing, vault
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org, Person
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.people import api as people
from bihuan.outcomes.papers import api as printed
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.stories import figures, papers
from bihuan.stories.stage import Stage, build, local, ready, refused, root_of, script, told_at

NAME = "honours"
PARTY = "party_members.party"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Votes of five jurors: twenty with all of them, five with one fewer, two who come next.
ALL, CLOSE = 20, 5
# When each thing happens, from the ninth of May.
ACCEPTED, BALLOT, COUNTED, ANNOUNCED = 3 * DAY, 4 * DAY, 9 * DAY, 9 * DAY + HOUR
OBJECTED, EXAMINED, HONOURED, LAST, CLOSED = 11 * DAY, 14 * DAY, 18 * DAY, 23 * DAY, 24 * DAY
ASKED, REVOKED = 150 * DAY, 155 * DAY


def tell() -> int:
    """Tells the story, all of it or nothing; returns how many nominations there are, 0 when this database
    has heard it before."""
    plan = script(NAME)
    if root_of(plan["root"]["code"]) is not None:
        return 0
    at = local(plan["prepared"])
    with transaction.atomic():
        ready(at)
        telling = _Telling(_stage(plan, at), plan)
        telling.settled()
        # Whoever belongs where is settled by now: what is asked of it is remembered from here on.
        with standing.steady():
            telling.all()
    # The paper asks for figures before anybody else does.
    insight.export(insight.store())
    return len(telling.nominated)


def _stage(plan: dict[str, Any], at: datetime) -> Stage:
    units = {
        f"branch-{n}": {"name": f"第{n}支部", "level": "party_branch"}
        for n in range(1, plan["branches"] + 1)
    }
    cast = {
        f"{NAME}-{key}-{n}": {**one, "name": name, "unit": "root"}
        for key, one in plan["cast"].items()
        for n, name in enumerate(one["names"], 1)
    }
    return build({**plan, "units": units, "people": cast}, since=plan["since"], at=at)


class _Telling:
    def __init__(self, stage: Stage, plan: dict[str, Any]) -> None:
        self.stage, self.plan, self.words = stage, plan, plan["words"]
        self.begins = local(plan["begins"])
        self.office = stage.actor(f"{NAME}-org_office-1")
        self.leaders = [stage.actor(f"{NAME}-leader-{n}") for n in (1, 2)]
        self.jury = [
            stage.actor(f"{NAME}-juror-{n}")
            for n in range(1, len(plan["cast"]["juror"]["names"]) + 1)
        ]
        self.why = cycle(self.words["why"])
        family, given = plan["names"]["family"], plan["names"]["given"]
        self.names = (f"{one}{other}" for other in given for one in family)
        self.secretaries: dict[int, Actor] = {}
        self.members: list[tuple[Person, Org]] = []
        self.nominated: list[Matter] = []

    def settled(self) -> None:
        """The branches with their members; one of the jury is a member of the first."""
        for n in range(1, self.plan["branches"] + 1):
            self.enlist(self.stage.units[f"branch-{n}"])
        since, at = self.plan["since"], local(self.plan["prepared"])
        self.juror, branch = self.stage.people[f"{NAME}-juror-6"], self.stage.units["branch-1"]
        people.begin(self.juror.pk, branch, PARTY, "full", start=since, at=at, actor=SYSTEM)

    def all(self) -> None:
        """From the call in May to the revocation in autumn."""
        self.promised_and_broken()
        self.round = self.called()
        self.nominate()
        self.looked_at()
        self.voted()
        self.objected()
        self.honoured()
        self.revoked()

    # What each step is made of.

    def at(self, offset: timedelta) -> datetime:
        return self.begins + offset

    def act(self, found: Matter, action: str, by: Actor, after: timedelta, **data: Any) -> Matter:
        return matters.act(found.pk, action, actor=by, at=self.at(after), data=data)

    def refused(self, found: Matter, action: str, by: Actor, after: timedelta, **data: Any) -> None:
        """What the rule forbids is tried, and must fail, or the story is not true."""
        refused(
            lambda: self.act(found, action, by, after, **data),
            f"{by.name} was allowed to {action} {found.number}",
            by=(Exception,),  # type: ignore[arg-type]  # - one who is recused does not even see it
        )

    # The branches: five members each, the first of them with an account; who keeps it nominates.

    def enlist(self, branch: Org) -> None:
        at, since = local(self.plan["prepared"]), self.plan["since"]
        number = branch.code.rpartition("-")[2]
        keeper = orgs.create_person(
            f"{NAME}-secretary-{number}", f"支书{number}", at=at, actor="system"
        )
        orgs.give_post(keeper.pk, branch.pk, start=since, at=at, actor="system")
        access.give(keeper.pk, "secretary", branch.pk, start=since, at=at, actor="system")
        self.secretaries[branch.pk] = access.actor(keeper, self.stage.on)
        for n in range(6 if number in "12" else 5):
            name = next(self.names)
            if n:
                row = people.admit(name, branch, PARTY, "full", start=since, at=at, actor=SYSTEM)
                self.members.append((row.person, branch))
                continue
            who = orgs.create_person(f"{NAME}-member-{number}", name, at=at, actor="system")
            people.begin(who.pk, branch, PARTY, "full", start=since, at=at, actor=SYSTEM)
            self.members.append((who, branch))

    def promised_and_broken(self) -> None:
        """The last member's promise of the year: found broken, and not put right yet."""
        who, branch = self.members[-1]
        keeper, leader = self.secretaries[branch.pk], self.leaders[0]
        opening = Opening(
            programme="commitments",
            kind="member_promise",
            home=branch,
            subject="党员年度承诺",
            body="党员年度承诺",
            fields={"promiser": who.pk, "year": self.plan["period"]},
        )
        found = matters.open_matter(opening, actor=keeper, at=self.at(-60 * DAY)).matter
        self.act(found, "put_down", keeper, -60 * DAY, promise="全年不误工。")
        self.act(found, "accept", leader, -59 * DAY)
        self.act(found, "review_self", keeper, -20 * DAY, review=self.words["broken"])
        self.act(found, "review", leader, -19 * DAY, review="属实。")
        self.act(found, "count", keeper, -8 * DAY)
        self.act(found, "conclude", leader, -7 * DAY, kept_how="broken")

    def called(self) -> Matter:
        opening = Opening(
            programme=NAME,
            kind="selection",
            home=self.stage.root,
            subject=f"{self.plan['period']}年五星级党员评选",
            body="评选五星级党员，表彰先进，登上星光大道。",
            fields={"category": "five_star", "sort_of_round": "annual"},
        )
        found = matters.open_matter(opening, actor=self.office, at=self.begins, key=f"story:{NAME}")
        return self.act(found.matter, "call", self.office, HOUR)

    def nominate(self) -> None:
        """Twenty-seven members and a juror: some by themselves, some by others, most by their branch."""
        branch = self.stage.units["branch-1"]
        for n, (who, place) in enumerate([(self.juror, branch), *self.members]):
            # Whoever has an account nominates themselves in every other branch.
            alone = n and who.has_account and place.pk % 2
            by = access.actor(who, self.stage.on) if alone else self.secretaries[place.pk]
            made = nominating.nominate(
                self.round.pk, who.pk, next(self.why), actor=by, at=self.at(DAY)
            )
            self.nominated.append(made.matter)

    def looked_at(self) -> None:
        """All but one meet every condition; what is in the way of that one stands beside it."""
        self.act(self.round, "accept_all", self.office, ACCEPTED)
        last = self.nominated[-1]
        self.refused(last, "accept", self.office, ACCEPTED + HOUR)
        self.refused(self.round, "put_to_vote", self.office, ACCEPTED + HOUR)
        self.act(last, "refuse", self.office, ACCEPTED + 2 * HOUR, reason="违诺整改尚未了结。")

    def voted(self) -> None:
        self.act(self.round, "put_to_vote", self.office, BALLOT)
        *voters, candidate = self.jury
        self.refused(self.nominated[1], "cast", candidate, BALLOT + HOUR, opinion="against")
        self.refused(self.nominated[0], "cast", candidate, BALLOT + HOUR, opinion="for")
        for n, one in enumerate(self.nominated[:-1]):
            fewer = (n >= ALL) + (n >= ALL + CLOSE) + (n > ALL + CLOSE)
            for nth, juror in enumerate(voters):
                opinion = "against" if nth < fewer else "for"
                self.act(one, "cast", juror, BALLOT + DAY, opinion=opinion)
        self.act(self.round, "count", self.office, COUNTED)
        self.act(self.round, "put_on_notice", self.office, ANNOUNCED)

    def objected(self) -> None:
        """One objection is upheld by somebody else than who conducts the round, one is not."""
        for n, key, action, reply in (
            (4, "objection", "uphold", "upheld"),
            (5, "unfounded", "reject", "rejected"),
        ):
            made = publicity.object_to(
                self.nominated[n].pk, self.words[key], vault.Person(), at=self.at(OBJECTED)
            )
            self.refused(made.matter, action, self.office, EXAMINED, reply="好。")
            self.act(made.matter, action, self.leaders[0], EXAMINED, reply=self.words[reply])

    def honoured(self) -> None:
        """Those whose notice is over; the one who moved up when theirs is."""
        self.act(self.round, "confer_all", self.office, HONOURED)
        self.refused(self.round, "close", self.office, HONOURED + HOUR)
        self.act(self.round, "confer_all", self.office, LAST)
        self.act(self.round, "close", self.office, CLOSED)
        everybody = [self.juror, *(who for who, _ in self.members)]
        for n, one in enumerate(self.nominated[:ALL]):
            if n != 4:
                # The secretary writes it down for who has no account.
                who = everybody[n]
                own = access.actor(who, self.stage.on) if who.has_account else None
                by = own or self.secretaries[one.home_id]
                self.act(one, "agree" if n % 5 else "withhold", by, CLOSED + HOUR)

    def revoked(self) -> None:
        """One is revoked in autumn by somebody else than who asks for it; its certificate goes with it."""
        for one in self.nominated[5:8]:
            printed.issue(one.pk, "certificate", actor=self.office, at=self.at(CLOSED + DAY))
        asker, other = self.leaders
        found = self.act(
            self.nominated[6], "ask_revocation", asker, ASKED, grounds=self.words["grounds"]
        )
        (child,) = (one for one in matters.open_children(found) if one.kind == "revocation")
        self.refused(child, "withdraw_award", asker, ASKED + HOUR, reason=self.words["revoked"])
        self.act(child, "withdraw_award", other, REVOKED, reason=self.words["revoked"])


def figures_of() -> list[figures.Figure]:
    """The document's figures beside those of this database's facts.

    Raises LookupError before the story was told."""
    plan = script(NAME)
    root = told_at(plan["root"]["code"], NAME)
    return figures.compare(plan["document"], plan["period"], root)


def bulletins() -> Iterator[Bulletin]:
    """The year's paper with the list of those honoured: drafted by the organisation office, issued by the
    leader. Made once; raises LookupError before the story."""
    plan = script(NAME)
    root = told_at(plan["root"]["code"], NAME)
    yield papers.issued(
        f"{NAME}.list_of_honour",
        root,
        plan["period"],
        by=(f"{NAME}-org_office-1", f"{NAME}-leader-1"),
        at=local(datetime(2012, 1, 10, 9)),  # noqa: DTZ001 - the script's wall clock
    )

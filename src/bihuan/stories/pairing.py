"""Seed 000 part 4: nearly 300 whom a works trains, more than 800 measures, more than a hundred who became members or
backbones; departments and branches build together. Seed 004 item 9: members train each other, and after a year
nobody is paired as before, all across branches; two whom the rules leave alone are paired by hand."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any

from django.db import transaction
from django.utils import timezone

from bihuan.facets.pair import board, cards
from bihuan.foundation.access.api import SYSTEM, Actor
from bihuan.foundation.audit.api import standing
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.people import api as people
from bihuan.kernel.people.api import Beginning, Keeper, Membership
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.stories import figures, papers
from bihuan.stories.speaking import Telling, cast_of, names_of
from bihuan.stories.stage import (
    Stage,
    build,
    local,
    ready,
    root_of,
    script,
    told_at,
    work,
)

NAME = "pairing"
PARTY = "party_members.party"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICE, LEADER = f"{NAME}-org_office-1", f"{NAME}-leader-1"
# The small story has one in so many of each, and as many members as a share may be told of.
SMALL, SMALL_BRANCHES, SMALL_MEMBERS = 10, 4, 14
# Two whose strengths nobody else needs: partners in the first year, alone in the second.
SINGULAR = (("foreign_language", "arts_sports"), ("arts_sports", "foreign_language"))


def tell(part: int = 1) -> int:
    """Tells the story, or its small form, all of it or nothing; returns how many matters there are, 0
    when this database has heard it before."""
    plan = _plan(part)
    if root_of(plan["root"]["code"]) is not None:
        return 0
    at = local(plan["prepared"])
    with transaction.atomic():
        ready(at)
        telling = _Telling(_stage(plan, at), plan)
        telling.enlisted()
        with standing.steady():
            telling.all()
        telling.results()
    # The paper asks for figures before anybody else does.
    insight.export(insight.store())
    return telling.opened


def _plan(part: int) -> dict[str, Any]:
    plan = script(NAME)
    if part > 1:
        plan["branches"], plan["members"] = SMALL_BRANCHES, SMALL_MEMBERS
        for name in ("candidates", "growers", "results"):
            plan[name] = -(-plan[name] // part)
        for document in ("document", "document_two"):
            for said in plan[document].values():
                said["value"] = said["small"]
    return plan


def _branch(n: int) -> str:
    return f"branch-{n}"


def _stage(plan: dict[str, Any], at: datetime) -> Stage:
    """The committee, its departments and branches, and whoever acts; the others come afterwards."""
    units: dict[str, Any] = {
        key: {"name": name, "level": "section"} for key, name in plan["sections"].items()
    }
    cast = dict(plan["cast"])
    for n in range(1, plan["branches"] + 1):
        units[_branch(n)] = {"name": f"第{n}支部", "level": "party_branch"}
        secretary = plan["secretaries"]["names"][n - 1]
        told = {"role": "secretary", "title": "支部书记", "names": [secretary]}
        cast[_branch(n)] = {**told, "unit": _branch(n)}
    whole = {**plan, "units": units, "people": cast_of(NAME, cast)}
    return build(whole, since=plan["since"], at=at)


class _Telling(Telling):
    def __init__(self, stage: Stage, plan: dict[str, Any]) -> None:
        super().__init__(stage, plan)
        self.words = plan["words"]
        self.begins = local(plan["begins"])
        self.names = names_of(script("names"))
        self.candidates: list[int] = []
        self.growers: list[int] = []
        self.members: list[int] = []
        self.grown: list[Matter] = []
        self.secretaries = {
            stage.units[_branch(n)].pk: f"{NAME}-{_branch(n)}-1"
            for n in range(1, plan["branches"] + 1)
        }

    def enlisted(self) -> None:
        """Everybody on their lists."""
        statuses = ("to_member", "to_backbone")
        self.candidates = self.enlist(self.plan["candidates"], f"{NAME}.candidate", statuses)
        statuses = ("member", "backbone")
        self.growers = self.enlist(self.plan["growers"], f"{NAME}.grower", statuses)
        self.members = self.enlist(self.plan["members"], PARTY, ("full",))

    def all(self) -> None:
        """From the lists of 2010 to the second year of training."""
        self.nurtured()
        self.joint()
        self.cards(self.members, self.words["can"], self.words["needs"], singular=True)
        first = self.trained(self.begins, across=False)
        self.year_of(first)
        self.second_year()

    # Who there is, and what they can and need.

    def enlist(self, count: int, full: str, statuses: Sequence[str]) -> list[int]:
        """So many people on the lists of the branches in turn, without an account."""
        at, since = local(self.plan["prepared"]), self.plan["since"]
        places = cycle(self.stage.units[_branch(n)] for n in range(1, self.plan["branches"] + 1))
        wanted = [
            Beginning(next(places), full, statuses[n % len(statuses)], since, name=next(self.names))
            for n in range(count)
        ]
        made = people.begin_all(wanted, Keeper(SYSTEM, at.date()), at=at)
        return [row.person_id for row in made if isinstance(row, Membership)]

    def cards(
        self,
        persons: list[int],
        can: Sequence[Sequence[str]],
        needs: Sequence[Sequence[str]],
        *,
        singular: bool = False,
    ) -> None:
        """Written down for them by the office."""
        at, office = self.begins - DAY, self.actor(OFFICE)
        for n, pk in enumerate(persons):
            said = {
                "can": can[n % len(can)] if can else [],
                "needs": needs[n % len(needs)] if needs else [],
            }
            if singular and n < len(SINGULAR):
                said = {"can": [SINGULAR[n][0]], "needs": [SINGULAR[n][1]]}
            cards.say(f"p{pk}", NAME, said, actor=office, at=at)

    # Rounds.

    def round(self, kind: str, at: datetime, **fields: Any) -> Matter:
        """A round with its list taken and its pairs suggested."""
        fields = {"year": f"{at.year}", **fields}
        titles = {
            "training_round": "互培互带",
            "joint_round": "结对共建",
            "nurture_round": "双培养",
        }
        opening = Opening(
            programme=NAME,
            kind=kind,
            home=self.stage.root,
            subject=f"{at.year}年{titles[kind]}",
            body=titles[kind],
            fields=fields,
        )
        found = self.open(opening, OFFICE, at)
        self.act(found.pk, "take_list", OFFICE, at + HOUR)
        return self.act(found.pk, "propose", OFFICE, at + 2 * HOUR)

    def settled(self, found: Matter, at: datetime) -> list[Matter]:
        """Its pairs, confirmed and opened."""
        self.act(found.pk, "settle_pairs", OFFICE, at)
        work(at + HOUR)
        rows = sorted(matters.open_children(found), key=lambda one: one.pk)
        self.opened += len(rows)
        return rows

    def planned(self, one: Matter, titles: Sequence[str], at: datetime, by: str = "") -> None:
        """Measures of a pair, by whoever keeps the list of the first one's branch."""
        day = f"{date(at.year, 12, 20)}"
        rows = [{"title": title, "by": day} for title in titles]
        self.act(one.pk, "lay_down", by or self.secretaries[one.home_id], at, measures=rows)

    def signed(self, one: Matter, at: datetime) -> None:
        """Both signed; their secretary writes it down for who has no account."""
        by = self.secretaries[one.home_id]
        for side in ("party_a", "party_b"):
            self.act(one.pk, "put_name", by, at, for_party=one.facts[side])

    def checked(self, one: Matter, at: datetime) -> None:
        said = {"verdict": "in_order", "finding": self.words["finding"]}
        self.act(one.pk, "look_at", OFFICE, at, **said)

    # Backbones become members, members become backbones.

    def nurtured(self) -> None:
        self.cards(self.candidates, [], self.words["candidate_needs"])
        self.cards(self.growers, self.words["grower_can"], [])
        found = self.round("nurture_round", self.begins)
        pairs = self.settled(found, self.begins + DAY)
        short = 3 * len(pairs) - self.measures()
        for n, one in enumerate(pairs):
            titles = self.words["measures"]
            self.planned(one, titles[: 2 if n < short else 3], self.begins + 5 * DAY)
        self.grown = pairs[-self.plan["results"] :]
        for one in self.grown:
            self.signed(one, self.begins + 8 * DAY)
            self.checked(one, self.begins + 180 * DAY)

    def results(self) -> None:
        """What came of them: each changes the list of candidates."""
        outcomes = cycle(("new_member", "new_backbone"))
        for one in self.grown:
            said = {"what_came": next(outcomes), "grounds": self.words["grown"]}
            with standing.steady():
                self.act(one.pk, "tell_result", LEADER, self.begins + 400 * DAY, **said)

    def measures(self) -> int:
        """How many there are: as the document says."""
        return int(self.plan["document"]["nurture_measures"]["value"])

    # Departments and branches.

    def joint(self) -> None:
        found = self.round("joint_round", self.begins + 2 * DAY, least_in_common=0)
        heads = {self.stage.units[key].pk: f"{NAME}-{key}-1" for key in self.plan["sections"]}
        at = self.begins + 6 * DAY
        for one in self.settled(found, self.begins + 3 * DAY):
            self.planned(one, self.words["joint"], at)
            self.act(one.pk, "put_name", self.secretaries[one.home_id], at + HOUR)
            self.act(one.pk, "put_name", heads[one.unit_id], at + 2 * HOUR)

    # Members train each other.

    def trained(self, at: datetime, *, across: bool) -> list[Matter]:
        found = self.round("training_round", at, only_across=across)
        return self.settled(found, at + DAY)

    def year_of(self, pairs: list[Matter]) -> None:
        """A year of them: measures, signatures, a check, what each got, one grade."""
        words, grades = cycle(self.words["own_words"]), cycle(("good", "good", "fair"))
        for one in pairs:
            by = self.secretaries[one.home_id]
            self.planned(one, self.words["shared"], self.begins + 4 * DAY)
            self.signed(one, self.begins + 5 * DAY)
            self.act(one.pk, "say_how_far", by, self.begins + 90 * DAY, line=1, share_done=100)
            self.checked(one, self.begins + 180 * DAY)
            for side in ("party_a", "party_b"):
                said = {"for_party": one.facts[side], "helped": "much", "own_words": next(words)}
                self.act(one.pk, "say_own", by, self.begins + 355 * DAY, **said)
            self.refused(
                one.pk, "rate_both", by, self.begins + 356 * DAY, grade="good", grounds="好"
            )
            said = {"grade": next(grades), "grounds": self.words["finding"]}
            self.act(one.pk, "rate_both", LEADER, self.begins + 357 * DAY, **said)

    def second_year(self) -> None:
        """Nobody as before, all across branches; the two whom nobody else suits are paired by hand."""
        at = local(self.plan["second"])
        found = self.round("training_round", at, only_across=True)
        told = self.actor(OFFICE)
        self.refused(found.pk, "settle_pairs", OFFICE, at + 3 * HOUR)
        alone = [int(key[1:]) for key in _alone(found, told)]
        one, other = alone
        # Partners of the year before: that rule no hand bends.
        self.refused(found.pk, "put_together", OFFICE, at + 3 * HOUR, this_one=one, that_one=other)
        first, second = _apart(found, told, alone)
        why = self.words["alone"]
        for who, partner in ((one, first), (other, second)):
            given = {"this_one": who, "that_one": partner, "why": why}
            self.act(found.pk, "put_together", OFFICE, at + 4 * HOUR, **given)
        pairs = self.settled(found, at + DAY)
        for each in pairs:
            self.planned(each, self.words["shared"], at + 5 * DAY)
            self.signed(each, at + 6 * DAY)


def _alone(found: Matter, who: Actor) -> list[str]:
    """Those in a round who have nobody, by their keys. Raises AssertionError but for the two."""
    told = board.board(found, who, timezone.localtime(found.changed_at).date())
    alone = told.alone() if told is not None else []
    if len(alone) != len(SINGULAR):
        msg = f"the rules leave {len(alone)} alone"
        raise AssertionError(msg)
    return alone


def _apart(found: Matter, who: Actor, alone: list[int]) -> tuple[int, int]:
    """A suggested pair, one for each of the two alone: of other branches than theirs."""
    told = board.board(found, who, timezone.localtime(found.changed_at).date())
    assert told is not None
    at = {int(key[1:]): one.org_id for key, one in told.sides.items()}
    one, other = alone
    for link in told.links:
        for first, second in ((link.first, link.second), (link.second, link.first)):
            two = int(first[1:]), int(second[1:])
            if at[two[0]] != at[one] and at[two[1]] != at[other]:
                return two
    msg = "no pair is of other branches"
    raise AssertionError(msg)


def figures_of(part: int = 1) -> list[figures.Figure]:
    """The documents' figures beside those of this database's facts.

    Raises LookupError before the story was told."""
    plan = _plan(part)
    root = told_at(plan["root"]["code"], NAME)
    return [
        *figures.compare(plan["document"], plan["period"], root),
        *figures.compare(plan["document_two"], plan["year_two"], root),
    ]


def bulletins() -> Iterator[Bulletin]:
    """The paper of the first year: drafted by the office, issued by the leader. Made once; raises
    LookupError before the story."""
    yield papers.issued(
        f"{NAME}.yearly",
        told_at(script(NAME)["root"]["code"], NAME),
        "2010",
        by=(OFFICE, LEADER),
        at=local(datetime(2011, 1, 10, 9)),  # noqa: DTZ001 - the script's wall clock
    )

"""A round as it stands, or as a step leaves it: who is in it, who goes with whom, by which rules."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from bihuan.facets.pair import cards
from bihuan.facets.pair.block import PAIR, PairSpec
from bihuan.facets.pair.models import PairBar, PairLink, PairOf, PairRun, PairSide
from bihuan.foundation.orgs.api import standing_org, tree
from bihuan.kernel.matters.parts import left_by
from bihuan.kernel.matters.step import Step
from bihuan.kernel.people import api as people
from bihuan.lib.problems import ProblemError
from bihuan.rules.pairing import BEFORE, POOR, SAME, Rules, Side
from bihuan.spec.schema import Programme

RUN = "run"
# Who may be given somebody.
FREE = ("waiting", "alone")
Columns = dict[str, Any]


def spec(step: Step) -> PairSpec:
    """How the kind pairs. Raises ProblemError where it does not (an old release)."""
    found = PAIR.of(step.kind)
    if found is None:
        raise ProblemError("pair.no_round")
    return found


def both(one: str, other: str) -> str:
    """The key of two, whoever is named first."""
    return "-".join(sorted((one, other)))


def group_of(key: str, org_id: int) -> str:
    """Of which group somebody is: of a person the organisation, of one the one above it."""
    org = standing_org(org_id)
    return org.path if key[0] == "p" else org.path[: -tree.STEP]


def least_of(block: PairSpec, facts: Mapping[str, Any]) -> int:
    """In how many things two of a round with these facts have to complete each other."""
    return int(facts.get(block.least, 1)) if isinstance(block.least, str) else block.least


def former(sort: str, keys: Collection[str], how: str | None) -> frozenset[frozenset[str]]:
    """Who were partners before in matters of a kind (`programme.kind`), as the log has them: the last
    ones of each, or `ever`."""
    if how is None:
        return frozenset()
    rows = PairOf.objects.filter(sort=sort)
    if len(keys) <= 500:
        rows = rows.filter(Q(first__in=list(keys)) | Q(second__in=list(keys)))
    last: dict[str, frozenset[str]] = {}
    every: set[frozenset[str]] = set()
    for first, second in rows.order_by("pk").values_list("first", "second"):
        pair = frozenset((first, second))
        every.add(pair)
        last |= {first: pair, second: pair}
    return frozenset(every if how == "ever" else last.values())


def meant(programme: Programme, block: PairSpec, step: Step) -> dict[str, tuple[int, people.Due]]:
    """Whom the rosters mean on the step's day, with their side; whoever is on both stands on the first."""
    home = step.org(step.value("home_id"))
    found: dict[str, tuple[int, people.Due]] = {}
    for side, roster in enumerate(block.rosters):
        for due in people.resolve(programme, roster, home, step.day()):
            found.setdefault(due.key, (side, due))
    return found


@dataclass
class Round:
    """A round while a step is made: its sides, links and bars by their keys; what is changed is noted
    on the step."""

    step: Step
    block: PairSpec
    sides: dict[str, Columns]
    links: dict[str, Columns]
    bars: dict[str, Columns]

    @classmethod
    def of(cls, step: Step) -> "Round":
        """The round of a step."""
        parts = [left_by(step, model) for model in (PairSide, PairLink, PairBar)]
        return cls(step, spec(step), *parts)

    @property
    def sort(self) -> str:
        """The kind that its pairs are, as rows name it."""
        return f"{self.step.programme.id}.{self.block.of}"

    def side(self, key: str, **changed: Any) -> None:
        """Notes a change of one of those in it."""
        self.sides[key] = {**self.sides[key], "at": self.step.at, **changed}
        self.step.parts[(PairSide.PART, key)] = self.sides[key]

    def link(self, first: str, second: str, columns: Columns) -> None:
        """Notes that two go together."""
        key = both(first, second)
        self.links[key] = {"first": first, "second": second, **columns}
        self.step.parts[(PairLink.PART, key)] = self.links[key]

    def unlink(self, key: str) -> None:
        """Takes two apart that were not confirmed; both wait again."""
        gone = self.links.pop(key)
        self.step.parts[(PairLink.PART, key)] = None
        for one in (gone["first"], gone["second"]):
            if one in self.sides and self.sides[one]["state"] == "alone":
                self.side(one, state="waiting", why={})

    def links_of(self, key: str, *, stands: bool | None = None) -> list[str]:
        """The links somebody is in."""
        return [
            name
            for name, one in self.links.items()
            if key in (one["first"], one["second"]) and stands in (None, one["stands"])
        ]

    def partner(self, link: str, key: str) -> str:
        """The other one of a link."""
        one = self.links[link]
        return str(one["second"] if one["first"] == key else one["first"])

    def group(self, key: str) -> str:
        """Of which group somebody in it is."""
        return group_of(key, self.sides[key]["org_id"])

    def apart(self) -> bool:
        """Whether two of one group must not meet."""
        rule = self.block.other_group
        return bool(self.step.fact(rule)) if isinstance(rule, str) else rule

    def least(self) -> int:
        """In how many things two have to complete each other."""
        return least_of(self.block, self.step.set.get("facts", self.step.matter.facts))

    def room(self) -> int:
        """With how many one of the second roster may be paired."""
        given = self.block.room
        return int(self.step.setting(given).value) if isinstance(given, str) else given

    def rules(self) -> Rules:
        """What no pair may be."""
        return Rules(
            other_group=self.apart(),
            before=former(self.sort, self.sides.keys(), self.block.not_before),
            excluded=frozenset(frozenset(key.split("-")) for key in {*self.bars} | self.opened()),
            least=self.least(),
        )

    def opened(self) -> set[str]:
        """The pairs that have their matter in this round: two are opened once."""
        if not self.step.matter.pk:
            return set()
        rows = PairOf.objects.filter(parent_id=self.step.matter.pk)
        return {*rows.values_list("both", flat=True)}

    def known(self, keys: Iterable[str]) -> dict[str, Side]:
        """Those of some keys with what they said they can and need, for solving."""
        keys = list(keys)
        said = cards.cards(self.step.programme.id, keys)
        nothing: frozenset[str] = frozenset()
        return {
            key: Side(
                key,
                self.group(key),
                frozenset(cards.all_of(said[key], "can")) if key in said else nothing,
                frozenset(cards.all_of(said[key], "needs")) if key in said else nothing,
                self.room() if self.block.two_sided and self.sides[key]["side"] == 1 else 1,
            )
            for key in keys
        }

    def run(self, **changed: Any) -> None:
        """Notes what the round itself is like."""
        had = left_by(self.step, PairRun).get(RUN) or {
            "at": None, "pairs": 0, "short": 0, "gap": 0, "given": {},
        }  # fmt: skip
        self.step.parts[(PairRun.PART, RUN)] = {**had, **changed}


def broken(one: Side, other: Side, rules: Rules) -> list[str]:
    """Which rules two would break that go together, those that a hand may break."""
    found = [SAME] if rules.other_group and one.group == other.group else []
    found += [BEFORE] if frozenset({one.key, other.key}) in rules.before else []
    worth = len(one.can & other.needs) + len(other.can & one.needs)
    return found + ([POOR] if worth < rules.least else [])


def gives(one: Side, other: Side) -> list[str]:
    """What the one can and the other needs."""
    return sorted(one.can & other.needs)


def side_columns(side: int, due: people.Due, at: datetime) -> Columns:
    """Somebody as they come into a round. Why they are exempt is not for its readers."""
    return {
        "person_id": due.person_id,
        "org_id": due.org_id,
        "side": side,
        "state": "exempt" if due.exempt else "waiting",
        "why": {},
        "reason": "",
        "at": at,
    }


def match_of(first: Mapping[str, Any], second: Mapping[str, Any], *, again: bool) -> str:
    """Whether two that are opened are of one group, of two, or were partners before."""
    if again:
        return "again"
    return "within" if first["group"] == second["group"] else "across"

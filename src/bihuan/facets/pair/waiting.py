"""Who has not said yet what they can and need, in rounds that are open: oneself, and those one says it for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from bihuan.facets.pair import cards
from bihuan.facets.pair.block import PAIR, sort_of
from bihuan.facets.pair.cards import Whom
from bihuan.facets.pair.models import PairCard, PairSide
from bihuan.facets.pair.standing import FREE
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import standing_org, standing_person
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Programme

# So many rounds at most are looked at, and so many people listed.
ROUNDS, LISTED = 50, 300


@dataclass(frozen=True)
class Asked:
    """Somebody in an open round: in which programme, where, whether they have said anything."""

    programme: Programme
    key: str
    org_id: int
    said: bool

    @property
    def name(self) -> str:
        """What they are called."""
        return cards.name_of(self.key)

    @property
    def org(self) -> str:
        """Where they belong."""
        return standing_org(self.org_id).name


def _rounds() -> list[tuple[Matter, Programme]]:
    asking = Q(pk__in=[])
    for spec in programmes.known():
        kinds = [
            kind
            for kind, block in PAIR.kinds(spec)
            if block.least and cards.dictionary(spec, sort_of(spec, block))
        ]
        if kinds:
            asking |= Q(programme=spec.id, kind__in=kinds)
    if not asking.children:
        return []
    rows = Matter.objects.filter(asking).exclude(phase="done").order_by("-pk")[:ROUNDS]
    return [(one, programmes.spec_of(one.release_id)) for one in rows]


def asked(who: Actor, on: date) -> list[Asked]:
    """Those in open rounds whose cards the reader may fill in: their own first, then who has said
    nothing, by place and name."""
    if who.person_id is None:
        return []
    found: dict[tuple[str, str], Asked] = {}
    for one, spec in _rounds():
        for row in _theirs(who, one, spec, on):
            found.setdefault((spec.id, row.key), Asked(spec, row.key, row.org_id, said=False))
    keys = {key for _, key in found}
    there = set(PairCard.objects.filter(whom__in=keys).values_list("programme", "whom"))
    rows = [
        Asked(one.programme, one.key, one.org_id, said=(one.programme.id, one.key) in there)
        for one in found.values()
    ]
    own = f"p{who.person_id}"
    rows.sort(key=lambda one: (one.key != own, one.said, standing_org(one.org_id).path, one.name))
    return rows[:LISTED]


def _theirs(who: Actor, one: Matter, spec: Programme, on: date) -> Iterator[PairSide]:
    sides = PairSide.objects.filter(stream=one.stream, state__in=FREE)
    may = {role for role in cards.roles(spec) if any(r == role for r, _, _ in who.held)}
    if not may:
        # Only oneself, or the organisations one speaks for.
        own = {f"p{who.person_id}"} | {whom.key for _, whom in cards.mine(who, on)}
        sides = sides.filter(key__in=own)
    for row in sides.order_by("pk"):
        path = standing_org(row.org_id).path
        whom = _whom(row)
        if cards.is_own(who, whom, spec) or cards.says_for(who, spec, [path]):
            yield row


def _whom(row: PairSide) -> Whom:
    if row.person_id is not None:
        return Whom(person=standing_person(row.person_id))
    return Whom(org=standing_org(row.org_id))

"""Who has not said yet what they can and need, in rounds that are open: oneself, and those one says it for."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q

from bihuan.facets.pair import cards
from bihuan.facets.pair.block import PAIR, sort_of
from bihuan.facets.pair.models import PairCard, PairSide
from bihuan.facets.pair.standing import FREE
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import Org, orgs_at, standing_org, tree
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.membership import voices
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Programme

# So many people at most are listed.
LISTED = 300


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


def _asking() -> Iterator[tuple[Programme, list[str]]]:
    """The programmes with the kinds of theirs that pair people by what they said."""
    for spec in programmes.known():
        kinds = [
            kind
            for kind, block in PAIR.kinds(spec)
            if block.least and cards.dictionary(spec, sort_of(spec, block))
        ]
        if kinds:
            yield spec, kinds


def asked(who: Actor) -> list[Asked]:
    """Those in open rounds whose cards the reader may fill in: their own first, then who has said
    nothing, by place and name."""
    if who.person_id is None:
        return []
    rows = [one for spec, kinds in _asking() for one in _theirs(who, spec, kinds)]
    own = f"p{who.person_id}"
    rows.sort(key=lambda one: (one.key != own, one.said, standing_org(one.org_id).path, one.name))
    return rows[:LISTED]


def _theirs(who: Actor, spec: Programme, kinds: list[str]) -> list[Asked]:
    """Those in open rounds of a programme who are the reader, or for whom they speak or say it: asked by
    who they are and where they belong, however many rounds there are elsewhere."""
    own = [f"p{who.person_id}", *(f"o{one.pk}" for one in orgs_at(sorted(voices(who, spec))))]
    concerned = Q(key__in=own)
    below = {path for role in cards.roles(spec) for path in who.paths(role, spec.id)}
    if below:
        bounds = (tree.bounds(path) for path in sorted(below))
        covered = reduce(or_, (Q(path__gte=low, path__lt=high) for low, high in bounds))
        concerned |= Q(org_id__in=Org.objects.filter(covered).values("pk"))
    rounds = Matter.objects.filter(programme=spec.id, kind__in=kinds).exclude(phase="done")
    rows = (
        PairSide.objects.filter(concerned, state__in=FREE, matter_id__in=rounds.values("pk"))
        .annotate(
            own=Q(key__in=own),
            said=Exists(PairCard.objects.filter(programme=spec.id, whom=OuterRef("key"))),
        )
        .values_list("key", "org_id", "said", "own")
        .order_by("-own", "said", "key", "org_id")
        .distinct()[:LISTED]
    )
    found: dict[str, Asked] = {}
    for key, org_id, said, _ in rows:
        found.setdefault(key, Asked(spec, key, org_id, said=said))
    return list(found.values())

"""What figures may know of pairs: each who came into a round and what became of them; each two who became
partners, and whether they are of one group, of two, or were partners before. Never who they are."""

from bihuan.facets.pair.block import OF_PAIRS, OF_SIDES, PAIR, PARTNERS
from bihuan.facets.pair.models import PairOf, PairSide
from bihuan.insight import api as insight


def declare() -> None:
    """Makes them known to the facts."""
    insight.declare_parts(insight.Parted(PairSide.PART, PAIR.name, "state", OF_SIDES))
    insight.declare_parts(insight.Parted(PairOf.PART, PARTNERS.name, "match", OF_PAIRS))

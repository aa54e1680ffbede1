"""What figures may know of stances: each that was taken, changed or withdrawn, by choice where that is
open, at the organisations of its matter, on its day; never by whom."""

from bihuan.facets.stances.block import SAID, STANCES
from bihuan.facets.stances.models import Stance
from bihuan.insight import api as insight


def declare() -> None:
    """Makes stances known to the facts."""
    insight.declare_parts(insight.Parted(Stance.PART, STANCES.name, "choice", SAID))

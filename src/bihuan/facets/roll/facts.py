"""What figures may know of rolls: each who came on one, and what became of them, at the organisations
of its matter, on its day; never who it was."""

from bihuan.facets.roll.block import ROLL, SAID
from bihuan.facets.roll.models import Enrolled
from bihuan.insight import api as insight


def declare() -> None:
    """Makes rolls known to the facts."""
    insight.declare_parts(insight.Parted(Enrolled.PART, ROLL.name, "state", SAID))

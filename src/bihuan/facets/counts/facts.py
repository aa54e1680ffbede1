"""What figures may know of counts: of which group, and by how much each number grew or fell in a step, so
that what was corrected adds up to what stands."""

from bihuan.facets.counts.block import COUNTS, SAID
from bihuan.facets.counts.models import GroupCount
from bihuan.insight import api as insight


def declare() -> None:
    """Makes counts known to the facts."""
    insight.declare_parts(
        insight.Parted(GroupCount.PART, COUNTS.name, "counted", SAID, numbers="numbers")
    )

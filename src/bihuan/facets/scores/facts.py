"""What figures may know of scores: from how many forms each item was, and their points; never who gave what."""

from bihuan.facets.scores.block import SAID, SCORES
from bihuan.facets.scores.models import ScoreResult
from bihuan.insight import api as insight


def declare() -> None:
    """Makes results known to the facts."""
    insight.declare_parts(
        insight.Parted(ScoreResult.PART, SCORES.name, "scored", SAID, numbers="numbers")
    )

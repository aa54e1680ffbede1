"""What figures may know of pools: when each stay began and ended, where; how long it was is its age."""

from bihuan.facets.levels.models import PoolStay
from bihuan.insight import api as insight


def declare() -> None:
    """Makes the stays that are over known to the facts."""
    same = ("programme", "kind", "category", "home_path", "unit_path")
    columns = {name: name for name in same} | {
        "home": "home_id",
        "unit": "unit_id",
        "opened": "entered_at",
    }
    insight.declare(insight.Stream(PoolStay.STREAM, columns, subject="subject"))

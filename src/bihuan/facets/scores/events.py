"""What happens to scores: within the steps of their matters; figures ask for it by these names."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types

_PARTS = ("score", "score_sheet", "score_result")
_MOVES = ("taken", "changed", "withdrawn")


def declare() -> None:
    """Declares the event types of this facet."""
    declare_types([EventType("matter.scores_forgotten", "staff", ())])
    declare_types([EventType(f"{part}.{move}", "staff", ()) for part in _PARTS for move in _MOVES])

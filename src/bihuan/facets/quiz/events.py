"""What happens to questions and short tests: within the steps of their matters; figures ask for it by these names."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types

FORGOTTEN = "matter.quiz_forgotten"
_PARTS = ("question", "quiz", "quiz_attempt", "quiz_result")
_MOVES = ("taken", "changed", "withdrawn")


def declare() -> None:
    """Declares the event types of this facet."""
    names = (FORGOTTEN, *(f"{part}.{move}" for part in _PARTS for move in _MOVES))
    declare_types([EventType(name, "staff", ()) for name in names])

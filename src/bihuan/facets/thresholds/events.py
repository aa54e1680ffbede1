"""What happens when a threshold is crossed again while the matter of the first time is open, and when a correction
takes off what crossed it."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types

AGAIN = "matter.crossed_again"
FELL = "matter.crossing_fell"


def declare() -> None:
    """Declares the event types of this facet."""
    moves = ("taken", "changed", "withdrawn")
    parts = [
        EventType(f"{part}.{move}", "staff", ())
        for part in ("adds_to", "crossing")
        for move in moves
    ]
    declare_types([*(EventType(one, "staff", ()) for one in (AGAIN, FELL)), *parts])

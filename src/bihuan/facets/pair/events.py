"""What happens to pairs: within the steps of their matters, and to cards of their own."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types

SAID, MISSED, FORGOTTEN = "pair_card.said", "matter.pair_missed", "matter.pair_forgotten"
_PARTS = ("pair_side", "pair_of")
_MOVES = ("taken", "changed", "withdrawn")


def declare() -> None:
    """Declares the event types of this facet."""
    names = (SAID, MISSED, FORGOTTEN, *(f"{part}.{move}" for part in _PARTS for move in _MOVES))
    declare_types([EventType(name, "staff", ()) for name in names])

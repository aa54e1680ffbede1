"""What happens to counts: within the steps of their matters; figures ask for it by these names."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types

_MOVES = ("taken", "changed", "withdrawn")


def declare() -> None:
    """Declares the event types of this facet."""
    declare_types([EventType(f"group_count.{move}", "staff", ()) for move in _MOVES])

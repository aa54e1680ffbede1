"""What happens to plans: within the steps of their matters; figures ask for it by these names."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types

FORGOTTEN = "matter.plan_forgotten"
_PARTS = ("plan_line", "journal_entry")
_MOVES = ("taken", "changed", "withdrawn")


def declare() -> None:
    """Declares the event types of this facet."""
    told = [EventType(f"{part}.{move}", "staff", ()) for part in _PARTS for move in _MOVES]
    declare_types([EventType(FORGOTTEN, "staff", ()), *told])

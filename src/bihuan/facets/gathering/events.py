"""What happens to gatherings: within the steps of their matters; figures ask for it by these names."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types

FORGOTTEN, REMINDED = "matter.gathering_forgotten", "matter.gathering_reminded"
_PARTS = (
    *("sitting", "attendance", "agenda_line", "minutes_text", "minutes_signature"),
    *("attendance_mend", "excuse_declined", "attested_lines"),
)
_MOVES = ("taken", "changed", "withdrawn")


def declare() -> None:
    """Declares the event types of this facet."""
    names = (FORGOTTEN, REMINDED, *(f"{part}.{move}" for part in _PARTS for move in _MOVES))
    declare_types([EventType(name, "staff", ()) for name in names])

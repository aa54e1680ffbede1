"""What happens to nominations beside their own steps."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types

FORGOTTEN = "matter.round_forgotten"


def declare() -> None:
    """Declares the event types of this facet."""
    declare_types([EventType(FORGOTTEN, "staff", ())])

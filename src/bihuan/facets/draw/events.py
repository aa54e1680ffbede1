"""What happens to draws: within the steps of their matters."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    """Declares the event types of this facet."""
    declare_types([EventType("draw_made.taken", "staff", ())])

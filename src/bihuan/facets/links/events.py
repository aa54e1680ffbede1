"""What can happen to a matter because of what it is linked to."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types

ACTED = "matter.linked_acted"


def declare() -> None:
    """Declares the event types of this facet."""
    declare_types([EventType(ACTED, "staff", (), ("action", "link", "done"))])

"""What happens to those on a roll: within the steps of their matters; figures ask for it by these names."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types

TAKEN, CHANGED, WITHDRAWN = "member.taken", "member.changed", "member.withdrawn"
FORGOTTEN = "matter.roll_forgotten"


def declare() -> None:
    """Declares the event types of this facet."""
    names = (FORGOTTEN, TAKEN, CHANGED, WITHDRAWN)
    declare_types([EventType(name, "staff", ()) for name in names])

"""What happens when matters are opened for each of a roster, beside the steps of the one above them."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types

GREW, MISSED, LEFT = "matter.each_grew", "matter.each_missed", "matter.each_left"
# One that somebody opened by hand is taken for the one that was to be opened.
TAKEN = "matter.each_taken"


def declare() -> None:
    """Declares the event types of this facet."""
    declare_types([EventType(name, "staff", ()) for name in (GREW, MISSED, LEFT, TAKEN)])

"""What can happen to a paper: it is issued, replaced by another, withdrawn; its words are erased."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types

ISSUED, REPLACED, WITHDRAWN = "paper.issued", "paper.replaced", "paper.withdrawn"
ERASED = "paper.erased"
# On the time line of its matter.
OF_MATTER, WITHDRAWN_OF_MATTER = "matter.paper_issued", "matter.paper_withdrawn"


def declare() -> None:
    """Declares the event types of this room."""
    declare_types(
        [
            EventType(ISSUED, "staff", ("set",)),
            EventType(REPLACED, "staff", ()),
            EventType(WITHDRAWN, "staff", ()),
            EventType(ERASED, "admin", ()),
            EventType(OF_MATTER, "staff", (), ("paper", "number")),
            EventType(WITHDRAWN_OF_MATTER, "staff", (), ("paper", "number")),
        ]
    )

"""What can happen to entries of a phone."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [
            EventType("phone_entry.taken", "admin", ("set",)),
            EventType("phone_entry.held", "admin", ("set",)),
            EventType("phone_entry.cleared", "admin", ("set",)),
            EventType("phone_entry.registered", "admin", ()),
            EventType("phone_entry.dropped", "admin", ("set", "reason")),
        ]
    )

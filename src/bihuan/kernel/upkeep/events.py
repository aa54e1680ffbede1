"""What can happen to matters as the years go."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [
            EventType("matter.rescoped", "admin", ()),
            EventType("matter.succeeded", "staff", (), ("from", "to")),
            EventType("matter.release_moved", "admin", (), ("digest",)),
            EventType("matter.erased", "admin", ()),
        ]
    )

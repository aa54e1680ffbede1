"""What can happen to a publication."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [
            EventType("publication.drafted", "staff", ("set",)),
            EventType("publication.edited", "staff", ("set",)),
            EventType("publication.published", "sender", ()),
            EventType("publication.withdrawn", "sender", ()),
        ]
    )

"""What can happen to absences."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [
            EventType("absence.said", "admin", ()),
            EventType("absence.over", "admin", ()),
        ]
    )

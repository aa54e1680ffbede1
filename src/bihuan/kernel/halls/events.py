"""What can happen to the plans of a hall."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [
            EventType("timetable.set", "admin", ()),
            EventType("timetable.ended", "admin", ()),
            EventType("visit.planned", "admin", ()),
            EventType("visit.cancelled", "admin", ()),
        ]
    )

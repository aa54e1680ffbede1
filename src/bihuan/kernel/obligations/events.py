"""What can happen to obligations: they are computed, only that somebody is free of one is said."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [
            EventType("obligation.waived", "staff", ("set",)),
            EventType("obligation.waiver_ended", "staff", ()),
        ]
    )

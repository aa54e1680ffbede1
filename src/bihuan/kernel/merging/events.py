"""What can happen to matters that say the same."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [
            EventType("matter.retitled", "staff", ("set",)),
        ]
    )

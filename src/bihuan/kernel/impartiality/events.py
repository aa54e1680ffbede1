"""What can happen to who is kept away, or complained of."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [
            EventType("matter.recused", "staff", ("reason",), ("person",)),
            EventType("matter.named", "staff", ("complained_of",)),
            EventType("matter.name_dropped", "staff", ("reason",)),
        ]
    )

"""What can happen to lists and tables."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types

_IMPORTED = ("programme", "kind", "org", "opened", "repeated", "bad")


def declare() -> None:
    declare_types(
        [
            EventType("list.exported", "admin", (), ("rows", "filter"), security=True),
            EventType("members.exported", "admin", (), ("rows", "filter"), security=True),
            EventType("table.imported", "admin", (), _IMPORTED, security=True),
        ]
    )

"""What can happen to workbooks of organisations and people."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types

_EARLIER = ("kind", "org", "new", "changed", "same", "bad")
_TAKEN = ("org", "new", "changed", "moved", "same", "bad", "ended")


def declare() -> None:
    declare_types(
        [
            EventType("directory.exported", "admin", (), ("rows",), security=True),
            EventType("directory.imported", "admin", (), _TAKEN, security=True),
            # Of versions before this one; nothing writes them any more.
            EventType("roster.exported", "admin", (), ("kind", "rows"), security=True),
            EventType("roster.imported", "admin", (), _EARLIER, security=True),
        ]
    )

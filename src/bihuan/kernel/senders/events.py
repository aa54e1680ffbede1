"""What can happen to what is between a matter and its sender."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [
            EventType("matter.code_renewed", "staff", ()),
            EventType("matter.mail_returned", "staff", (), ("status",)),
            EventType("caller.sought", "admin", (), ("found",), security=True),
        ]
    )

"""What can happen to webhooks."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [
            EventType("webhook.added", "admin", ("set",), security=True),
            EventType("webhook.stopped", "admin", (), security=True),
        ]
    )

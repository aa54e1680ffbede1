"""What can happen to links for outsiders."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [
            EventType("matter.watched", "staff", (), ("watch", "expires")),
            EventType("matter.unwatched", "staff", (), ("watch",)),
            EventType("matter.opined", "staff", ("opinion",), ("watch",)),
            EventType("matter.text_released", "staff", (), ("watch", "text")),
            EventType("matter.text_withdrawn", "staff", (), ("watch", "text")),
            EventType("watch.given", "staff", ("set",), security=True),
            EventType("watch.looked", "staff", ()),
            EventType("watch.ended", "staff", ()),
            EventType("watch.erased", "admin", ()),
            EventType("watch_text.waits", "staff", ("set",)),
            EventType("watch_text.released", "staff", ("set",)),
            EventType("watch_text.withdrawn", "staff", ()),
            EventType("watch_text.erased", "admin", ()),
        ]
    )

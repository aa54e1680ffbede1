"""What can happen to a publication, a bulletin, a layout or a subscription."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [
            EventType("publication.drafted", "staff", ("set",)),
            EventType("publication.edited", "staff", ("set",)),
            EventType("publication.published", "sender", ()),
            EventType("publication.withdrawn", "sender", ()),
            EventType("views.counted", "admin", ()),
            EventType("bulletin.drafted", "staff", ()),
            EventType("bulletin.edited", "staff", ()),
            EventType(
                "bulletin.issued", "sender", (), ("frozen", "horizon", "facts_hash", "layout")
            ),
            EventType("bulletin.withdrawn", "sender", ()),
            EventType("subscription.started", "staff", ()),
            EventType("subscription.ended", "staff", ()),
            EventType("layout.uploaded", "staff", ()),
            EventType("layout.started", "staff", ()),
            EventType("layout.ended", "staff", ()),
        ]
    )

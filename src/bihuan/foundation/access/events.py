"""What can happen to grants and tokens."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [
            EventType("grant.given", "admin", ()),
            EventType("grant.ended", "admin", ()),
            EventType("token.issued", "admin", ()),
            EventType("token.revoked", "admin", ()),
        ]
    )

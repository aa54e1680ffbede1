"""What can happen to releases and settings."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [
            EventType("release.installed", "admin", ()),
            EventType("release.adapted", "admin", ()),
            EventType("programme.in_force", "admin", ()),
            EventType("programme.ended", "admin", ()),
            EventType("setting.overridden", "admin", (), security=True),
            EventType("setting.ended", "admin", (), security=True),
        ]
    )

"""What can happen to organisations, people and calendars."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [
            EventType("org.created", "admin", ()),
            EventType("org.loaded", "admin", ()),
            EventType("org.changed", "admin", ()),
            EventType("org.moved", "admin", ()),
            EventType("org.merged", "admin", ()),
            EventType("person.created", "admin", ("set",)),
            EventType("person.changed", "admin", ("set",)),
            EventType("person.password_set", "admin", ()),
            EventType("person.password_taken_up", "admin", ()),
            EventType("post.given", "admin", ()),
            EventType("post.ended", "admin", ()),
            EventType("calendar.created", "admin", ()),
            EventType("calendar.year_set", "admin", ()),
        ]
    )

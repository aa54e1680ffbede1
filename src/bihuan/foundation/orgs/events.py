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
            EventType("org_type.added", "admin", ()),
            EventType("org_type.changed", "admin", ()),
            EventType("person.created", "admin", ("set",), ("published",), security=True),
            EventType("person.added", "admin", ("set",), security=True),
            EventType("person.account_opened", "admin", (), security=True),
            EventType("person.changed", "admin", ("set",), security=True),
            EventType("person.password_set", "admin", (), security=True),
            EventType("person.password_rehashed", "admin", (), security=True),
            EventType("person.password_taken_up", "admin", (), security=True),
            EventType("person.change_demanded", "admin", (), security=True),
            EventType("post.given", "admin", (), security=True),
            EventType("post.ended", "admin", (), security=True),
            EventType("membership.begun", "admin", (), ("by_matter",)),
            EventType("membership.ended", "admin", (), ("by_matter",)),
            EventType("exemption.given", "admin", ("set",)),
            EventType("exemption.ended", "admin", ()),
            EventType("calendar.created", "admin", ()),
            EventType("calendar.year_set", "admin", ()),
        ]
    )

"""What can happen to a matter."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types

# What a step of a matter says beside what it changes.
_STEP = (
    "action",
    "inputs",
    "origin",
    "stands_in",
    "children",
    "steps",
    "moved",
    "announce",
    "code_renewed",
)
_IMPORTED = ("programme", "kind", "org", "opened", "repeated", "bad")
_HANDED = ("absence", "person", "stand_in")


def declare() -> None:
    declare_types(
        [
            EventType("matter.opened", "sender", ("set", "body", "complained_of", "inputs"), _STEP),
            EventType("matter.acted", "sender", ("inputs",), _STEP),
            EventType("matter.noted", "staff", ("note",)),
            EventType("matter.stepped", "staff", (), _STEP),
            EventType("matter.act_refused", "staff", (), ("action", "act", "why", "values")),
            EventType("matter.recalculated", "sender", (), _STEP),
            EventType("matter.joined", "staff", (), ("number", "matter")),
            EventType("matter.parted", "staff", (), ("number", "matter")),
            EventType("matter.retitled", "staff", ("set",)),
            EventType("matter.recused", "staff", ("reason",), ("person",)),
            EventType("matter.named", "staff", ("complained_of",)),
            EventType("matter.name_dropped", "staff", ("reason",)),
            EventType("matter.handed_over", "staff", (), _HANDED),
            EventType("matter.handed_back", "staff", (), _HANDED),
            EventType("absence.said", "admin", ()),
            EventType("absence.over", "admin", ()),
            EventType("matter.code_renewed", "staff", ()),
            EventType("matter.mail_returned", "staff", (), ("status",)),
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
            EventType("matter.rescoped", "admin", ()),
            EventType("matter.succeeded", "staff", (), ("from", "to")),
            EventType("matter.release_moved", "admin", (), ("digest",)),
            EventType("matter.erased", "admin", ()),
            EventType("list.exported", "admin", (), ("rows", "filter"), security=True),
            EventType("table.imported", "admin", (), _IMPORTED, security=True),
            EventType("phone_entry.taken", "admin", ("set",)),
            EventType("phone_entry.held", "admin", ("set",)),
            EventType("phone_entry.cleared", "admin", ("set",)),
            EventType("phone_entry.registered", "admin", ()),
            EventType("phone_entry.dropped", "admin", ("set", "reason")),
            EventType("phrase.added", "admin", ()),
            EventType("phrase.dropped", "admin", ()),
        ]
    )

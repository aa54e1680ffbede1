"""What can happen to a matter."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [
            EventType("matter.opened", "sender", ("set", "body", "complained_of", "inputs")),
            EventType("matter.acted", "sender", ("inputs",)),
            EventType("matter.noted", "staff", ("note",)),
            EventType("matter.stepped", "staff", ()),
            EventType("matter.recalculated", "sender", ()),
            EventType("matter.joined", "staff", ()),
            EventType("matter.parted", "staff", ()),
            EventType("matter.retitled", "staff", ("set",)),
            EventType("matter.recused", "staff", ("reason",)),
            EventType("matter.named", "staff", ("complained_of",)),
            EventType("matter.name_dropped", "staff", ("reason",)),
            EventType("matter.handed_over", "staff", ()),
            EventType("matter.handed_back", "staff", ()),
            EventType("absence.said", "admin", ()),
            EventType("absence.over", "admin", ()),
            EventType("matter.code_renewed", "staff", ()),
            EventType("matter.mail_returned", "staff", ()),
            EventType("matter.watched", "staff", ()),
            EventType("matter.unwatched", "staff", ()),
            EventType("matter.opined", "staff", ("opinion",)),
            EventType("watch.given", "staff", ("set",)),
            EventType("watch.looked", "staff", ()),
            EventType("watch.ended", "staff", ()),
            EventType("watch.erased", "admin", ()),
            EventType("matter.rescoped", "admin", ()),
            EventType("matter.succeeded", "staff", ()),
            EventType("matter.release_moved", "admin", ()),
            EventType("matter.erased", "admin", ()),
            EventType("phrase.added", "admin", ()),
            EventType("phrase.dropped", "admin", ()),
        ]
    )

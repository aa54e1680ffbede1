"""What can happen to text modules."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [
            EventType("phrase.added", "admin", ()),
            EventType("phrase.dropped", "admin", ()),
        ]
    )

"""What can happen to the services of a catalogue."""

from bihuan.foundation.audit.api import EventType
from bihuan.foundation.audit.api import declare as declare_types


def declare() -> None:
    declare_types(
        [EventType("service.offered", "admin", ()), EventType("service.ended", "admin", ())]
    )

"""What a sender was answered."""

from bihuan.foundation.audit.api import history, read
from bihuan.kernel.matters import filled
from bihuan.kernel.matters.models import Matter


def last_reply(matter: Matter) -> str:
    """The newest answer on a matter's time line, or ''."""
    for event in reversed(history(matter.stream)):
        found = filled.for_sender(matter, event.type, read(event)).get("reply")
        if found:
            return str(found)
    return ""

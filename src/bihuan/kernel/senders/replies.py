"""What a sender was answered."""

from bihuan.foundation.audit.api import history, read
from bihuan.kernel.matters.models import Matter


def last_reply(matter: Matter) -> str:
    """The newest answer on a matter's time line, or ''."""
    for event in reversed(history(matter.stream)):
        found = read(event).get("private", {}).get("inputs", {}).get("reply")
        if found:
            return str(found)
    return ""

"""What a sender was answered."""

from bihuan.foundation.audit.api import history, read
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import api as programmes


def last_reply(matter: Matter) -> str:
    """The newest answer on a matter's time line, or ''."""
    kind = programmes.spec_of(matter.release_id).kinds[matter.kind]
    for event in reversed(history(matter.stream)):
        content = read(event)
        action = kind.actions.get(content.get("action", ""))
        inputs = {**content.get("inputs", {}), **content.get("private", {}).get("inputs", {})}
        names = action.giving("answer") if action is not None else ()
        if found := next((inputs[name] for name in names if inputs.get(name)), None):
            return str(found)
    return ""

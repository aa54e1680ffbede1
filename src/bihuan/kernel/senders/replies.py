"""What a sender was answered."""

from bihuan.foundation.audit.api import history, read
from bihuan.kernel.matters import filled
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.spec import answering


def last_reply(matter: Matter) -> str:
    """The newest answer on a matter's time line, or ''."""
    programme = programmes.spec_of(matter.release_id)
    names = answering.answers(programme, programme.kinds[matter.kind])
    for event in reversed(history(matter.stream)):
        inputs = filled.for_sender(matter, event.type, read(event))
        found = next((inputs[name] for name in inputs if name in names and inputs[name]), None)
        if found:
            return str(found)
    return ""

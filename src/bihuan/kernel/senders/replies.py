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
    events = reversed(history(matter.stream))
    given = (filled.for_sender(matter, one.type, read(one)) for one in events)
    return answering.newest(names, given)

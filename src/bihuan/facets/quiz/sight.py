"""Who reads what is right, and what others answered: whoever changes the questions or opens and closes it."""

from bihuan.facets.quiz.block import ASKING, CLOSE, OPEN, QUIZ, doing
from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters import access
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes


def keeps(found: Matter, who: Actor) -> bool:
    """Whether somebody organises it."""
    programme = programmes.spec_of(found.release_id)
    kind = programme.kinds[found.kind]
    return any(
        access.may_act(who, found, kind.actions[name], programme)
        for name in doing(kind, *ASKING, OPEN, CLOSE)
    )


def may_copy(found: Matter, who: Actor) -> bool:
    """Whether somebody who sees a matter may take over its questions: those of a bank; of a short test who
    organises it."""
    kind = programmes.spec_of(found.release_id).kinds[found.kind]
    return QUIZ.of(kind) is None or keeps(found, who)

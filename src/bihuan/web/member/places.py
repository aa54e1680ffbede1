"""The places of the member face, and what is at hand on a phone."""

from dataclasses import dataclass

from bihuan.foundation.access.api import Actor
from bihuan.kernel.people import api as people


@dataclass(frozen=True)
class Place:
    """A place: the `section` its page says it is in, the name of its address, the key of its words, its icon."""

    section: str
    address: str
    label: str
    icon: str


TODAY = Place("member-today", "member:today", "member.today", icon="sun")
JOIN = Place("member-join", "member:join", "member.join", icon="hand-stop")
MINE = Place("member-mine", "member:mine", "member.mine", icon="user")
SAY = Place("member-say", "member:say", "member.say", icon="message-2")
BRANCH = Place("member-branch", "member:branch", "member.branch", icon="users-group")
# On a phone: these, and 更多.
BAR = 4


def places(who: Actor) -> tuple[Place, ...]:
    """The places of somebody: whoever keeps a list of members has one more, at hand before the others."""
    if people.kept_at(who):
        return (BRANCH, TODAY, JOIN, MINE, SAY)
    return (TODAY, JOIN, MINE, SAY)

"""Where somebody's day begins, and around which face their pages stand."""

from datetime import datetime

from django.utils import timezone

from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import duties
from bihuan.kernel.upkeep import api as upkeep
from bihuan.spec.base import DUTIES

MEMBER, DESK = "member", "desk"


def _works(who: Actor) -> bool:
    """Whether a role gives somebody a duty of the house, or they administer something: other roles are a
    member's, who seconds, votes or is on a list by it."""
    return officers.is_officer(who) or duties.anywhere(who, *DUTIES.names())


def shell(who: Actor) -> str:
    """Around which face pages stand: the member's for whoever has no work, or keeps the list of a branch and
    neither receives nor leads; the desk's for all others."""
    if not _works(who):
        return MEMBER
    over = officers.is_officer(who) or duties.anywhere(who, "receive", *duties.LEADING)
    return MEMBER if people.kept_at(who) and not over else DESK


def page(who: Actor, at: datetime) -> str:
    """The name of the page where the day begins: a clerk's is the queue, a leader's the cockpit, a
    secretary's the branch, an administrator's on the first morning where there is nothing yet, a member's
    today."""
    if duties.anywhere(who, "receive"):
        return "desk:queue"
    if duties.anywhere(who, *duties.LEADING):
        return "desk:cockpit"
    if people.kept_at(who):
        return "member:branch"
    if not _works(who):
        return "member:today"
    on = timezone.localtime(at).date()
    return "studio:home" if upkeep.is_beginning(who, on, own=True) else "desk:today"

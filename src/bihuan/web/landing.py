"""Where somebody's day begins, and around which face their pages stand."""

from datetime import datetime

from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import duties
from bihuan.kernel.upkeep import api as upkeep

MEMBER, DESK = "member", "desk"


def shell(who: Actor) -> str:
    """Around which face pages stand: the member's for whoever keeps the list of a branch, or has no role
    at all; the desk's for all others."""
    if not who.held:
        return MEMBER
    works = duties.anywhere(who, "receive", *duties.LEADING)
    return MEMBER if people.kept_at(who) and not works else DESK


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
    if not who.held:
        return "member:today"
    on = timezone.localtime(at).date()
    return "studio:home" if upkeep.is_beginning(who, on, own=True) else "desk:today"

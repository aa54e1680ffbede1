"""What goes on in the hands of somebody who has left: nobody else has it on their list, and nobody comes for it."""

from datetime import date

from django.db.models import Count, Q

from bihuan.foundation.access import leaving
from bihuan.foundation.audit.api import standing
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import api as programmes

OPEN = ("open", "waiting")
# A condition like any other, which lists counted together can be asked with.
_NONE = Q(assignee_id=0)


def rows(on: date) -> Q:
    """The condition for matters in such hands on a day. Of kinds in which members take part only where the
    account is off: nobody needs a role for what is their own."""
    if not leaving.anybody_left(on):
        return _NONE
    left = leaving.left_by(on)
    off = Q(assignee_id__in=left.filter(is_active=False).values("pk"))
    q = Q(assignee_id__in=left.values("pk"), phase__in=OPEN)
    for programme, kind in _of_members():
        q &= ~Q(programme=programme, kind=kind) | off
    return q


@standing.kept
def _of_members() -> tuple[tuple[str, str], ...]:
    kinds = ((one, name) for one in programmes.known() for name in one.kinds)
    return tuple((one.id, name) for one, name in kinds if one.takes_part(name))


def hands(on: date) -> list[tuple[int, int, str, int]]:
    """(who has left, at which unit, of which programme, how many matters they still have)."""
    found = Matter.objects.filter(rows(on)).order_by("unit_id", "assignee_id", "programme")
    told = found.values_list("assignee_id", "unit_id", "programme").annotate(many=Count("pk"))
    return [(who, unit, programme, many) for who, unit, programme, many in told if who is not None]

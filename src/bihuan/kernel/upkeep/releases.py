"""Moving open matters to another release of their programme."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import ProblemError, RefusedError
from bihuan.spec import release


def _opened_under(release_id: int) -> QuerySet[Matter]:
    """Open matters of a release, those it was adapted for locally among them."""
    of = Q(release_id=release_id) | Q(release__base_id=release_id)
    return Matter.objects.filter(of).exclude(phase="done")


def blocked_moves(release_id: int, to_id: int) -> list[str]:
    """Numbers of open matters whose state the new release does not know."""
    target = programmes.spec_of(to_id)
    rows = _opened_under(release_id)
    return [
        m.number
        for m in rows.iterator()
        if m.kind not in target.kinds or m.state not in target.kinds[m.kind].states
    ]


def move_release(
    release_id: int, to_id: int, *, actor: Actor, at: datetime
) -> tuple[int, list[tuple[str, str | None, str | None]]]:
    """Moves open matters to another release of the same programme; all or none.

    Returns how many moved and what differs. Raises ProblemError for another programme,
    RefusedError naming matters whose state the new release lacks.
    """
    old, new = programmes.spec_of(release_id), programmes.spec_of(to_id)
    if old.id != new.id:
        raise ProblemError("matters.other_programme")
    blocked = blocked_moves(release_id, to_id)
    if blocked:
        raise RefusedError("matters.blocked_moves", numbers="、".join(blocked[:20]))
    moved = 0
    with transaction.atomic():
        for found in _opened_under(release_id).order_by("pk"):
            when = max(at, found.changed_at)
            opened = timezone.localtime(found.opened_at).date()
            held = programmes.held_under(to_id, found.home_path, opened)
            moved_to = programmes.release_for(held, at=at, actor=actor.ref)
            change(
                found,
                Happening(
                    "matter.release_moved",
                    when,
                    actor.ref,
                    set={"release_id": moved_to, "changed_at": when},
                    data={"digest": release.digest(held.programme)},
                ),
            )
            moved += 1
    return moved, release.diff(old, new)

"""What boards keep for staff: read by whoever has a role of the programme under the same root of the
tree, whatever the role, as what is public is read by everybody."""

from datetime import datetime

from django.db.models import Q

from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import tree
from bihuan.kernel.matters.api import of_streams
from bihuan.kernel.programmes import api as programmes
from bihuan.outcomes.publicity import views
from bihuan.outcomes.publicity.models import Publication
from bihuan.outcomes.publicity.parts import for_staff
from bihuan.outcomes.publicity.parts import shown as as_shown


def _readable(actor: Actor) -> Q:
    found = Q(pk__in=[])
    for programme in programmes.known():
        roles = {role.id for role in programme.manifest.roles}
        for role, path, of in actor.held:
            if role in roles and of in ("", programme.id):
                low, high = tree.bounds(tree.ancestors(path)[-1])
                found |= Q(programme=programme.id, home_path__gte=low, home_path__lt=high)
    return found


def keeps(row: Publication) -> bool:
    """Whether what is published of a draft by now is for staff: by then or since, never less."""
    found = of_streams([row.subject]).get(row.subject)
    return row.inside or (
        found is not None and for_staff(programmes.spec_of(found.release_id), row.board)
    )


def published(actor: Actor, *, limit: int = 100) -> list[Publication]:
    """What stands on boards for staff that the actor may read, the last published first."""
    if not actor.may_scope("matters:read"):
        return []
    rows = Publication.objects.filter(_readable(actor), inside=True, state="published")
    return list(as_shown(rows.order_by("-published_at", "-pk")[:limit]))


def read(pk: int, *, actor: Actor, at: datetime) -> Publication:
    """One of them, and counts the view. Raises LookupError for drafts, public, unknown ones and those
    of others alike, and for what was withdrawn: who published it reads why there."""
    rows = Publication.objects.filter(_readable(actor), pk=pk, inside=True, state="published")
    row = next(as_shown(rows), None) if 0 < pk < 2**63 else None
    if row is None or not actor.may_scope("matters:read"):
        raise LookupError(pk)
    views.count(pk, at=at)
    return row

"""A workbook with a list of members, taken in by who keeps it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.people import api as people
from bihuan.web import choosing
from bihuan.web.actor import actor_of
from bihuan.web.studio.door import label_of, today
from bihuan.web.studio.workbook import Door, answered


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def take_in(request: HttpRequest) -> HttpResponse:
    """Looks at a workbook for the organisations whose list one keeps, and takes it in when confirmed.
    Raises DeniedError for who keeps none."""
    scope = _kept(actor_of(request))
    if not scope.paths:
        raise DeniedError("keep")
    only = orgs.orgs_at(scope.paths) if len(scope.paths) == 1 else []
    door = Door(
        "desk/members_import.html",
        "members",
        reverse("desk:members_import"),
        reverse("desk:members_choose", args=["org"]),
        reverse("desk:members_export"),
        scope,
        label_of(only[0] if only else None),
        whole=False,
    )
    return answered(request, door)


def _kept(who: Actor) -> choosing.Scope:
    """Where somebody keeps a list."""
    paths = {
        path
        for sort, where in people.roots(who).values()
        for path in where
        if people.keeps(who, sort, path)
    }
    return choosing.Scope(tuple(sorted(paths)), today())

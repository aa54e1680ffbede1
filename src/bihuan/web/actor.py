"""From a request to the actor behind it."""

from django.http import HttpRequest
from django.utils import timezone

from bihuan.foundation.access.api import SENDER, Actor, actor
from bihuan.foundation.orgs.api import Person
from bihuan.lib.clock import now


def actor_of(request: HttpRequest) -> Actor:
    """The logged-in person as actor, loaded once a request; a sender when nobody is logged in."""
    kept = getattr(request, "_bihuan_actor", None)
    if isinstance(kept, Actor):
        return kept
    user = request.user
    found = SENDER
    if isinstance(user, Person):
        found = actor(user, timezone.localtime(now()).date())
    request._bihuan_actor = found  # type: ignore[attr-defined]  # memo for one request
    return found

"""Inviting somebody to an account, or to a new password: the link and its QR code, shown once."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access import governing, inviting, officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.lib import codes
from bihuan.lib.clock import now
from bihuan.lib.problems import ProblemError
from bihuan.web import errors, words
from bihuan.web.actor import actor_of
from bihuan.web.portal.ask import square
from bihuan.web.studio.door import administrator, day_of, show, today


@administrator
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """A person's invitation: whether there is one, a new one (shown in the answer alone), its end."""
    who, row, at = actor_of(request), orgs.person(pk), now()
    if not governing.may_know(who, pk, at):
        raise LookupError(pk)
    context: dict[str, Any] = {}
    if request.method == "POST":
        try:
            if request.POST.get("do") == "end":
                governing.end_invitation(pk, at=at, actor=who)
                messages.success(request, words.text("invite.ended"), extra_tags="good")
                return redirect("studio:person", pk=pk)
            context = _given(request, pk, who)
        except ProblemError as error:
            messages.error(request, errors.message(error), extra_tags="bad")
    first = today()
    context |= {
        "page": "people",
        "person": row,
        "place": next(iter(orgs.places_of([pk], first).values()), ""),
        "hindrance": _hindrance(who, row),
        "standing": inviting.open_of(pk, at),
        "first": first,
        "usual": first + timedelta(days=inviting.USUAL),
        "last": first + timedelta(days=inviting.LONGEST),
        "most": inviting.LONGEST,
    }
    response = show(request, "studio/invite.html", context)
    if "code" in context:
        response.status_code = 200
    return response


def _given(request: HttpRequest, pk: int, who: Actor) -> dict[str, Any]:
    given, secret = governing.invite(pk, expires=day_of(request, "expires"), at=now(), actor=who)
    # The secret stands after the #, which browsers do not send: no log on the way keeps it.
    link = f"{settings.PUBLIC_URL}{reverse('desk:invited')}#{secret}"
    spaced = codes.spaced(secret)
    return {"code": spaced, "link": link, "qr": square(link), "expires": given.expires}


def _hindrance(who: Actor, row: orgs.Person) -> str:
    """Why somebody cannot be invited by the reader, as a key of words; '' where they can."""
    if row.pk == who.person_id:
        return "invite.mine"
    if not officers.is_over_person(who, officers.SECURITY, row.pk, today()):
        return "invite.not_over"
    return "" if row.is_active else "invite.inactive"

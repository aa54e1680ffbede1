"""What an IT person looks after: failed tasks, webhooks, API tokens."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import Actor
from bihuan.foundation.notify import api as notify
from bihuan.lib.clock import now
from bihuan.web import words
from bihuan.web.actor import actor_of
from bihuan.web.studio.door import administrator, carry_out, chosen, number_of, show, today

TOKEN_DAYS = 365


@administrator
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Lists, and one small form for each."""
    who = actor_of(request)
    if request.method == "POST" and carry_out(request, lambda: _do(request, who)):
        return redirect("studio:upkeep")
    context = {
        "page": "upkeep",
        "waiting": notify.waiting(now()),
        "failed": notify.failed(),
        "webhooks": notify.webhooks(),
        "tokens": access.tokens(),
        "scopes": access.SCOPES,
    }
    return show(request, "studio/upkeep.html", context)


def _do(request: HttpRequest, who: Actor) -> None:
    step, at = request.POST.get("do", ""), now()
    if step == "retry":
        notify.retry(number_of(request.POST.get("task")), at)
    elif step == "webhook":
        types = request.POST.get("types", "").replace(",", " ").split()
        notify.add_webhook(request.POST.get("url", "")[:400], types, at=at, actor=who.ref)
    elif step == "stop":
        notify.stop_webhook(number_of(request.POST.get("webhook")), at=at, actor=who.ref)
    elif step == "revoke":
        access.revoke_token(number_of(request.POST.get("token")), at=at, actor=who.ref)
    elif step == "token":
        secret = access.issue_token(
            chosen(request, "person", "person"),
            request.POST.get("name", ""),
            request.POST.getlist("scopes"),
            expires=today() + timedelta(days=TOKEN_DAYS),
            at=at,
            actor=who.ref,
        )
        messages.warning(request, words.text("studio.token_once", secret=secret))

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
from bihuan.web.studio.door import administrator, carry_out, chosen, show, today

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


def _pk(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if text.isascii() and text.isdigit() and len(text) < 18:
        return int(text)
    raise LookupError(text)


def _do(request: HttpRequest, who: Actor) -> None:
    step, at = request.POST.get("do", ""), now()
    if step == "retry":
        notify.retry(_pk(request, "task"), at)
    elif step == "webhook":
        types = request.POST.get("types", "").replace(",", " ").split()
        notify.add_webhook(request.POST.get("url", "")[:400], types, at=at, actor=who.ref)
    elif step == "stop":
        notify.stop_webhook(_pk(request, "webhook"), at=at, actor=who.ref)
    elif step == "revoke":
        access.revoke_token(_pk(request, "token"), at=at, actor=who.ref)
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

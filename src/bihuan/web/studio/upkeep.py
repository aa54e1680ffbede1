"""What an IT person looks after: failed tasks, webhooks, API tokens."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access import governing, officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.notify import announced
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.lib.clock import now
from bihuan.web import words
from bihuan.web.actor import actor_of
from bihuan.web.studio.door import administrator, carry_out, chosen, number_of, show


@administrator
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Lists, and one small form for each. Tasks are shown to who administers the whole house."""
    who = actor_of(request)
    said = request.POST.get("do") == "webhook"
    if request.method == "POST" and carry_out(request, lambda: _do(request, who), said=said):
        return redirect("studio:upkeep")
    context: dict[str, Any] = {
        "page": "upkeep",
        "waiting": notify.waiting(now()),
        "whole": officers.is_over_house(who, officers.SYSTEM),
        "failed": notify.failed_tasks(who),
        "webhooks": notify.webhooks(who),
        "tokens": governing.tokens(who, now()),
    }
    return show(request, "studio/upkeep.html", context)


def _do(request: HttpRequest, who: Actor) -> None:
    step, at = request.POST.get("do", ""), now()
    if step == "retry":
        notify.retry_task(number_of(request.POST.get("task")), at=at, actor=who)
    elif step == "webhook":
        url, types = request.POST.get("url", "")[:400], request.POST.get("types", "")
        whole = officers.is_over_house(who, officers.SYSTEM) and not request.POST.get("org-text")
        path = "" if whole else orgs.org(chosen(request, "org", "org")).path
        wanted = types.replace(",", " ").split()
        made = notify.add_webhook(url, wanted, at=at, actor=who, org_path=path)
        told = words.text("studio.webhook_secret", url=made.url, secret=made.secret)
        messages.warning(request, told)
        if unknown := announced.untold(made.types):
            messages.warning(
                request, words.text("studio.webhook_unknown", types=words.listed(unknown))
            )
    elif step == "stop":
        notify.stop_webhook(number_of(request.POST.get("webhook")), at=at, actor=who)
    elif step == "revoke":
        governing.revoke_token(number_of(request.POST.get("token")), at=at, actor=who)

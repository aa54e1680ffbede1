"""Links by which supervisors outside follow a directive: who has one, a new one, the end of one."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bihuan.foundation.audit.api import ConflictError
from bihuan.kernel.matters import api as matters
from bihuan.kernel.watches import api as watch_links
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.web import errors, words
from bihuan.web.actor import actor_of
from bihuan.web.desk import watch_texts
from bihuan.web.portal.ask import qr

FIELDS = ("holder", "purpose", "expires")


@login_required
@require_http_methods(["GET", "POST"])
def watches(request: HttpRequest, pk: int) -> HttpResponse:
    """The links of a matter; posted, a new one, whose secret is shown this once, or the end of one."""
    who = actor_of(request)
    matter = matters.matter(who, pk)
    context: dict[str, Any] = {"given": request.POST, "problems": {}}
    status = 200
    if request.method == "POST":
        try:
            if ending := request.POST.get("end", ""):
                chosen = int(ending) if ending.isdecimal() and len(ending) < 19 else 0
                watch_links.end_watch(pk, chosen, actor=who, at=now())
                messages.success(request, words.text("watch.ended"), extra_tags="good")
                return redirect("desk:watches", pk=pk)
            asked = {name: request.POST.get(name, "") for name in FIELDS}
            key = request.POST.get("key") or None
            _, code = watch_links.watch(pk, asked, actor=who, at=now(), key=key)
        except InputError as error:
            lines = errors.by_field(error)
            context["problems"], status = lines, 422
        except (ProblemError, ConflictError) as error:
            context["problems"], status = {"": errors.message(error)}, errors.status(error)
        else:
            link = f"{settings.PUBLIC_URL}{reverse('portal:watch')}#{code}"
            shown = qr(code, "portal:watch")
            context |= {"code": code, "link": link, "given": {}, "qr": shown}
    texts = watch_links.texts_of(pk, actor=who)
    context |= {
        "section": "queue",
        "matter": matter,
        "rows": [
            (row, [(watch_texts.name(one), one) for one in texts if one.row.watch_id == row.pk])
            for row in watch_links.watches(pk, actor=who)
        ],
        "today": timezone.localtime(now()).date(),
        "key": secrets.token_urlsafe(16),
    }
    return render(request, "desk/watches.html", context, status=status)

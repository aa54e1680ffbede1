"""Common problems 共性问题: alike open matters, merged into one in one submit."""

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from bihuan.foundation.audit.api import ConflictError
from bihuan.kernel.merging import api as merging
from bihuan.lib.clock import now
from bihuan.lib.problems import ProblemError
from bihuan.web import errors, words
from bihuan.web.actor import actor_of


@login_required
@require_http_methods(["GET", "POST"])
def common(request: HttpRequest) -> HttpResponse:
    """Proposes groups; a posted group becomes one matter, or nothing changes."""
    who = actor_of(request)
    problem, status = "", 200
    if request.method == "POST":
        picked = [int(p) for p in request.POST.getlist("pick") if _is_id(p)]
        lead = request.POST.get("lead", "")
        try:
            merged = merging.merge_all(
                int(lead) if _is_id(lead) else 0,
                picked,
                request.POST.get("subject", ""),
                actor=who,
                at=now(),
                key=request.POST.get("key") or None,
            )
        except (ProblemError, ConflictError) as error:
            problem, status = errors.message(error), errors.status(error)
        else:
            text = words.text("desk.merged_all", number=merged.number)
            messages.success(request, text, extra_tags="good")
            return redirect("desk:matter", pk=merged.pk)
    context = {
        "section": "common",
        "groups": [_shown(request, group) for group in merging.common_problems(who)],
        "problem": problem,
        "key": secrets.token_urlsafe(16),
    }
    return render(request, "desk/common.html", context, status=status)


def _shown(request: HttpRequest, group: merging.Common) -> dict[str, Any]:
    """A group as it stands on the page; the one that could not be merged keeps what was chosen."""
    ids = [str(m.pk) for m in group.matters]
    again = request.POST.get("lead") in ids
    return {
        "matters": group.matters,
        "shared": group.shared,
        "subject": request.POST.get("subject", "") if again else group.matters[0].subject,
        "lead": int(request.POST["lead"]) if again else group.matters[0].pk,
        "picked": {int(i) for i in ids if not again or i in request.POST.getlist("pick")},
    }


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18

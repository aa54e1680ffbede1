"""Who forgot their password asks for a link by mail; nobody learns here whether a name exists."""

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access import inviting, origin, tries
from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify import changed
from bihuan.lib.clock import now
from bihuan.lib.legal import legal
from bihuan.web import words


@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Takes a user name or an address and says the same whatever it is; where no mail leaves the house
    it says whom to ask instead."""
    if request.method == "GET" or not changed.can_mail():
        return _shown(request)
    given, at = legal(request.POST.get("who", "")).strip()[:120], now()
    if not given:
        return _shown(request, problem=words.text("forgotten.empty"), status=422)
    left = tries.claim("forgotten", origin.of(request.META), at)
    if left:
        told = words.text("forgotten.waiting", minutes=-(-left // 60))
        answer = _shown(request, problem=told, who=given, status=429)
        answer.headers["Retry-After"] = str(left)
        return answer
    # Whoever is meant, and also nobody: the same is looked for and written.
    person = inviting.meant(given)
    key = f"forgotten:{secrets.token_hex(12)}"
    notify.enqueue(inviting.ASKED, {"person": person}, key=key, run_at=at)
    return _shown(request, sent=True)


def _shown(
    request: HttpRequest, *, problem: str = "", who: str = "", sent: bool = False, status: int = 200
) -> HttpResponse:
    minutes = int(inviting.ASKED_FOR.total_seconds() // 60)
    context = {
        "problem": problem,
        "who": who,
        "sent": sent,
        "minutes": minutes,
        "can_mail": changed.can_mail(),
    }
    return render(request, "desk/forgotten.html", context, status=status)

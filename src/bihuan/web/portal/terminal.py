"""A computer in a hall, used by one visitor after another: what makes it safe for the next.

The browser says of itself that it is one, by a cookie that names nobody; the pages' own script then
clears what was typed after some seconds without a sign of life and by a button (ADR 48). One that
stands in a hall of several begins, and begins again, with that hall's numbers.
"""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bihuan.foundation.orgs.api import Org
from bihuan.kernel.halls import api as halls
from bihuan.lib.clock import now
from bihuan.web.headers import TERMINAL as COOKIE

CHOICES = (60, 120, 300)
USUAL = 120
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Terminal:
    """After how many idle seconds it clears itself (0: it belongs to somebody), at which hall it stands
    (0: at none), and with which page it begins."""

    seconds: int
    hall: int
    home: str


def here(request: HttpRequest) -> Terminal:
    """What the computer says of itself."""
    given, _, at = request.COOKIES.get(COOKIE, "").partition(".")
    seconds = next((one for one in CHOICES if str(one) == given), 0)
    hall = int(at) if seconds and at.isascii() and at.isdigit() and len(at) < 18 else 0
    return Terminal(seconds, hall, reverse("portal:hall", args=[hall]) if hall else "/")


def _halls() -> list[Org]:
    on = timezone.localtime(now()).date()
    return [one.org for one in halls.everywhere(on, "ticket")]


@require_http_methods(["GET", "POST"])
def terminal(request: HttpRequest) -> HttpResponse:
    """Says that this computer is a public one, or that it is not."""
    if request.method == "POST":
        given = request.POST.get("seconds", "")
        answer = redirect("portal:terminal")
        if any(str(one) == given for one in CHOICES):
            at = next((o.pk for o in _halls() if str(o.pk) == request.POST.get("hall")), None)
            answer.set_cookie(
                COOKIE,
                f"{given}.{at}" if at else given,
                max_age=YEAR,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        else:
            answer.delete_cookie(COOKIE)
        return answer
    rows = _halls()
    stands = next((one for one in rows if one.pk == here(request).hall), None)
    context = {
        "section": "terminal",
        "choices": CHOICES,
        "usual": USUAL,
        "halls": rows,
        "stands": stands,
    }
    return render(request, "portal/terminal.html", context)

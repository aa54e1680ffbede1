"""A computer in a hall, used by one visitor after another: what makes it safe for the next.

The browser says of itself that it is one, by a cookie that names nobody; the pages' own script then
clears what was typed after some seconds without a sign of life and by a button (ADR 48).
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from bihuan.web.headers import TERMINAL as COOKIE

CHOICES = (60, 120, 300)
USUAL = 120
YEAR = 365 * 24 * 3600


def seconds(request: HttpRequest) -> int:
    """After how many idle seconds this computer clears itself; 0 where it belongs to somebody."""
    given = request.COOKIES.get(COOKIE, "")
    return next((one for one in CHOICES if str(one) == given), 0)


@require_http_methods(["GET", "POST"])
def terminal(request: HttpRequest) -> HttpResponse:
    """Says that this computer is a public one, or that it is not."""
    if request.method == "POST":
        given = request.POST.get("seconds", "")
        answer = redirect("portal:terminal")
        if any(str(one) == given for one in CHOICES):
            answer.set_cookie(
                COOKIE,
                given,
                max_age=YEAR,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        else:
            answer.delete_cookie(COOKIE)
        return answer
    context = {"section": "terminal", "choices": CHOICES, "usual": USUAL}
    return render(request, "portal/terminal.html", context)

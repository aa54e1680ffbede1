"""The page behind an invitation: somebody chooses a user name and a password, and is in.

The code stands after the # of the link and in the body of requests only, so that no log keeps it.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access import inviting, origin
from bihuan.foundation.access.api import AccessError
from bihuan.foundation.access.logins import TooSoonError
from bihuan.foundation.audit.api import ConflictError
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import OrgError
from bihuan.lib.clock import now
from bihuan.web import errors, words
from bihuan.web.desk.account import log_in

CODE = 40


@require_http_methods(["GET", "POST"])
def invited(request: HttpRequest) -> HttpResponse:
    """Asks for the code; shows what it opens; takes what was chosen and logs its person in."""
    if request.method == "GET":
        return render(request, "desk/invited.html", {"code": ""})
    code, source, at = _code(request), origin.of(request.META), now()
    problem: dict[str, str] = {}
    try:
        if "password" in request.POST:
            try:
                return _joined(request, code, source)
            except (OrgError, ConflictError) as error:
                problem = {_field(error): errors.message(error)}
        found = inviting.look(code, source=source, at=at)
    except TooSoonError as error:
        told = words.text("invited.waiting", minutes=-(-error.seconds // 60))
        response = _closed(request, told, 429)
        response.headers["Retry-After"] = str(error.seconds)
        return response
    except AccessError:
        return _closed(request, words.text("invited.unknown"), 404)
    context: dict[str, Any] = {
        "invited": found,
        "code": code,
        "username": request.POST.get("username", found.suggested)[:60],
        "problem": problem,
        "least": orgs.passwords.least(),
    }
    return render(request, "desk/invited.html", context, status=422 if problem else 200)


def _code(request: HttpRequest) -> str:
    return request.POST.get("code", "")[:CODE]


def _field(error: Exception) -> str:
    """Beside which field a refusal stands, '' above them."""
    key = str(getattr(error, "key", ""))
    return next((one for one in ("username", "password") if key.startswith(f"orgs.{one}")), "")


def _closed(request: HttpRequest, told: str, status: int) -> HttpResponse:
    context = {"code": _code(request), "closed": told}
    return render(request, "desk/invited.html", context, status=status)


def _joined(request: HttpRequest, code: str, source: str) -> HttpResponse:
    at, given = now(), request.POST.get("password", "")[:200]
    username = request.POST.get("username", "")[:61]
    person = inviting.accept(code, username, given, source=source, at=at)
    answer = log_in(request, person, at)
    key = "invited.joined" if "username" in request.POST else "invited.reset"
    messages.success(request, words.text(key, username=person.username), extra_tags="good")
    return answer

"""Anybody who holds a paper checks it, by its code. The code stands after the # of its square and in the
body of requests only, so that no log keeps it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access import origin, tries
from bihuan.lib.clock import now
from bihuan.outcomes.papers import api as papers
from bihuan.web import words


@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Asks for the code, or tells what was issued under it and whether it still holds."""
    if request.method == "GET":
        return render(request, "portal/paper.html", {})
    source, code = origin.of(request.META), request.POST.get("code", "")
    left = tries.wait("paper", source, now())
    if left:
        response = _again(request, "error.too_many_codes", 429)
        response.headers["Retry-After"] = str(left)
        return response
    try:
        found = papers.genuine(code)
    except LookupError:
        tries.failed("paper", source, now())
        return _again(request, "error.papers.unknown", 404, code=code[:40])
    between = words.text("site.between")
    signs = between.join(found.sheet.signs) if found.sheet else ""
    context = {"found": found, "signs": signs, "told": _told(found)}
    return render(request, "portal/paper.html", context)


def _told(found: papers.Genuine) -> str:
    return "erased" if found.erased and found.state == "issued" else found.state


def _again(request: HttpRequest, key: str, status: int, **more: Any) -> HttpResponse:
    return render(request, "portal/paper.html", {"problem": words.text(key), **more}, status=status)

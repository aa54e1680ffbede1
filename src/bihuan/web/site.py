"""What belongs to no face: the switches of language and look, and the probes an operator's monitor asks."""

from django.conf import settings
from django.db import connection
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from bihuan.foundation.access import probe
from bihuan.foundation.files import api as files
from bihuan.foundation.identity import api as identity
from bihuan.lib.clock import now
from bihuan.web.locale import COOKIE

# What a reader may want instead of their machine's own setting.
LOOK, LOOKS = "look", ("light", "dark")

YEAR_SECONDS = 365 * 24 * 3600


def _back(request: HttpRequest) -> HttpResponse:
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    return redirect(back)


def look_of(request: HttpRequest) -> str:
    """The look a reader chose, or '' for that of their machine."""
    chosen = request.COOKIES.get(LOOK, "")
    return chosen if chosen in LOOKS else ""


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Remembers the chosen look, or forgets it, and returns to the page."""
    response = _back(request)
    chosen = request.POST.get("look", "")
    if chosen in LOOKS:
        response.set_cookie(LOOK, chosen, max_age=YEAR_SECONDS, samesite="Lax", httponly=True)
    else:
        response.delete_cookie(LOOK, samesite="Lax")
    return response


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remembers the chosen language and returns to the page."""
    response = _back(request)
    chosen = request.POST.get("language", "")
    if chosen in {code for code, _ in settings.LANGUAGES}:
        response.set_cookie(COOKIE, chosen, max_age=YEAR_SECONDS, samesite="Lax", httponly=True)
    return response


@require_GET
def emblem(request: HttpRequest, key: str) -> FileResponse:
    """The picture of whose site it is; another picture has another address."""
    del request
    found = identity.emblem(key)
    response = FileResponse(files.path_of(found.sha256).open("rb"), content_type=found.mime)
    response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    return response


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; the house itself is told what arrived of its question."""
    seen = probe.seen(request.META, now(), secure=request.is_secure())
    return JsonResponse({"ok": True} if seen is None else {"ok": True, "seen": seen})


@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """The process can serve: its database answers too."""
    del request
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})

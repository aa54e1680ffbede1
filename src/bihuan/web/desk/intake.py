"""Importing a spreadsheet: look first, then take the good rows, get the bad ones back."""

import base64
import zlib
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bihuan.kernel.matters import api as matters
from bihuan.lib.clock import now
from bihuan.lib.tables import TableError
from bihuan.web import errors, words
from bihuan.web.actor import actor_of
from bihuan.web.portal.receivers import Receiver, receivers

PREVIEW_ROWS = 50
MAX_BYTES = 1_000_000
_first_rows = partial(matters.intake.preview, limit=PREVIEW_ROWS)


def _home(request: HttpRequest) -> Receiver | None:
    who = actor_of(request)
    on = timezone.localtime(now()).date()
    mine = [r for r in receivers(on) if who.has("desk", r.org.path, r.programme.id)]
    asked = request.POST.get("home")
    return next((r for r in mine if str(r.org.pk) == asked), mine[0] if mine else None)


@login_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """First the file and what each of its first rows would become; then, confirmed, the import."""
    home = _home(request)
    context: dict[str, Any] = {"section": "import", "home": home, "limit": PREVIEW_ROWS}
    if home is None:
        context["problem"] = words.text("error.matters.may_not_open")
        return render(request, "desk/import.html", context, status=403)
    if request.method == "GET":
        return render(request, "desk/import.html", context)
    try:
        name, content = _content(request)
        take = matters.intake.run if request.POST.get("confirm") else _first_rows
        result = take(
            content,
            name,
            home=home.org,
            at=now(),
            programme=home.programme.id,
            kind=home.kind_id,
            own_time=not request.POST.get("as_of_now"),
        )
        if not request.POST.get("confirm"):
            packed = base64.b85encode(zlib.compress(content, 9)).decode()
            context["ticket"] = signing.dumps([name, packed], salt="import", compress=False)
    except (TableError, matters.MatterError, signing.BadSignature) as error:
        context["problem"] = _told(error)
        return render(request, "desk/import.html", context, status=422)
    context["result"] = result
    context["rows"] = [
        (line, "；".join(_problem(key, values) for key, values in line.problems.values()))
        for line in result.lines[:500]
    ]
    context["done"] = bool(request.POST.get("confirm"))
    context["as_of_now"] = request.POST.get("as_of_now", "")
    return render(request, "desk/import.html", context)


def _content(request: HttpRequest) -> tuple[str, bytes]:
    ticket = request.POST.get("ticket")
    if ticket:
        name, packed = signing.loads(ticket, salt="import", max_age=3600)
        return name, zlib.decompress(base64.b85decode(packed))
    sent = request.FILES.get("file")
    if sent is None:
        raise matters.MatterError("files.empty", name="")
    if (sent.size or 0) > MAX_BYTES:
        raise matters.MatterError("files.too_large", name=sent.name, limit=1)
    return sent.name or "import.csv", sent.read()


def _problem(key: str, values: object) -> str:
    return words.text(f"error.{key}", **(values if isinstance(values, dict) else {}))


def _told(error: Exception) -> str:
    key = getattr(error, "key", "")
    if key and words.has(f"error.{key}"):
        return words.text(f"error.{key}", **getattr(error, "values", {}))
    return errors.message(error)

"""One's own data, taken along: what the house holds about its reader, readable and for machines."""

import io
import json
import zipfile
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from bihuan.foundation.access import own_data
from bihuan.foundation.access.own_data import Code, Held
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now
from bihuan.lib.legal import legal
from bihuan.web import words
from bihuan.web.actor import actor_of
from bihuan.web.context import site

NAME = "bihuan-my-data"


@login_required
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """A ZIP of two files that say the same: a page to read, JSON for a machine."""
    who, at = actor_of(request), now()
    held = own_data.taken(who, at)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(f"{NAME}.json", _json(held, at))
        packed.writestr(f"{NAME}.html", _page(request, held, at))
    response = HttpResponse(out.getvalue(), content_type="application/zip")
    day = timezone.localtime(at).date().isoformat()
    response.headers["Content-Disposition"] = f'attachment; filename="{NAME}-{day}.zip"'
    return response


def _json(held: Held, at: datetime) -> str:
    said = {"at": at.isoformat(), "parts": own_data.plain(held)}
    return json.dumps(said, ensure_ascii=False, indent=1)


def _page(request: HttpRequest, held: Held, at: datetime) -> str:
    parts = []
    for name, rows in held.items():
        keys = list(dict.fromkeys(key for row in rows for key in row))
        parts.append(
            {
                "title": _word(f"own_data.part.{name}", name),
                "heads": [_word(f"own_data.key.{key}", key) for key in keys],
                "rows": [[_said(row.get(key)) for key in keys] for row in rows],
            }
        )
    shown = {"parts": parts, "at": _said(at), "name": actor_of(request).name}
    return legal(render_to_string("desk/own_data.html", site(request) | shown))


def _word(key: str, name: str) -> str:
    return words.text(key) if words.has(key) else name


def _said(value: Any) -> str:
    """A value as a person reads it."""
    if isinstance(value, dict):
        pairs = (f"{key} = {_said(one)}" for key, one in value.items())
        return words.listed(pairs, by="semicolon")
    if isinstance(value, (list, tuple)):
        return words.listed(_said(one) for one in value)
    return _one_said(value)


def _one_said(value: Any) -> str:
    if isinstance(value, Code):
        return coded(value)
    if isinstance(value, bool):
        return words.text("own_data.yes" if value else "own_data.no")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "Y-m-d H:i")
    return "" if value is None else str(value)


def coded(code: Code) -> str:
    """A code in words."""
    if not code.programme and words.has(code.word):
        return words.text(code.word)
    # What is of no one programme is called as the first that has it calls it; what none has any more
    # is left as it is written.
    among = (one for one in programmes.known() if code.programme in ("", one.id))
    said = (words.of(one, code.word) for one in among)
    return next((one for one in said if one != code.word), code.value)

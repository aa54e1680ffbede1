"""What the pages of bulletins share: the paper with its numbers linked, and its files."""

import base64
from typing import Any

from django.http import FileResponse, HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from bihuan.foundation.access.api import DeniedError
from bihuan.foundation.files import api as files
from bihuan.foundation.orgs import api as orgs
from bihuan.insight import api as insight
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.web import words
from bihuan.web.actor import actor_of

ENDINGS = ("docx", "pdf")


def context(request: HttpRequest, row: Bulletin, *, editing: bool = False) -> dict[str, Any]:
    """The paper as `web/_paper.html` shows it; whoever may ask for a figure gets the way to the
    matters behind it. When it is written on, also (tag, title, number) of what may be put into it."""
    paper = bulletins.compose(row, bulletins.corrected(row))
    picture = ""
    if any(block.kind == "chart" for block in paper.blocks):
        picture = base64.b64encode(bulletins.press.png(paper.chart)).decode()
    return {
        "row": row,
        "paper": paper,
        "picture": picture,
        "behind": {one.tag: _behind(request, row, one.kept) for one in paper.definitions},
        "editing": editing,
        "numbers": [_named(tag, kept) for tag, kept in row.numbers.items()] if editing else [],
        "endings": [one for one in ENDINGS if row.state != "drafted"],
    }


def _named(tag: str, kept: dict[str, Any]) -> tuple[str, str, str]:
    side = tag.partition(":")[2]
    beside = words.text(f"bulletins.side.{side}") if side else ""
    return tag, f"{kept['title']}{beside}", kept["shown"]


def _behind(request: HttpRequest, row: Bulletin, kept: dict[str, Any]) -> str:
    if not request.user.is_authenticated:
        return ""
    programme, _, figure = kept["figure"].partition(".")
    try:
        found = insight.definition(programme, figure)
        insight.scope(actor_of(request), found.programme, orgs.org(row.org_id))
    except (DeniedError, LookupError):
        return ""
    asked = urlencode({"period": kept["period"], "org": row.org_id})
    return f"{reverse('desk:figure_matters', args=[programme, figure])}?{asked}"


def file(row: Bulletin, ending: str) -> FileResponse:
    """The Word or PDF file that was kept when the bulletin was issued. Raises LookupError."""
    found = next((one for one in files.of(row.stream) if one.key == ending), None)
    if found is None:
        raise LookupError(ending)
    handle = files.path_of(found.sha256).open("rb")
    response = FileResponse(handle, as_attachment=True, filename=found.name)
    response.headers["Content-Type"] = found.mime
    return response

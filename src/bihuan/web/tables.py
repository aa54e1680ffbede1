"""What every page that takes a table in shares: the file between two looks, what somebody says of
its sheet, header and columns, and what there is to choose."""

import base64
import zlib
from collections.abc import Callable, Collection
from typing import Any

from django.core import signing
from django.http import HttpRequest

from bihuan.kernel.exchange import intake
from bihuan.language.tabular.picking import Layout, Picked
from bihuan.lib.problems import ProblemError

KEPT_SECONDS = 3600
TOP_WIDTH = 80


def content(request: HttpRequest) -> tuple[str, bytes]:
    """(name, bytes) of the posted file, or of the one that travels in the page. Raises ProblemError
    for none or too large a one, BadSignature."""
    ticket = request.POST.get("ticket")
    if ticket:
        name, packed = signing.loads(ticket, salt="import", max_age=KEPT_SECONDS)
        return name, zlib.decompress(base64.b85decode(packed))
    sent = request.FILES.get("file")
    if sent is None:
        raise ProblemError("files.empty", name="")
    intake.check_size(sent.name or "", sent.size or 0)
    return sent.name or "import.csv", sent.read()


def ticket(name: str, held: bytes) -> str:
    """The file itself, signed, to travel in the page: nothing of it is kept here in between."""
    packed = base64.b85encode(zlib.compress(held, 9)).decode()
    return signing.dumps([name, packed], salt="import", compress=False)


def layout(request: HttpRequest, fields: Collection[str]) -> Layout:
    """What somebody said of the sheet, the header's line and the columns; nothing in the first
    look."""
    given = request.POST
    head = given.get("head", "")
    # A header's name beside its choice: another line may be the header by then.
    said = zip(given.getlist("title"), given.getlist("column"), strict=False)
    return Layout(
        given.get("sheet", ""),
        int(head) if head.isascii() and head.isdecimal() and len(head) < 4 and int(head) else None,
        {title: name for title, name in said if name in ("", *fields)},
    )


def choices(
    picked: Picked, fields: Collection[str], called: Callable[[str], str]
) -> dict[str, Any]:
    """What the page lets somebody choose: sheets, the header's line, the columns. `called` gives the
    word for a field."""
    table = picked.table
    known = {index: name for name, index in table.columns.items()}
    return {
        "picked": picked,
        "tops": [
            (n, " | ".join(c for c in line if c)[:TOP_WIDTH])
            for n, line in enumerate(picked.top, 1)
        ],
        "columns": [(t, known.get(i, "")) for i, t in enumerate(table.header) if t],
        "fields": [(name, called(name)) for name in fields],
    }

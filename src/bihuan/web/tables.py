"""What every page that takes a table in shares: the file between two looks, what somebody says of
its sheet, header and columns, and what there is to choose."""

import base64
import zlib
from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse

from bihuan.kernel.exchange import export, intake
from bihuan.language.tabular.picking import Layout, Picked
from bihuan.lib.problems import ProblemError
from bihuan.web import words

KEPT_SECONDS = 3600
TOP_WIDTH = 80
# Of numbers of rows, and of tables, that are told in one sentence.
TOLD = 20


def sent(made: bytes, filename: str) -> HttpResponse:
    """A spreadsheet on its way to whoever asked for it; no cache keeps it."""
    response = HttpResponse(made, content_type=export.MIME)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["Cache-Control"] = "no-store"
    return response


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
        int(head) if head.isascii() and head.isdecimal() and len(head) < 7 and int(head) else None,
        {title: name for title, name in said if name in ("", *fields)},
    )


def choices(
    picked: Picked, fields: Collection[str], called: Callable[[str], str]
) -> dict[str, Any]:
    """What the page lets somebody choose: sheets, the header's line, the columns. `called` gives the
    word for a field."""
    table = picked.table
    known = {index: name for name, index in table.columns.items()}
    tops = dict(enumerate(picked.top, 1)) | dict(picked.heads)
    return {
        "picked": picked,
        "tops": [
            (n, " | ".join(c for c in line if c)[:TOP_WIDTH]) for n, line in sorted(tops.items())
        ],
        "asides": _asides(picked),
        "columns": [(t, known.get(i, "")) for i, t in enumerate(table.header) if t],
        "fields": [(name, called(name)) for name in fields],
    }


def _asides(picked: Picked) -> list[str]:
    """What somebody does not see when they look at the file, or would not expect of it."""
    hidden, others = picked.hidden, picked.table.others
    told = []
    if hidden.rows:
        key = "desk.import_filtered_rows" if hidden.filtered else "desk.import_hidden_rows"
        told.append(words.text(key, count=len(hidden.rows), rows=_spans(hidden.rows)))
    if hidden.columns:
        titles = words.text("desk.import_and").join(hidden.columns[:TOLD])
        told.append(words.text("desk.import_hidden_columns", columns=titles))
    if hidden.sheet:
        told.append(words.text("desk.import_hidden_sheet"))
    elif hidden.sheets:
        names = words.text("desk.import_and").join(hidden.sheets[:TOLD])
        told.append(words.text("desk.import_hidden_sheets", sheets=names))
    for one in others[:TOLD]:
        key = "desk.import_block" if one.sure else "desk.import_block_maybe"
        title = words.text("desk.import_block_title", title=one.title) if one.title else ""
        told.append(words.text(key, row=one.head, title=title, count=one.rows))
    if len(others) > TOLD:
        told.append(words.text("desk.import_blocks_more", count=len(others) - TOLD))
    return told


def _spans(rows: Sequence[int]) -> str:
    """Numbers of rows, those that follow each other as one span."""
    found: list[list[int]] = []
    for row in rows:
        if found and row == found[-1][1] + 1:
            found[-1][1] = row
        else:
            found.append([row, row])
    texts = [str(a) if a == b else f"{a}–{b}" for a, b in found[:TOLD]]
    more = "…" if len(found) > TOLD else ""
    return words.text("desk.import_and").join(texts) + more

"""Tables of matters: a list given out as a spreadsheet, a table of messages taken in."""

import base64
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from bihuan.api import base, words
from bihuan.api.base import ERRORS, Flag, Id, Name, Strict
from bihuan.api.matter_shapes import Narrowed
from bihuan.api.matters import READ, WRITE
from bihuan.foundation.access.api import DeniedError
from bihuan.kernel.exchange import api as exchange
from bihuan.kernel.receivers import api as receivers
from bihuan.kernel.receivers.api import Receiver
from bihuan.lib.problems import InputError
from bihuan.lib.tables import MAX_ROWS

XLSX = exchange.export.MIME
SHEET = {
    "responses": {
        200: {
            "description": "OK",
            "content": {XLSX: {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}
router = Router(tags=["matters"])


class ImportIn(Strict):
    """A table, CSV or XLSX, with a line of headers, for the desk of `home`.

    `programme` and `kind` may be left out where tables of one kind only are taken here, or one of
    several is what its programme says tables open. `columns` names fields for headers we do not know:
    `{"来信内容": "body"}`, the kind's own by their ids. With `own_time` each
    row counts from its own time, else all from now. With `dry` nothing is written. `sheet` and `head`
    (the header's line, from 1) say where the table stands, else it is looked for. Rows of which
    something is not said and had to be guessed (`guessed`) are taken with `guesses` only.
    """

    home: Id
    programme: Name | None = None
    kind: Name | None = None
    name: Name
    content: str = Field(min_length=1, description="Base64; a million bytes at most")
    columns: dict[str, Name] = Field(default_factory=dict, max_length=100)
    sheet: str = Field(default="", max_length=100)
    head: int | None = Field(default=None, ge=1, le=MAX_ROWS)
    own_time: Flag = True
    guesses: Flag = False
    dry: Flag = False


class ImportedRow(Schema):
    """What became of a row, counted as a spreadsheet counts: `ready` (dry), `opened`, `repeated`
    (it was there), or `bad` for the reasons in `problem`."""

    row: int
    status: Literal["ready", "opened", "repeated", "bad"]
    subject: str
    category: str
    at: datetime | None
    id: int | None
    number: str
    problem: str
    guessed: list[str]


class Aside(Schema):
    """A line that was taken for no row: `above` the header, a `total`, a `note`, a `page`'s number,
    the header `again`, or `empty` in every column that is understood."""

    row: int
    kind: str
    text: str


class OtherTable(Schema):
    """Another table of the same sheet, of which nothing is read: its header's line, to be given as
    `head`, what stands above it, how many rows. Not `sure`: the line is read as a row, and looks like
    a header of words we do not know."""

    head: int
    title: str
    rows: int
    sure: bool


class HiddenOut(Schema):
    """What the file keeps out of sight. `rows` and `columns` are read like the others (`filtered`: a
    filter may hide the rows); of hidden `sheets` one is read only if it is asked for, or nothing else is
    there (`sheet`: this one is hidden)."""

    rows: list[int]
    columns: list[str]
    filtered: bool
    sheet: bool
    sheets: list[str]


class ImportOut(Schema):
    """`columns`: which header was taken for which field, `head` its line, `sheet` its sheet of
    `sheets`; `as_before`: read as somebody said the last time such a header came; `asides`: which lines are no rows;
    `others`: which tables of the sheet were not read. `rejects`: a spreadsheet of the bad rows
    with the reasons, as Base64, or empty; corrected, it can be imported."""

    columns: dict[str, str]
    as_before: bool
    ignored: list[str]
    sheet: str
    sheets: list[str]
    head: int
    asides: list[Aside]
    others: list[OtherTable]
    hidden: HiddenOut
    ready: int
    opened: int
    repeated: int
    bad: int
    rows: list[ImportedRow]
    rejects: str


@router.get("/matters.xlsx", response=ERRORS, operation_id="export_matters", openapi_extra=SHEET)
def export_matters(request: HttpRequest, wanted: Query[Narrowed]) -> HttpResponse:
    """The list of `list_matters` as a spreadsheet, 5,000 rows at most; no contact data in it."""
    actor = base.who(request, READ)
    tongue = words.tongue(words.locale(request))
    content, _ = exchange.listing.workbook(
        actor, wanted.filter(), tongue, limit=exchange.listing.MAX_ROWS, at=base.now()
    )
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={"Content-Disposition": 'attachment; filename="bihuan-list.xlsx"'},
    )


def _content(given: ImportIn, home: Receiver) -> bytes:
    content = base.unpacked(given.content, "content")
    for header, name in given.columns.items():
        if name not in exchange.intake.columns(home.programme, home.kind_id):
            raise InputError({f"columns.{header}": ("input.not_a_choice", {})})
    exchange.intake.check_size(given.name, len(content))
    return content


def _home(request: HttpRequest, given: ImportIn) -> Receiver:
    actor = base.who(request, WRITE)
    base.who(request, READ)
    base.org_at(given.home, "home")
    here = [one for one in receivers.desks_of(actor, base.today()) if one.org.pk == given.home]
    found = exchange.intake.meant(here, given.programme or "", given.kind or "")
    if found is None:
        raise DeniedError("receive")
    return found


@router.post("/imports", response={200: ImportOut, **ERRORS}, operation_id="import_matters")
def import_matters(request: HttpRequest, given: ImportIn) -> dict[str, Any]:
    """Good rows become matters, bad ones come back with reasons; the same row again opens nothing."""
    home = _home(request, given)
    layout = exchange.intake.Layout(given.sheet, given.head, given.columns)
    result = (exchange.intake.preview if given.dry else exchange.intake.run)(
        _content(given, home),
        given.name,
        home=home.org,
        actor=base.who(request, WRITE),
        at=base.now(),
        programme=home.programme.id,
        kind=home.kind_id,
        layout=layout,
        own_time=given.own_time,
        guesses=given.guesses,
    )
    tongue = words.tongue(words.locale(request))
    rejects = b""
    if result.count("bad"):
        rejects = exchange.intake.rejects(
            result,
            "rejects.xlsx",
            reason=tongue.text("import.reason"),
            tongue=tongue,
            home=home.org,
            at=base.now(),
        )
    return {
        "columns": dict(result.columns),
        "as_before": result.as_before,
        "ignored": list(result.ignored),
        "sheet": result.picked.sheet,
        "sheets": list(result.picked.sheets),
        "head": result.table.head,
        "asides": [{"row": a.row, "kind": a.kind, "text": a.text} for a in result.table.asides],
        "others": [asdict(one) for one in result.table.others],
        "hidden": asdict(result.picked.hidden),
        **{status: result.count(status) for status in ("ready", "opened", "repeated", "bad")},
        "rows": [
            {
                "row": line.row,
                "status": line.status,
                "subject": line.subject,
                "category": line.category,
                "at": line.at,
                "id": line.matter_id,
                "number": line.number,
                "problem": exchange.intake.describe(result, line, tongue),
                "guessed": list(line.guessed),
            }
            for line in result.lines
        ],
        "rejects": base64.b64encode(rejects).decode(),
    }

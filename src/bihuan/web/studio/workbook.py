"""Organisations and people as one workbook: out, and in again after a look at what would become."""

import base64
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bihuan.foundation.access import enrolling, officers
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.directory import api as directory
from bihuan.kernel.directory.api import Line, Reading, Result, Said, Told
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.lib.tables import Sheet
from bihuan.web import choosing, errors, tables, words
from bihuan.web.actor import actor_of
from bihuan.web.studio import levels
from bihuan.web.studio.door import (
    administrator,
    chosen,
    label_of,
    own_place,
    show,
    system_administrator,
    today,
)

# Of each sheet, of what is left: more than anybody reads on a page.
SHOWN, LISTED = 50, 50
REJECTS, FIRST = "bihuan-rejects.xlsx", "bihuan-passwords.xlsx"
# What is shown of a sheet, in this order; what stays as it is, nobody looks for.
_FIRST = ("bad", "moved", "changed", "new")
_SALT = "workbook"


@dataclass(frozen=True)
class Seen:
    """A sheet as the page shows it: what it is, its counts in words, its first rows, how it is read."""

    nth: int
    title: str
    reading: Reading
    problem: str
    counted: str
    rows: Sequence[Mapping[str, Any]]
    asides: str
    kind: str
    kind_told: str
    head: int
    read: Mapping[str, Any]


@dataclass(frozen=True)
class Door:
    """Where a workbook is taken in: the page and its part of the menu, its own address, those of what may be
    chosen and of what can be exported, what may be chosen and what is at first; `whole`: of all kinds."""

    template: str
    section: str
    url: str
    choose: str
    out: str
    scope: choosing.Scope
    first: str
    whole: bool = True


@system_administrator
@require_GET
def out(request: HttpRequest) -> HttpResponse:
    """What one administers, as a workbook that comes in again as it went out."""
    names = {one.name: words.text(f"directory.kind.{one.name}") for one in directory.ordered()}
    title = words.text("directory.title")
    content = directory.workbook(actor_of(request), names, name=title, at=now())
    return tables.sent(content, "bihuan-directory.xlsx")


@system_administrator
@require_http_methods(["GET", "POST"])
def take_in(request: HttpRequest) -> HttpResponse:
    """A workbook: first what each row would become, then, confirmed, the import."""
    who = actor_of(request)
    door = Door(
        "studio/workbook.html",
        "studio",
        reverse("studio:workbook"),
        reverse("studio:choose", args=["org"]),
        reverse("studio:workbook_out"),
        choosing.of_admin(who, today()),
        label_of(own_place(who)),
    )
    return answered(request, door)


def answered(request: HttpRequest, door: Door) -> HttpResponse:
    """The page of a door: empty, a look at what was posted, or what became of it."""
    context: dict[str, Any] = {
        "page": "orgs",
        "limit": SHOWN,
        "door": door,
        "section": door.section,
    }
    if request.method == "GET":
        context["under_label"] = door.first
        return show(request, door.template, context)
    opens = not request.POST.get("register")
    try:
        under = orgs.org(_under(request, door))
        name, sheets = _sheets(request)
        told = _told(request, sheets)
        context |= {"under": under, "ticket": _ticket(name, sheets), "file": name}
        # Whoever says how a sheet is read looks once more before it is taken in.
        confirmed = request.POST.get("do") == "take" and request.POST.get("seen") == _seen(
            told, opens=opens
        )
        given: dict[str, Any] = {
            "under": under,
            "at": now(),
            "actor": actor_of(request),
            "told": told,
            "opens": opens,
        }
        if confirmed:
            given["ending"] = request.POST.getlist("ending")
            result = directory.take(sheets, **given)
        else:
            result = directory.look(sheets, **given)
    except (ProblemError, signing.BadSignature) as error:
        context["problem"] = errors.message(error)
        return show(request, door.template, context)
    if request.POST.get("do") == "rejects" and result.count("bad"):
        return _rejects(result, under)
    kinds = directory.taken_by(actor_of(request), under, now())
    context |= _shown(request, result, kinds, name, confirmed=confirmed, opens=opens)
    return render(request, door.template, context)


def _under(request: HttpRequest, door: Door) -> int:
    found = choosing.taken(request.POST, "under", "org", door.scope)
    if not isinstance(found, int):
        raise InputError({"under": ("input.required", {})})
    return found


def _sheets(request: HttpRequest) -> tuple[str, Sequence[Sheet]]:
    """The posted file's sheets, or those that travel in the page. Raises ProblemError, BadSignature."""
    packed = request.POST.get("ticket")
    if packed:
        name, held = signing.loads(packed, salt=_SALT, max_age=tables.KEPT_SECONDS)
        told = json.loads(zlib.decompress(base64.urlsafe_b64decode(held)))
        return name, tuple(Sheet(**{**one, "lines": _lines(one["lines"])}) for one in told)
    sent = request.FILES.get("file")
    if sent is None:
        raise ProblemError("files.empty", name="")
    name = sent.name or "workbook.xlsx"
    return name, directory.opened(sent.read(), name)


def _lines(lines: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line) for line in lines)


def _ticket(name: str, sheets: Sequence[Sheet]) -> str:
    """The sheets as they were read, signed, to travel in the page: nothing is kept in between."""
    text = json.dumps([asdict(one) for one in sheets], ensure_ascii=False, separators=(",", ":"))
    held = base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode()
    return signing.dumps([name, held], salt=_SALT, compress=False)


def _told(request: HttpRequest, sheets: Sequence[Sheet]) -> dict[str, Told]:
    """What somebody said of each sheet; nothing in the first look."""
    found = {}
    known = {one.name: one.names for one in directory.ordered()}
    for nth, sheet in enumerate(sheets, 1):
        kind, head = request.POST.get(f"kind-{nth}", ""), request.POST.get(f"head-{nth}", "")
        if f"kind-{nth}" not in request.POST:
            continue
        titles = request.POST.getlist(f"title-{nth}")
        columns = request.POST.getlist(f"column-{nth}")
        names = {"", *known.get(kind, ())}
        found[sheet.name or str(nth)] = Told(
            kind if kind in (*known, directory.NONE) else "",
            int(head) if head.isascii() and head.isdecimal() and 0 < len(head) < 7 else None,
            # Another kind has other columns.
            {t: c for t, c in zip(titles, columns, strict=False) if c in names}
            if kind in known and request.POST.get(f"was-{nth}") == kind
            else {},
        )
    return found


def _seen(told: Mapping[str, Told], *, opens: bool) -> str:
    """What somebody has looked at, of how the sheets are read, and whether accounts are opened."""
    said = [opens, {name: asdict(one) for name, one in told.items()}]
    text = json.dumps(said, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _rejects(result: Result, under: Org) -> HttpResponse:
    reason = words.text("directory.reason")
    content = directory.rejects(result, reason=reason, describe=_fault, under=under, at=now())
    return tables.sent(content, REJECTS)


def _shown(
    request: HttpRequest,
    result: Result,
    kinds: Sequence[Any],
    name: str,
    *,
    confirmed: bool,
    opens: bool,
) -> dict[str, Any]:
    read = {one.reading.sheet: one for one in result.sheets}
    seen = [
        _sheet(nth, name, reading, read[reading.sheet].lines if reading.sheet in read else ())
        for nth, reading in enumerate(result.readings, 1)
    ]
    counts = {status: result.count(status) for status in directory.STATUSES}
    # What is posted next says all of it; whoever changed nothing has seen it.
    as_read = {
        one.reading.sheet: Told(
            one.kind, one.head, dict(one.read["columns"] if one.reading.kind else ())
        )
        for one in seen
    }
    return {
        "result": result,
        "done": confirmed,
        "sheets": seen,
        "counts": counts,
        "good": counts["new"] + counts["changed"] + counts["moved"],
        "seen": _seen(as_read, opens=opens),
        "opens": opens,
        "of_people": any(one.reading.kind == "people" for one in result.sheets),
        "kinds": [(one.name, words.text(f"directory.kind.{one.name}")) for one in kinds],
        "left": [] if confirmed else list(_left(result)),
        "ended": [
            words.text("studio.book.ended", changed=_count(lines, "changed"), bad=len(bad))
            for lines in result.ended.values()
            for bad in [[one for one in lines if one.status == "bad"]]
        ],
        "unended": [
            (line.name, _fault(said, "people"))
            for lines in result.ended.values()
            for line in lines
            for said in line.faults
        ][:LISTED],
        "came": result.count("new", "people")
        and bool(officers.places(actor_of(request), officers.SECURITY)),
        "first": enrolling.FIRST,
        "nothing": "" if result.sheets else _unknown(kinds),
    }


def _unknown(kinds: Sequence[Any]) -> str:
    """That nothing in the file is what somebody may take in."""
    whole = len(kinds) == len(directory.ordered())
    return words.text("error.directory.no_sheet" if whole else "error.directory.no_list")


def _count(lines: Sequence[Line], status: str) -> int:
    return sum(line.status == status for line in lines)


def _left(result: Result) -> Iterator[dict[str, Any]]:
    """What is there and not in the workbook, of each kind, with the first of it."""
    for kind, rows in result.left.items():
        if rows:
            yield {
                "kind": kind,
                "told": words.text(f"studio.book.left_{kind}", count=len(rows)),
                "end": words.text(f"studio.book.end_{kind}"),
                "rows": rows[:LISTED],
                "more": max(0, len(rows) - LISTED),
                # A faulty row may be about one of them.
                "bad": result.count("bad", kind),
            }


def _sheet(nth: int, file: str, reading: Reading, lines: Sequence[Line]) -> Seen:
    counts: dict[str, Any] = {status: _count(lines, status) for status in directory.STATUSES}
    picked = reading.picked
    kind = next((one for one in directory.ordered() if one.name == reading.kind), None)
    names = kind.names if kind is not None else {}
    read = tables.choices(
        picked, names, lambda name: words.text(f"directory.field.{reading.kind}.{name}")
    )
    called = words.text(f"directory.kind.{reading.kind}") if reading.kind else ""
    # A table without a name of its own is called by its place.
    title = file if reading.sheet == str(nth) else reading.sheet
    asides = [
        words.text("desk.import_aside", row=one.row, text=one.text)
        for one in picked.table.asides[: tables.TOLD]
    ]
    return Seen(
        nth,
        title,
        reading,
        _unread(reading),
        words.text("studio.book.counted", **counts),
        [_row(line, reading.kind) for line in _first(lines)],
        words.text("studio.book.asides") + words.text("site.comma").join(asides) if asides else "",
        reading.kind or directory.NONE,
        called if called != title else "",
        picked.table.head,
        read,
    )


def _unread(reading: Reading) -> str:
    if reading.reads:
        return ""
    if not reading.kind:
        return words.text("error.directory.left_out")
    lacking = [words.text(f"directory.field.{reading.kind}.{name}") for name in reading.lacking]
    return words.text("error.directory.lacking", columns=words.listed(lacking))


def _first(lines: Sequence[Line]) -> list[Line]:
    found: list[Line] = []
    for status in _FIRST:
        some = [line for line in lines if line.status == status]
        # Some of each, and faults before all.
        found += some[: SHOWN if status == "bad" else SHOWN // 3]
    return found


def _row(line: Line, kind: str) -> dict[str, Any]:
    return {
        "row": line.row,
        "name": line.name,
        "status": line.status,
        "faults": [_fault(one, kind) for one in line.faults],
        "changes": [_change(one.column, one.before, one.after, kind) for one in line.changes],
        "notes": [_fault(one, kind) for one in line.notes],
    }


def _change(column: str, before: str, after: str, kind: str) -> str:
    if column == "level":
        before, after = levels.called(before), levels.called(after)
    key = "directory.change" if before else "directory.set"
    called = words.text(f"directory.field.{kind}.{column}")
    return words.text(key, column=called, before=before, after=after)


def _fault(said: Said, kind: str) -> str:
    values = dict(said.values)
    if "column" in values:
        values["column"] = words.text(f"directory.field.{kind}.{values['column']}")
    return words.text(f"error.{said.key}", **values)


@administrator
@require_POST
def first_passwords(request: HttpRequest) -> HttpResponse:
    """First passwords for people who have none, as a spreadsheet that is handed over this once."""
    under = orgs.org(chosen(request, "under", "org"))
    officers.require(actor_of(request), officers.SECURITY, under)
    titles = [
        words.text(f"directory.password.{name}") for name in ("name", "org", "username", "password")
    ]
    title = words.text("directory.password.title")
    content, count = directory.first_passwords(
        under, titles, name=title, at=now(), actor=actor_of(request)
    )
    if not count:
        told = words.text("studio.passwords.nobody", name=under.name)
        messages.warning(request, told)
        return redirect(reverse("studio:people"))
    response = tables.sent(content, FIRST)
    response.headers["Cache-Control"] = "no-store"
    return response

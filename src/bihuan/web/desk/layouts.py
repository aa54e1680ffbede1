"""Layouts at the desk: upload, look at with figures in it, put in use, end."""

from datetime import date
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.audit.api import ConflictError
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.insight.api import InsightError
from bihuan.lib.clock import now
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.outcomes.publicity.bulletins.api import (
    BulletinError,
    Fault,
    Layout,
    LayoutError,
    Offer,
    Place,
)
from bihuan.outcomes.publicity.declared.bulletins import BULLETINS
from bihuan.rules import periods
from bihuan.spec import tags
from bihuan.spec.bulletin_blocks import BULLETIN_BLOCKS
from bihuan.web import errors, spans, words
from bihuan.web.actor import actor_of

REFUSALS = (BulletinError, InsightError, ConflictError)
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Every tag but those of figures and of corrections, as the page lists them.
_PARTS = (*tags.PAPER_REQUIRED, "unit", "period", "table", "chart")
# The part of the file that a person can look for under this name.
_OF_PLACE = ("paragraph", "table", "row", "column")
# Read to one byte more than is taken: the door says how much that is.
_MOST = 6 * 1024 * 1024


def _today() -> date:
    return timezone.localtime(now()).date()


@login_required
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The layouts one keeps; a post uploads one, or tells everything that is wrong with it."""
    who = actor_of(request)
    context: dict[str, Any] = {"section": "bulletins", "given": request.POST}
    status = 200
    if request.method == "POST":
        try:
            row = _upload(request)
        except REFUSALS as error:
            context |= _told(error)
            status = errors.status(error)
        else:
            messages.success(request, words.text("layouts.uploaded"), extra_tags="good")
            return redirect("desk:layout", pk=row.pk)
    offers = bulletins.layout_offers(who)
    context |= {
        "rows": [_shown(row) for row in bulletins.layouts(who)],
        "choices": [choice for offer in offers for choice in _choices(offer)],
        "parts": [(name, f"{{{{{name}}}}}", name in tags.PAPER_REQUIRED) for name in _PARTS],
        "blocks": [f"{{{{block.{name}}}}}" for name in sorted(BULLETIN_BLOCKS)],
        "figures": _figures({offer.programme.id for offer in offers}),
    }
    return render(request, "desk/layouts.html", context, status=status)


def _choices(offer: Offer) -> list[tuple[str, str]]:
    name = words.of(offer.programme, offer.name_key)
    return [
        (f"{offer.programme.id}.{offer.kind}.{org.pk}", f"{org.name} · {name}")
        for org in offer.orgs
    ]


def _figures(programmes: set[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The tags of figures by the name of their programme, with what they are called."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in insight.definitions():
        if one.programme.id in programmes:
            title = words.of(one.programme, one.title_key)
            there = found.setdefault(words.of(one.programme, "title"), [])
            there.append((f"{{{{{one.id}}}}}", title))
    return list(found.items())


def _shown(row: Layout) -> dict[str, Any]:
    programme = bulletins.programme_of(row.programme)
    return {
        "row": row,
        "kind": words.of(programme, f"bulletins.{row.kind}.name"),
        "org": orgs.org(row.org_id).name,
        "state": row.state(_today()),
    }


def _told(error: Exception) -> dict[str, Any]:
    faults = error.faults if isinstance(error, LayoutError) else []
    return {"problem": errors.message(error), "faults": [_fault(one) for one in faults]}


def _fault(one: Fault) -> dict[str, str]:
    """One fault in words: what, where, what now."""
    found = words.text(f"layouts.fault.{one.kind}", what=one.what)
    if one.instead:
        found += words.text("layouts.instead", instead=one.instead)
    return {"text": found, "where": _where(one.place) if one.place else ""}


def _where(place: Place) -> str:
    counted = {name: getattr(place, name) for name in _OF_PLACE}
    return words.text(f"layouts.place.{place.kind}", near=place.near, **counted)


def _asked(text: str) -> tuple[str, str, Org]:
    """The kind and the organisation that were chosen. Raises LookupError."""
    programme, _, rest = text.partition(".")
    kind, _, org = rest.partition(".")
    known = BULLETINS.of(bulletins.programme_of(programme))
    if kind not in known or not (org.isascii() and org.isdecimal()) or len(org) > 18:
        raise LookupError(text)
    place = orgs.org_if_any(int(org))
    if place is None:
        raise LookupError(text)
    return programme, kind, place


def _upload(request: HttpRequest) -> Layout:
    programme, kind, org = _asked(request.POST.get("what", ""))
    sent = request.FILES.get("file")
    if sent is None:
        raise BulletinError("layouts.no_file")
    name = request.POST.get("name", "")
    content = sent.read(_MOST)
    who, at = actor_of(request), now()
    return bulletins.upload_layout(programme, kind, org, name, content, actor=who, at=at)


@login_required
@require_GET
def starting(request: HttpRequest) -> HttpResponse:
    """The house's own layout to begin with."""
    programme, kind, org = _asked(request.GET.get("what", ""))
    content = bulletins.starting_layout(actor_of(request), programme, kind, org, now())
    kind_name = words.of(bulletins.programme_of(programme), f"bulletins.{kind}.name")
    return _word(content, words.text("layouts.starting_name", kind=kind_name))


@login_required
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One layout: what it prints, how it looks, from when it is used."""
    who = actor_of(request)
    row = bulletins.layout(who, pk)
    context: dict[str, Any] = {"section": "bulletins", "given": request.POST}
    status = 200
    if request.method == "POST":
        try:
            _do(request, pk)
        except REFUSALS as error:
            context |= _told(error)
            status = errors.status(error)
            row = bulletins.layout(who, pk)
        else:
            messages.success(request, words.text("desk.saved"), extra_tags="good")
            return redirect("desk:layout", pk=pk)
    context |= _shown(row) | {
        "today": _today().isoformat(),
        "period": bulletins.newest_period(row.programme, row.kind, _today()).text,
        "spans": spans.offered(),
    }
    return render(request, "desk/layout.html", context, status=status)


def _do(request: HttpRequest, pk: int) -> None:
    given = request.POST
    version = given.get("version", "")
    read = int(version) if version.isdecimal() and len(version) < 9 else 0
    try:
        day = parse_date(given.get("day", ""))
    except ValueError:
        day = None
    steps = {"start": bulletins.start_layout, "end": bulletins.end_layout}
    step = steps.get(given.get("do", ""))
    if step is None:
        raise LookupError(given.get("do"))
    step(pk, day, version=read, actor=actor_of(request), at=now())


@login_required
@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """The file as it was uploaded."""
    row = bulletins.layout(actor_of(request), pk)
    return _word(bulletins.layout_file(row), f"{row.name}.docx")


@login_required
@require_GET
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The layout with the figures of a period in it, the newest one when none is named."""
    who = actor_of(request)
    row = bulletins.layout(who, pk)
    newest = bulletins.newest_period(row.programme, row.kind, _today()).text
    given = request.GET.get("period", "").strip() or newest
    try:
        period = spans.read(given)
    except periods.PeriodError:
        raise BulletinError("bulletins.bad_period", period=given[:25]) from None
    proof = bulletins.layout_proof(who, pk, period, now())
    return _word(proof.content, proof.name)


def _word(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return HttpResponse(content, content_type=DOCX, headers=headers)

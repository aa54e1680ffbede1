"""The published seals of the log: a page, a feed that anybody may mirror, and what proves them."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from bihuan.foundation.audit.api import Head, proofs
from bihuan.web import words
from bihuan.web.feeds import Entry, atom

PAGE, NEWEST = 20, 50
# Sizes that a database's column can hold.
_DIGITS = 18


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= _DIGITS else None


def _rows(heads: list[Head]) -> list[tuple[Head, datetime]]:
    return [(one, datetime.fromisoformat(one.at)) for one in heads]


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The newest seals, and how to check with them."""
    return _page(request)


def _page(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    found = proofs.latest(PAGE + 1, before=_number(request, "before"))
    heads = found[:PAGE]
    context = {
        "rows": _rows(heads),
        "more": heads[-1].size if len(found) > PAGE else None,
        "problem": problem,
        "old": request.GET.get("old", "")[:_DIGITS],
    }
    return render(request, "portal/seals.html", context, status=status)


@require_GET
def one(request: HttpRequest, size: int) -> HttpResponse:
    """One seal as a file: an anchor."""
    del request
    found = proofs.of_size(size) if len(str(size)) <= _DIGITS else None
    if found is None:
        raise Http404
    response = JsonResponse(proofs.published(found))
    response["Content-Disposition"] = f'attachment; filename="seal-{size}.json"'
    return response


@require_GET
def consistency(request: HttpRequest) -> HttpResponse:
    """Shows that the log of one seal begins with that of another: `old` and `new` are their sizes;
    without `new` the newest."""
    old, new = _number(request, "old"), _number(request, "new")
    newest = proofs.newest()
    if new is None and newest is not None and "new" not in request.GET:
        new = newest.size
    try:
        found = proofs.consistency(old or 0, new or 0)
    except proofs.NoProofError:
        return _page(request, words.text("error.seals.never_sealed"), 404)
    response = JsonResponse(found)
    response["Content-Disposition"] = f'attachment; filename="consistency-{old}-{new}.json"'
    return response


@require_GET
def feed(request: HttpRequest) -> HttpResponse:
    """The newest seals as an Atom feed: whoever subscribes keeps them, whatever becomes of the house."""
    del request
    entries = [
        Entry(
            words.text("seals.entry", size=head.size),
            reverse("portal:seal", args=[head.size]),
            f"{head.size} {head.root} {head.key} {head.signature}",
            words.text("site.name"),
            at,
        )
        for head, at in _rows(proofs.latest(NEWEST))
    ]
    return atom(
        words.text("seals.title"),
        words.text("seals.lead"),
        page=reverse("portal:seals"),
        here=reverse("portal:seals_feed"),
        entries=entries,
    )

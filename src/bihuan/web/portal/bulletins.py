"""Bulletins for everybody: issued ones with every number's definition, and their files."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.web import bulletins as papers


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The newest bulletins."""
    context = {"section": "bulletins", "rows": bulletins.public(limit=50)}
    return render(request, "portal/bulletins.html", context)


@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One bulletin; of a withdrawn one only the reason."""
    row = bulletins.read_public(pk)
    context = {"section": "bulletins", "row": row}
    if row.state == "withdrawn":
        return render(request, "portal/bulletin.html", context, status=410)
    context |= papers.context(request, row) | {
        "corrections": bulletins.corrections(pk),
        "corrects": bulletins.corrected(row),
    }
    return render(request, "portal/bulletin.html", context)


@require_GET
def file(request: HttpRequest, pk: int, ending: str) -> FileResponse:
    """The kept Word or PDF file of an issued bulletin."""
    del request
    row = bulletins.read_public(pk)
    if row.state == "withdrawn":
        raise LookupError(pk)
    return papers.file(row, ending)

"""Papers of a matter at the desk: issued, withdrawn, printed one by one or those of all matters below together."""

import io
from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from bihuan.foundation.audit.api import ConflictError
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError
from bihuan.outcomes.papers import api as papers
from bihuan.outcomes.papers.api import PaperError, Sheet
from bihuan.outcomes.press.blocks import MIMES
from bihuan.web import errors, words
from bihuan.web.actor import actor_of


@login_required
@require_POST
def issue(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Issues a paper; what stands against it is said above the matter."""
    key = request.POST.get("key") or None
    try:
        row = papers.issue(pk, name, actor=actor_of(request), at=now(), key=key)
    except (PaperError, ConflictError) as error:
        messages.warning(request, errors.message(error))
    else:
        called = words.of(programmes.spec_of(row.release_id), f"papers.{name}.name")
        told = words.text("papers.issued", name=called, number=row.number)
        messages.success(request, told, extra_tags="good")
    return redirect(f"{reverse('desk:matter', args=[pk])}#papers")


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a paper back."""
    who = actor_of(request)
    row, found = papers.paper(pk, actor=who)
    try:
        papers.withdraw(pk, request.POST.get("reason", ""), actor=who, at=now())
    except InputError as error:
        messages.warning(request, errors.by_field(error)["reason"])
    except (PaperError, ConflictError) as error:
        messages.warning(request, errors.message(error))
    else:
        told = words.text("papers.withdrawn", number=row.number)
        messages.success(request, told, extra_tags="good")
    return redirect(f"{reverse('desk:matter', args=[found.pk])}#papers")


def _kind_of(ending: str) -> str:
    if ending not in MIMES:
        raise LookupError(ending)
    return MIMES[ending]


@login_required
@require_GET
def file(request: HttpRequest, pk: int, ending: str) -> FileResponse:
    """A paper as Word or PDF, as it was issued."""
    row, _ = papers.paper(pk, actor=actor_of(request))
    return _sent([papers.sheet_of(row)], row.number, ending)


@login_required
@require_GET
def together(request: HttpRequest, pk: int, name: str, ending: str) -> HttpResponse | FileResponse:
    """The papers of one sort that stand of the matters right below one, in one file: name plates four on a
    sheet; of too many is said above the matter what to do."""
    try:
        rows = papers.below(pk, name, actor=actor_of(request))
    except PaperError as error:
        messages.warning(request, errors.message(error))
        return redirect(f"{reverse('desk:matter', args=[pk])}#papers")
    if not rows:
        raise LookupError(name)
    return _sent([papers.sheet_of(row) for row in rows], rows[0].title, ending)


def _sent(sheets: Sequence[Sheet], name: str, ending: str) -> FileResponse:
    kind = _kind_of(ending)
    content = papers.press.printed(sheets, ending)
    response = FileResponse(
        io.BytesIO(content), as_attachment=True, filename=f"{name}.{ending}", content_type=kind
    )
    response.headers["Cache-Control"] = "no-store"
    return response

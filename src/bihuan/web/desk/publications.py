"""Reading drafts and publishing them: nothing is shown that nobody has read. What supervisors
outside wait for is listed beside them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.kernel.watches import api as watches
from bihuan.lib.clock import now
from bihuan.outcomes.publicity import api as publicity
from bihuan.web import errors, words
from bihuan.web.actor import actor_of
from bihuan.web.numbers import whole


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Drafts and texts for supervisors outside to read, and what was published lately."""
    who = actor_of(request)
    latest = publicity.published(limit=30)
    clicks = publicity.clicks([p.pk for p in latest])
    mine = publicity.may_publish(who, latest)
    context = {
        "section": "publications",
        "drafts": publicity.drafts(who),
        "watched": watches.waiting_texts(who, at=now()),
        "latest": [(p, clicks.get(p.pk, 0), p.pk in mine) for p in latest],
        "inside": publicity.inside.published(who),
    }
    return render(request, "desk/publications.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One draft: correct it, publish what was read, or withdraw what is shown; of a board for staff,
    everybody of its programme reads it."""
    who = actor_of(request)
    try:
        row = publicity.draft_of(who, pk)
    except LookupError:
        if request.method == "POST":
            raise
        return _inside(request, pk)
    problem = ""
    status = 200
    if request.method == "POST":
        try:
            return _do(request, pk)
        except publicity.PublicityError as error:
            problem, status = errors.message(error), 422
            row = publicity.draft_of(who, pk)
    context = {
        "section": "publications",
        "row": row,
        "publishes": True,
        "inside": publicity.inside.keeps(row),
        "problem": problem,
        "given": request.POST,
        "parts": publicity.parts_of(row),
        "found": publicity.found_in(row),
        "matter": row.subject.partition(":")[2],
    }
    return render(request, "desk/publication.html", context, status=status)


def _inside(request: HttpRequest, pk: int) -> HttpResponse:
    row = publicity.inside.read(pk, actor=actor_of(request), at=now())
    context = {
        "section": "publications",
        "row": row,
        "inside": True,
        "parts": publicity.parts_of(row),
    }
    return render(request, "desk/publication.html", context)


def _do(request: HttpRequest, pk: int) -> HttpResponse:
    who, at = actor_of(request), now()
    step = request.POST.get("do", "")
    if step == "save":
        publicity.edit(
            pk,
            title=request.POST.get("title", ""),
            question=request.POST.get("question", ""),
            answer=request.POST.get("answer", ""),
            actor=who,
            at=at,
        )
    elif step == "publish":
        version = request.POST.get("version", "")
        read = whole(version, digits=8) or 0
        publicity.publish(pk, version=read, actor=who, at=at)
    elif step == "withdraw":
        publicity.withdraw(pk, request.POST.get("reason", ""), actor=who, at=at)
    messages.success(request, words.text("desk.saved"), extra_tags="good")
    return redirect("desk:publication", pk=pk)

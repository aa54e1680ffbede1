"""Bulletins at the desk: draft, correct the words, issue as a second person, withdraw."""

import io

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.access.api import DeniedError
from bihuan.foundation.audit.api import ConflictError
from bihuan.foundation.orgs import api as orgs
from bihuan.insight.api import InsightError
from bihuan.lib.clock import now
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.outcomes.publicity.bulletins.api import Bulletin, BulletinError, Layout
from bihuan.outcomes.publicity.declared.bulletins import BULLETINS
from bihuan.rules import periods
from bihuan.rules.periods import Grain, Period
from bihuan.web import bulletins as papers
from bihuan.web import errors, spans, words
from bihuan.web.actor import actor_of

REFUSALS = (BulletinError, InsightError, ConflictError)


@login_required
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """What the reader may draft, and what was drafted and issued; a post drafts."""
    who = actor_of(request)
    problem, status = "", 200
    if request.method == "POST":
        try:
            row = _draft(request)
        except REFUSALS as error:
            problem, status = errors.message(error), errors.status(error)
        else:
            return redirect("desk:bulletin", pk=row.pk)
    context = {
        "section": "bulletins",
        # What is drafted most stands first.
        "offers": sorted(
            bulletins.offers(who),
            key=lambda one: BULLETINS.of(one.programme)[one.kind].grain != "month",
        ),
        "keeps_layouts": bool(bulletins.layout_offers(who)),
        "rows": [(row, _name(row)) for row in bulletins.of_actor(who)],
        "given": request.POST,
        "spans": spans.offered(),
        "problem": problem,
    }
    return render(request, "desk/bulletins.html", context, status=status)


def _name(row: Bulletin) -> str:
    return words.of(bulletins.programme_of(row.programme), f"bulletins.{row.kind}.name")


def _draft(request: HttpRequest) -> Bulletin:
    programme, _, rest = request.POST.get("what", "").partition(".")
    kind, _, org = rest.partition(".")
    known = BULLETINS.of(bulletins.programme_of(programme))
    if kind not in known or not org.isdecimal() or len(org) > 18:
        raise LookupError(kind)
    given = request.POST.get("period", "").strip()
    try:
        period = spans.read(given) if given else _last(Grain(known[kind].grain))
    except periods.PeriodError:
        raise BulletinError("bulletins.bad_period", period=given[:25]) from None
    place = orgs.org_if_any(int(org))
    if place is None:
        raise LookupError(org)
    return bulletins.draft(programme, kind, place, period, actor=actor_of(request), at=now())


def _last(grain: Grain) -> Period:
    """The period that has just ended. Raises PeriodError where a bulletin tells any days."""
    return Period.of(grain, timezone.localtime(now()).date()).before()


@login_required
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One bulletin as it will be read, and what may be done with it."""
    who = actor_of(request)
    row = bulletins.read(who, pk)
    problem, status = "", 200
    if request.method == "POST":
        try:
            _do(request, pk)
        except (*REFUSALS, DeniedError) as error:
            problem, status = _refused(error)
            row = bulletins.read(who, pk)
        else:
            messages.success(request, words.text("desk.saved"), extra_tags="good")
            return redirect("desk:bulletin", pk=pk)
    typed = request.POST if problem and request.POST.get("do") == "save" else {}
    # What was refused stays on the paper as it was typed; nothing of it is saved.
    row.title, row.text = typed.get("title", row.title), typed.get("text", row.text)
    context = papers.context(request, row, editing=row.state == "drafted") | {
        "section": "bulletins",
        "problem": problem,
        "title": row.title,
        "text": row.text,
        "may_issue": bulletins.may_issue(who, row),
        "corrects": bulletins.corrected(row),
        "layout": _layout(row),
    }
    return render(request, "desk/bulletin.html", context, status=status)


def _layout(row: Bulletin) -> Layout | None:
    """The layout a draft would be set in if it were issued today."""
    if row.state != "drafted" or row.corrects:
        return None
    day = timezone.localtime(now()).date()
    return bulletins.layout_of(row.programme, row.kind, row.home_path, day)


def _refused(error: Exception) -> tuple[str, int]:
    if isinstance(error, DeniedError):
        return words.text("bulletins.second_person"), 403
    return errors.message(error), errors.status(error)


def _do(request: HttpRequest, pk: int) -> None:
    who, at, given = actor_of(request), now(), request.POST
    version = given.get("version", "")
    read = int(version) if version.isdecimal() and len(version) < 9 else 0
    step = given.get("do", "")
    if step == "save":
        title, text = given.get("title", ""), given.get("text", "")
        bulletins.edit(pk, title=title, text=text, version=read, actor=who, at=at)
    elif step == "refresh":
        bulletins.refresh(pk, actor=who, at=at)
    elif step == "issue":
        bulletins.issue(pk, version=read, actor=who, at=at)
    elif step == "withdraw":
        bulletins.withdraw(pk, given.get("reason", ""), actor=who, at=at)


@login_required
@require_GET
def file(request: HttpRequest, pk: int, ending: str) -> FileResponse:
    """The kept Word or PDF file; `preview` is the Word file a draft would become now."""
    row = bulletins.read(actor_of(request), pk)
    if ending != "preview":
        return papers.file(row, ending)
    if row.state != "drafted":
        raise LookupError(ending)
    content = io.BytesIO(bulletins.as_word(row, now()))
    return FileResponse(content, as_attachment=True, filename=f"{row.title}.docx")

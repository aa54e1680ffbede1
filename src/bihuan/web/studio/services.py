"""The catalogue of services: add, change, end, take in a table."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access.api import ADMIN, Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters.api import InputError, MatterError
from bihuan.kernel.services import api as services
from bihuan.kernel.services import intake
from bihuan.lib.clock import now
from bihuan.lib.tables import TableError
from bihuan.web import words
from bihuan.web.actor import actor_of
from bihuan.web.studio.door import (
    carry_out,
    chosen,
    day_of,
    number_of,
    show,
    system_administrator,
    today,
)

MAX_BYTES = 2_000_000
BAD_SHOWN = 20


@system_administrator
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """What the departments one administers promise."""
    who = actor_of(request)
    if request.method == "POST" and carry_out(request, lambda: _do(request, who)):
        return redirect("studio:services")
    context: dict[str, Any] = {
        "page": "services",
        "rows": services.history_of(who.paths(ADMIN)),
        "today": today(),
    }
    return show(request, "studio/services.html", context)


def _do(request: HttpRequest, who: Actor) -> None:
    step = request.POST.get("do", "")
    if step == "end":
        pk = number_of(request.POST.get("service"))
        services.end(pk, on=today(), at=now(), actor=who)
    elif step == "import":
        _import(request, who)
    else:
        _offer(request, who)


def _days(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "").strip()
    if not text.isascii() or not text.isdigit() or len(text) > 5:
        raise InputError({name: ("input.not_a_number", {})})
    return int(text)


def _offer(request: HttpRequest, who: Actor) -> None:
    org = orgs.org(chosen(request, "org", "org"))
    given = services.Offer(
        code=request.POST.get("code", ""),
        name=request.POST.get("name", ""),
        statutory=_days(request, "statutory"),
        promised=_days(request, "promised"),
        clause=request.POST.get("clause", ""),
        materials=tuple(request.POST.get("materials", "").splitlines()),
        immediate=bool(request.POST.get("immediate")),
        fee=request.POST.get("fee", ""),
        applicants=request.POST.get("applicants", ""),
    )
    start = day_of(request, "start") or today()
    services.offer(org, given, start=start, at=now(), actor=who)


def _import(request: HttpRequest, who: Actor) -> None:
    under = orgs.org(chosen(request, "under", "org"))
    sent = request.FILES.get("file")
    if sent is None or (sent.size or 0) > MAX_BYTES:
        key = "files.empty" if sent is None else "files.too_large"
        raise MatterError(key, name=sent.name if sent else "", limit=MAX_BYTES // 1_000_000)
    try:
        lines = intake.run(
            sent.read(),
            sent.name or "",
            under=under,
            start=today(),
            at=now(),
            actor=who,
        )
    except TableError as error:
        raise MatterError(error.key, **error.values) from error
    count = {
        status: sum(one.status == status for one in lines) for status in ("new", "same", "bad")
    }
    messages.info(request, words.text("studio.services.imported", **count))
    for one in [one for one in lines if one.status == "bad"][:BAD_SHOWN]:
        row = words.text("studio.services.row", row=one.row)
        told = words.text(f"error.{one.problem}", **one.values)
        messages.error(request, f"{row} {one.name}：{told}", extra_tags="bad")

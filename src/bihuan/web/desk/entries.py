"""Entries of phones that could not be taken in: whoever is in charge of the hall registers or drops them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.audit.api import ConflictError, vault
from bihuan.kernel.afield import api as afield
from bihuan.kernel.halls import api as halls
from bihuan.kernel.halls.api import Hall
from bihuan.kernel.matters import api as matters
from bihuan.kernel.services import api as services
from bihuan.lib.clock import now
from bihuan.lib.problems import NotAllowedError, ProblemError
from bihuan.web import errors, words
from bihuan.web.actor import actor_of
from bihuan.web.studio.door import number_of


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Those that wait for the reader: whose, from when, of which outing; no words of them."""
    context = {"section": "visits", "rows": afield.held(actor_of(request))}
    return render(request, "desk/entries.html", context)


def _halls(request: HttpRequest) -> list[Hall]:
    return halls.at_desk(actor_of(request), timezone.localtime(now()).date(), "apply")


@login_required
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them. Its words are shown when asked for, which the log keeps; then it is registered as
    corrected, or dropped with a reason."""
    who, at = actor_of(request), now()
    row = afield.held_entry(pk, who)
    context: dict[str, Any] = {"section": "visits", "row": row, "most": afield.REASON}
    if request.method == "GET":
        return render(request, "desk/entry.html", context)
    do, status = request.POST.get("do", ""), 200
    given: dict[str, Any] = request.POST.dict()
    try:
        if do == "register":
            found = _register(request, pk)
            text = words.text("entries.registered", number=found.number)
            messages.success(request, text, extra_tags="good")
            return redirect("desk:entries")
        if do == "drop":
            afield.drop_entry(pk, request.POST.get("reason", ""), actor=who, at=at)
            messages.success(request, words.text("entries.dropped"), extra_tags="good")
            return redirect("desk:entries")
        given = _shown(afield.read_entry(pk, actor=who, at=at))
    except (ProblemError, ConflictError) as error:
        context["problem"], status = errors.message(error), 422
    mine = _halls(request)
    today = timezone.localtime(at).date()
    offered = {one.pk: one for hall in mine for one in services.at_window(hall.org.path, today)}
    context |= {
        "open": do != "drop",
        "given": given,
        "halls": mine,
        "services": list(offered.values()),
        "steps": list(afield.AT_WINDOW),
    }
    return render(request, "desk/entry.html", context, status=status)


def _shown(one: afield.Entered) -> dict[str, str]:
    return {
        "name": one.contact.name,
        "phone": one.contact.phone,
        "remark": one.remark,
        "service": str(one.service or ""),
        "step": one.step,
    }


def _register(request: HttpRequest, pk: int) -> matters.Matter:
    given = request.POST
    hall = next((one for one in _halls(request) if str(one.org.pk) == given.get("hall")), None)
    if hall is None:
        raise NotAllowedError("matters.may_not_open")
    corrected = afield.Corrected(
        step=given.get("step", ""),
        service=number_of(given["service"]) if given.get("service") else None,
        contact=vault.Person(given.get("name", ""), given.get("phone", ""), ""),
        remark=given.get("remark", ""),
    )
    return afield.register_entry(pk, corrected, hall.org, actor=actor_of(request), at=now())

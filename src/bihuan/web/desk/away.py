"""Away and back: who is away, who stands in, a form that says so."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.access.api import ADMIN, Actor
from bihuan.kernel.absences import api as absences
from bihuan.kernel.programmes import duties
from bihuan.lib.clock import now
from bihuan.lib.problems import InputError, ProblemError
from bihuan.web import choosing
from bihuan.web.actor import actor_of
from bihuan.web.studio.door import carry_out, day_of, number_of


def _today() -> date:
    return timezone.localtime(now()).date()


@login_required
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The people one may name, as one types."""
    return choosing.answer(request, choosing.of_staff(actor_of(request), _today()), "person")


@login_required
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """One's own absence, those one stands in for, those one may speak for; posted, says so."""
    who = actor_of(request)
    status = 200
    if request.method == "POST":
        if carry_out(request, lambda: _do(request, who)):
            return redirect("desk:away")
        status = 422
    today = _today()
    context: dict[str, Any] = {
        "section": "away",
        "mine": absences.absence_of(who.person_id),
        "standing": absences.standing_for(who.person_id),
        "others": [
            one
            for one in absences.absences()
            if one.person_id != who.person_id and absences.may_say(who, one.person_id, today)
        ],
        "for_others": ADMIN in who.roles() or duties.anywhere(who, "lead"),
        "today": today,
        "given": request.POST,
    }
    return render(request, "desk/away.html", context, status=status)


def _do(request: HttpRequest, who: Actor) -> None:
    at = now()
    if request.POST.get("do") == "back":
        absences.say_back(number_of(request.POST.get("absence")), actor=who, at=at)
        return
    scope = choosing.of_staff(who, _today())
    person = choosing.taken(request.POST, "person", "person", scope)
    stand_in = choosing.taken(request.POST, "stand_in", "person", scope)
    if not isinstance(stand_in, int):
        raise InputError({"stand_in": ("input.required", {})})
    start, end = day_of(request, "start"), day_of(request, "end")
    if start is None or end is None:
        raise ProblemError("away.bad_days")
    away = person if isinstance(person, int) else who.person_id or 0
    absences.say_away(away, stand_in, start, end, actor=who, at=at)

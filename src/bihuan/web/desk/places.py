"""How many come by appointment: the office's own plan, half hour by half hour."""

from datetime import time
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bihuan.foundation.access.api import DeniedError
from bihuan.kernel.halls import api as places
from bihuan.kernel.halls.api import Hall
from bihuan.lib.clock import now
from bihuan.rules.slots import Plan, Span
from bihuan.web.actor import actor_of
from bihuan.web.studio.door import carry_out, day_of, number_of

SEPARATORS = str.maketrans("，,；;\n", "、、、、、")
DASHES = str.maketrans("－—–～~至", "------")


def spans_of(text: str) -> tuple[Span, ...]:
    """The times in `09:00-12:00、13:30-17:00`. Raises HallError."""
    found = []
    for part in text.translate(SEPARATORS).split("、"):
        if not part.strip():
            continue
        first, _, last = part.translate(DASHES).partition("-")
        try:
            found.append((time.fromisoformat(first.strip()), time.fromisoformat(last.strip())))
        except ValueError:
            raise places.HallError("halls.no_hours") from None
    return tuple(found)


@login_required
@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """The places of one's halls: what holds, a form that changes it, how full the days are."""
    who = actor_of(request)
    mine = places.at_desk(who, timezone.localtime(now()).date(), "appointment")
    if not mine:
        raise DeniedError("receive")
    asked = request.POST.get("hall") or request.GET.get("hall", "")
    hall = next((one for one in mine if str(one.org.pk) == asked), mine[0])
    status = 200
    if request.method == "POST":
        if carry_out(request, lambda: _do(request, hall, who.ref)):
            return redirect(f"{request.path}?hall={hall.org.pk}")
        status = 422
    at = now()
    today = timezone.localtime(at).date()
    context: dict[str, Any] = {
        "section": "places",
        "halls": mine,
        "hall": hall,
        "rows": places.timetables(hall.org, today),
        "days": _days(places.bookable(hall.org, hall.programme, at)),
        "today": today,
        "given": request.POST,
        "picked": request.POST.getlist("weekday") or [str(n) for n in range(5)],
        "week": [str(n) for n in range(7)],
    }
    return render(request, "desk/places.html", context, status=status)


def _days(rows: list[places.Free]) -> list[tuple[Any, int, int]]:
    """(day, places, free) of the days one may book."""
    found: dict[Any, tuple[int, int]] = {}
    for row in rows:
        total, left = found.get(row.day, (0, 0))
        found[row.day] = (total + row.places, left + row.left)
    return [(day, total, left) for day, (total, left) in found.items()]


def _do(request: HttpRequest, hall: Hall, actor: str) -> None:
    at = now()
    today = timezone.localtime(at).date()
    if request.POST.get("do") == "end":
        row = places.timetable(number_of(request.POST.get("row")))
        if row.org_id != hall.org.pk:
            raise LookupError(row.pk)
        places.end_timetable(row.pk, on=today, at=at, actor=actor)
        return
    number = request.POST.get("places", "").strip()
    given = Plan(
        window=request.POST.get("window", ""),
        weekdays=tuple(int(d) for d in request.POST.getlist("weekday") if d in set("0123456")),
        spans=spans_of(request.POST.get("spans", "")),
        places=int(number) if number.isascii() and number.isdigit() and len(number) < 5 else 0,
        after_hours=bool(request.POST.get("after_hours")),
    )
    start = day_of(request, "start") or today
    places.set_timetable(hall.org, given, start=start, at=at, actor=actor)

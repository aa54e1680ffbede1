"""Five backward pressures 五倒逼: what a leader must see in the morning, each line one click from its
matter and from a directive."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from bihuan.insight import api as insight
from bihuan.lib.clock import now
from bihuan.web import errors, words
from bihuan.web.actor import actor_of
from bihuan.web.desk.attach import attachables


@login_required
@require_GET
def pressures(request: HttpRequest) -> HttpResponse:
    """The five lists, and why two of them may be empty."""
    who = actor_of(request)
    shown = insight.pressures(who, now())
    problem = ""
    if shown.refused is not None:
        waits = shown.refused.key in ("insight.no_facts", "insight.old_format")
        problem = words.text("pressures.no_facts") if waits else errors.message(shown.refused)
    rows = [*shown.late, *shown.stuck, *shown.found]
    rows += [one for share in (*shown.falling, *shown.broken) for one in share.matters]
    homes = {path for path in {one.home_path for one in rows} if attachables(who, path)}
    context = {
        "section": "pressures",
        "shown": shown,
        "problem": problem,
        "direct": {one.pk for one in rows if one.home_path in homes},
    }
    return render(request, "desk/pressures.html", context)

"""我说: what somebody may open, and what became of what they opened."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from bihuan.kernel.matters import api as matters
from bihuan.web.actor import actor_of
from bihuan.web.desk import openings
from bihuan.web.member.places import SAY

OPENED = 20


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What I may open, by programme; what I opened, the newest first."""
    who = actor_of(request)
    groups = openings.groups_of(who, "member:open")
    opened = matters.matters(who, matters.Filter(scope="opened"), OPENED)
    context = {
        "section": SAY.section,
        "groups": [one for one in groups if any(door.url for door in one.doors)],
        "opened": opened.rows,
        "more": opened.more,
    }
    return render(request, "member/say.html", context)

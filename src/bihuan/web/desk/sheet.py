"""The sheet that is printed and goes round with the papers 流转单."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.matters import api as matters
from bihuan.lib.clock import now
from bihuan.web.actor import actor_of
from bihuan.web.desk.time_line import lines
from bihuan.web.portal import ask

# What is written on it by hand, each with room for a name and a date.
SIGNS = ("proposed", "instructed", "received", "result", "checked")


@login_required
@require_GET
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """What it is about, its limits, the route so far, room for signatures, and a square that opens the
    matter to who may see it. What was noted for colleagues only stays off the paper."""
    who = actor_of(request)
    matter = matters.matter(who, pk)
    entries = matters.timeline(matter, who)
    body = next((str(e.private.get("body", "")) for e in entries if e.type == "matter.opened"), "")
    context = {
        "section": "queue",
        "matter": matter,
        "body": body,
        "route": [line for line in lines(matter, entries) if not line.note],
        "clocks": sorted(clocks.of(matter.stream).values(), key=lambda c: (c.role, c.due_at)),
        "signs": SIGNS,
        "square": ask.square(f"{settings.PUBLIC_URL}{reverse('desk:matter', args=[matter.pk])}"),
        "printed": now(),
    }
    return render(request, "desk/sheet.html", context)

"""One's inbox, and what a notice says: its words, where it leads, the matter it speaks of."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from bihuan.foundation.access.api import Actor
from bihuan.foundation.notify import api as notify
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.lib.clock import now
from bihuan.web import words
from bihuan.web.actor import actor_of

# stream: the page of what a notice speaks of
_PAGES = {
    "matter": "desk:matter",
    "bulletin": "desk:bulletin",
    "phone_entry": "desk:entry",
    "obligation": "desk:obligation",
}


@dataclass(frozen=True)
class Line:
    """A notice as it is shown; `matter` is the one it speaks of, where its reader sees it; `earlier`
    is how many older ones of the same matter stand behind it."""

    notice: notify.Notice
    text: str
    address: str
    matter: Matter | None
    earlier: int = 0


def lines(who: Actor, notices: Sequence[notify.Notice]) -> list[Line]:
    """What notices say to their reader, and where each leads."""
    spoken_of = list(dict.fromkeys(pk for pk in map(_matter_of, notices) if pk))
    known = {one.pk: one for one in matters.by_ids(who, spoken_of)}
    return [
        Line(n, words.text(n.text, **n.values), _address(n), known.get(_matter_of(n)))
        for n in notices
    ]


def newest(told: Sequence[Line]) -> list[Line]:
    """The newest line of each matter, with how many stand behind it; what is about none stays as it is."""
    count = Counter(line.matter.pk for line in told if line.matter)
    seen: set[int] = set()
    found = []
    for line in told:
        if line.matter is None:
            found.append(line)
        elif line.matter.pk not in seen:
            seen.add(line.matter.pk)
            found.append(replace(line, earlier=count[line.matter.pk] - 1))
    return found


def _address(notice: notify.Notice) -> str:
    """Where what a notice speaks of can be opened, or nothing."""
    kind, _, pk = notice.ref.partition(":")
    if kind == "left":
        return f"{reverse('desk:queue')}?tab=left&unit={pk}"
    name = _PAGES.get(kind)
    return reverse(name, args=[pk]) if name else ""


def _matter_of(notice: notify.Notice) -> int:
    """The id of the matter a notice speaks of; 0 for another thing."""
    kind, _, pk = notice.ref.partition(":")
    return int(pk) if kind == "matter" and pk.isdigit() else 0


@login_required
@require_GET
def bell(request: HttpRequest) -> HttpResponse:
    """How many notices are unread, for a page that stays open; no sign of life of whoever left it so."""
    unread = notify.unread(actor_of(request).person_id or 0)
    return JsonResponse({"unread": unread, "said": words.text("desk.unread_now", count=unread)})


@login_required
@require_http_methods(["GET", "POST"])
def inbox(request: HttpRequest) -> HttpResponse:
    """What one should know; opening a notice's matter is one click away."""
    who = actor_of(request)
    assert who.person_id is not None
    if request.method == "POST":
        notify.mark_read(who.person_id, now())
        return redirect("desk:inbox")
    told = lines(who, notify.inbox(who.person_id))
    by_day = groupby(told, key=lambda line: timezone.localtime(line.notice.at).date())
    rows = [(day, list(held)) for day, held in by_day]
    return render(request, "desk/inbox.html", {"section": "inbox", "rows": rows})

"""今日: what somebody owes and what waits for them, each with one press where that is enough."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from bihuan.foundation.access.api import Actor
from bihuan.foundation.notify import api as notify
from bihuan.kernel.joining import api as joining
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import turns
from bihuan.kernel.matters.api import Matter
from bihuan.lib.clock import now
from bihuan.web.actor import actor_of
from bihuan.web.desk import inbox, today
from bihuan.web.member import obligations
from bihuan.web.member.places import TODAY
from bihuan.web.member.steps import Press, usual

NEWS = 4
# So many have their button: what comes later is opened.
PRESSED = 12


@dataclass(frozen=True)
class Owed:
    """A matter that waits for somebody, with the buttons of the steps that one press takes."""

    matter: Matter
    presses: list[Press]


def owed(who: Actor, rows: Iterable[Matter], at: datetime) -> list[Owed]:
    """Matters with their buttons, the first of them."""
    return [
        Owed(one, usual(one, matters.offered(one, who, at)) if n < PRESSED else [])
        for n, one in enumerate(rows)
    ]


@login_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What I owe by when, what waits for me, what I may take part in, what is new."""
    who, at = actor_of(request), now()
    sight = matters.visible(who)
    asked = matters.Filter(scope="mine", phase="active", order="due")
    mine = matters.matters(who, asked, sight=sight)
    yours = turns.awaits_own(who, sight=sight)
    held = {one.pk for one in yours}
    groups = today.grouped([one for one in mine.rows[: today.LISTED] if one.pk not in held], at)
    found, _ = joining.joinable(who, at)
    unread = [n for n in notify.inbox(who.person_id or 0, today.READ) if not n.read_at]
    context = {
        "section": TODAY.section,
        "yours": owed(who, yours, at),
        "groups": [(name, owed(who, rows, at)) for name, rows in groups],
        "more": mine.more,
        "waiting": today.waiting(who, at, sight=sight),
        "at_hand": obligations.at_hand(who, timezone.localtime(at).date()),
        "joins": sum(one.waits for one in found),
        "news": inbox.newest(inbox.lines(who, unread))[:NEWS],
        "now": at,
        "key": secrets.token_urlsafe(16),
    }
    return render(request, "member/today.html", context)

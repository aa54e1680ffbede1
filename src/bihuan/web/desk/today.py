"""今日: what somebody owes and what waits for them, across programmes, in one list."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from bihuan.foundation.access.api import Actor
from bihuan.foundation.notify import api as notify
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters import turns
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import duties
from bihuan.kernel.watches import api as watches
from bihuan.lib.clock import now
from bihuan.spec.base import Duty
from bihuan.web import faces, landing
from bihuan.web.actor import actor_of
from bihuan.web.desk.inbox import lines, newest
from bihuan.web.desk.openings import doors_of
from bihuan.web.faces import Waiting

# What is late first; a week is as far as somebody plans.
GROUPS = ("late", "today", "week", "later", "unlimited")
LISTED = 50
NEWS = 6
# So many are looked through: a matter that moves much tells more than once.
READ = 40
# More are no choice at a glance: they have a page.
DOORS = 4
OPENED = 5
OVERSEE: tuple[Duty, ...] = ("receive", *duties.LEADING)


def _group(matter: Matter, at: datetime) -> str:
    if matter.due_at is None or matter.paused or matter.phase != "open":
        return "unlimited"
    if matter.due_at <= at:
        return "late"
    days = (timezone.localtime(matter.due_at).date() - timezone.localtime(at).date()).days
    if days < 1:
        return "today"
    return "week" if matter.due_at - at < timedelta(days=7) else "later"


def grouped(rows: Iterable[Matter], at: datetime) -> list[tuple[str, list[Matter]]]:
    """Rows by how soon they are due, the empty groups left out."""
    found: dict[str, list[Matter]] = {name: [] for name in GROUPS}
    for row in rows:
        found[_group(row, at)].append(row)
    return [(name, held) for name, held in found.items() if held]


# What waits in a scope: the tab of the queue that shows it, what it asks for, for whom.
QUEUES: tuple[tuple[str, str, matters.Filter, tuple[Duty, ...]], ...] = (
    ("receive", "new", matters.Filter(scope="unassigned", phase="open"), ("receive",)),
    ("late", "late", matters.Filter(phase="active", level="late"), OVERSEE),
    ("urgent", "urgent", matters.Filter(phase="active", level="urgent"), OVERSEE),
)


def waiting(who: Actor, at: datetime, *, sight: Q | None = None) -> list[Waiting]:
    """What waits for somebody besides what is in their own hands. `sight` is `matters.visible(who)` of a
    caller who has it."""
    sight = matters.visible(who) if sight is None else sight
    theirs = [one for one in QUEUES if duties.anywhere(who, *one[3])]
    counts = matters.counts(who, [one[2] for one in theirs], sight=sight) if theirs else []
    queue = reverse("desk:queue")
    found = [
        Waiting(f"today.waits.{name}", count, f"{queue}?tab={tab}")
        for (name, tab, _, _), count in zip(theirs, counts, strict=True)
    ]
    texts = len(watches.waiting_texts(who, at=at, sight=sight))
    found.append(Waiting("today.waits.texts", texts, reverse("desk:publications") + "#watched"))
    found += faces.awaited(who, at)
    return [one for one in found if one.count]


@login_required
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """What I owe by when, what waits for me, what is new."""
    who, at = actor_of(request), now()
    sight = matters.visible(who)
    owed = matters.Filter(scope="mine", phase="active", order="due")
    mine = matters.matters(who, owed, sight=sight)
    unread = [n for n in notify.inbox(who.person_id or 0, READ) if not n.read_at]
    doors = doors_of(who)
    yours = turns.awaits_own(who, sight=sight)
    asked = matters.Filter(scope="opened", phase="active")
    opened = matters.matters(who, asked, OPENED, sight=sight)
    context = {
        "section": "today",
        "opened": [one for one in opened.rows if one not in yours],
        "yours": yours,
        "groups": grouped(mine.rows[:LISTED], at),
        "more": mine.more,
        "waiting": waiting(who, at, sight=sight),
        "news": newest(lines(who, unread))[:NEWS],
        "doors": doors if len(doors) <= DOORS else [],
        "now": at,
    }
    return render(request, "desk/today.html", context)


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Leads to where somebody's day begins."""
    return redirect(landing.page(actor_of(request), now()))

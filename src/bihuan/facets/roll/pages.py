"""The whole roll of a matter: a page, and the same as a spreadsheet."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from bihuan.facets.roll import counting, sight
from bihuan.facets.roll.block import STATES
from bihuan.facets.roll.counting import Row
from bihuan.facets.roll.shown import told
from bihuan.foundation.access.api import Actor
from bihuan.kernel.exchange import api as exchange
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.lib.clock import now
from bihuan.web import paging, tables, words
from bihuan.web.actor import actor_of

PAGE = 200
_COLUMNS = ("org", "name", "state", "reason", "at", "left")


def _read(request: HttpRequest, pk: int) -> tuple[Actor, Matter, list[Row], str]:
    """Who looks, the matter, those on its roll who count, and the state that is asked for. Raises
    LookupError where there is none that the reader sees."""
    who = actor_of(request)
    found = matters.matter(who, pk)
    on = timezone.localtime(now()).date()
    rows = counting.counting(counting.rows(found).values(), found, on)
    if not rows:
        raise LookupError(pk)
    if sight.veiled(found, who):
        # Neither who has done it nor, so, who has not.
        own = {one.key for one in counting.mine(who, rows)}
        rows = [one for one in rows if one.state not in ("should", "done") or one.key in own]
    state = request.GET.get("state", "")
    return who, found, rows, state if state in STATES else ""


def _named(who: Actor, found: Matter, rows: list[Row], state: str) -> tuple[list[Row], int]:
    """Those in a state whose names the reader reads, and how many others there are."""
    is_named, wanted = sight.named(found, who), [one for one in rows if state in ("", one.state)]
    seen = [one for one in wanted if is_named(one)]
    return seen, len(wanted) - len(seen)


def _told(who: Actor, found: Matter, rows: list[Row]) -> list[dict[str, Any]]:
    return told(found, who, timezone.localtime(now()).date(), rows)


@login_required
@require_GET
def every(request: HttpRequest, pk: int) -> HttpResponse:
    """All on the roll of a matter that the reader may read, or those in one state, so many at a time."""
    who, found, rows, state = _read(request, pk)
    counts = counting.states(rows)
    named, unnamed = _named(who, found, rows, state)
    page = paging.number(request)
    first = (page - 1) * PAGE
    context = {
        "section": "queue",
        "matter": found,
        "state": state,
        "states": [
            {"state": "", "count": len(rows)},
            *({"state": one, "count": counts[one]} for one in STATES if counts[one]),
        ],
        "rows": _told(who, found, named[first : first + PAGE]),
        "unnamed": unnamed,
        "before": page - 1,
        "after": page + 1 if len(named) > first + PAGE else 0,
    }
    return render(request, "roll/all.html", context)


@login_required
@require_GET
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a spreadsheet."""
    who, found, rows, state = _read(request, pk)
    named, _ = _named(who, found, rows, state)
    lines = [
        [
            one["org"]["name"],
            one["name"],
            words.text(f"roll.state.{one['state']}"),
            words.choose(one["reason"]) if one["reason"] else "",
            timezone.localtime(one["at"]).date(),
            words.text("roll.left") if one["left"] else "",
        ]
        for one in _told(who, found, named)
    ]
    content = exchange.taken_out(
        who,
        [words.text(f"roll.column_{name}") for name in _COLUMNS],
        lines,
        name=f"{words.text('roll.title')} {found.number}",
        said={"matter": found.number, "list": state},
        at=now(),
    )
    return tables.sent(content, f"roll-{found.number}.xlsx")

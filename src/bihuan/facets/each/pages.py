"""All matters that were opened for a roster: a page, and the same as a spreadsheet."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from bihuan.facets.each import board
from bihuan.facets.each.shown import told
from bihuan.foundation.access.api import Actor
from bihuan.kernel.exchange import api as exchange
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.lib.clock import now
from bihuan.web import paging, tables, words
from bihuan.web.actor import actor_of

PAGE = 200
# Of a spreadsheet, as of other lists.
MOST = exchange.listing.MAX_ROWS
_COLUMNS = ("org", "whom", "number", "state", "due", "closed", "left")


def _read(request: HttpRequest, pk: int) -> tuple[Actor, Matter, board.Counts, str]:
    """Who looks, the matter, how many there are, and the list that is asked for. Raises LookupError
    where there is none that the reader sees."""
    who = actor_of(request)
    found = matters.matter(who, pk)
    run = board.run_of(found)
    if run is None:
        raise LookupError(pk)
    name = request.GET.get("list", "")
    return who, found, board.counts(found, run), name if name in board.LISTS else ""


@login_required
@require_GET
def every(request: HttpRequest, pk: int) -> HttpResponse:
    """Those that the reader sees, or one list of them, so many at a time."""
    who, found, counts, name = _read(request, pk)
    page = paging.number(request)
    rows = [*board.rows(found, who, name)[(page - 1) * PAGE : page * PAGE + 1]]
    lists = [(one, getattr(counts, one)) for one in board.LISTS]
    context = {
        "section": "queue",
        "matter": found,
        "list": name,
        "lists": [("", counts.opened), *((one, n) for one, n in lists if n)],
        "rows": told(rows[:PAGE]),
        "before": page - 1,
        "after": page + 1 if len(rows) > PAGE else 0,
    }
    return render(request, "each/all.html", context)


@login_required
@require_GET
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a spreadsheet, up to 5,000 rows."""
    who, found, _, name = _read(request, pk)
    lines = [
        [
            one["org"]["name"],
            one["whom"],
            one["number"],
            words.choose(one["state_label"]),
            timezone.localtime(one["due_at"]).date() if one["due_at"] else "",
            timezone.localtime(one["closed_at"]).date() if one["closed_at"] else "",
            one["left"] or "",
        ]
        for one in told(board.rows(found, who, name)[:MOST])
    ]
    content = exchange.taken_out(
        who,
        [words.text(f"each.column_{name}") for name in _COLUMNS],
        lines,
        name=f"{words.text('each.title')} {found.number}",
        said={"matter": found.number, "list": name},
        at=now(),
    )
    return tables.sent(content, f"each-{found.number}.xlsx")

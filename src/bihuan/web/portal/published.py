"""Published answers: boards, search, one page each with its count of views."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from bihuan.kernel.programmes import api as programmes
from bihuan.lib.clock import now
from bihuan.outcomes.publicity import api as publicity
from bihuan.web import words

PAGE = 20


def _boards() -> list[tuple[str, str]]:
    return [
        (board, words.of(programme, f"boards.{board}"))
        for programme in programmes.known()
        for board, found in publicity.BOARDS.of(programme).items()
        if not found.for_staff
    ]


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What is published, newest first, or what contains the words searched for."""
    query = request.GET.get("q", "").strip()[:60]
    board = request.GET.get("board", "")
    before = request.GET.get("before", "")
    cursor = int(before) if before.isdigit() and len(before) < 18 else None
    like = False
    if query:
        rows = publicity.search_published(query, PAGE)
        more = False
        if not rows:
            # A whole sentence rarely stands in an answer word for word; what is much like it does.
            rows = [row for row, _ in publicity.alike(query, PAGE)]
            like = bool(rows)
    else:
        rows = publicity.published(board=board, before=cursor, limit=PAGE + 1)
        more = len(rows) > PAGE
        rows = rows[:PAGE]
    clicks = publicity.clicks([row.pk for row in rows])
    context = {
        "section": "published",
        "rows": [(row, clicks.get(row.pk, 0)) for row in rows],
        "more": rows[-1].pk if more else None,
        "query": query,
        "like": like,
        "board": board,
        "boards": _boards(),
    }
    return render(request, "portal/published.html", context)


def _of_senders(row: publicity.Publication) -> bool:
    """Whether it answers what anybody may send, rather than tells what staff wrote."""
    for programme in programmes.known():
        board = publicity.BOARDS.of(programme).get(row.board)
        if programme.id == row.programme and board is not None:
            return "sender" in programme.kinds[board.kind].opened_by
    return True


@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One publication; opening it counts one view, and nothing about the reader."""
    row = publicity.read_public(pk, at=now())
    context = {
        "section": "published",
        "row": row,
        "of_senders": _of_senders(row),
        "clicks": publicity.clicks([pk]).get(pk, 0),
    }
    status = 410 if row.state == "withdrawn" else 200
    return render(request, "portal/publication.html", context, status=status)

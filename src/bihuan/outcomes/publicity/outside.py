"""What anybody may read of publications: every public door asks here, and what a board keeps for staff
is never among it."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet

from bihuan.foundation.search import api as search
from bihuan.foundation.sql.lookup import Lookup
from bihuan.outcomes.publicity import views
from bihuan.outcomes.publicity.models import Publication
from bihuan.outcomes.publicity.parts import shown as as_shown

_by_pk = Lookup(Publication.outside.filter(pk=-1), -1)
_of_subject = Lookup(Publication.outside.filter(subject="?").order_by("-pk"), "?")


def _published() -> QuerySet[Publication]:
    return Publication.outside.filter(state="published")


def read_public(pk: int, *, at: datetime) -> Publication:
    """A published (or withdrawn) publication as anybody sees it, and counts the view.

    Raises LookupError for drafts and unknown ones alike.
    """
    row = next(as_shown(_by_pk(pk)), None) if 0 < pk < 2**63 else None
    if row is None or row.state == "drafted":
        raise LookupError(pk)
    if row.state == "published":
        views.count(pk, at=at)
    return row


def public_of(stream: str) -> list[Publication]:
    """What anybody may read of what was made from a matter, withdrawn ones too, newest first."""
    return [row for row in as_shown(_of_subject(stream)) if row.state != "drafted"]


def published(
    *, board: str = "", category: str = "", before: int | None = None, limit: int = 20
) -> list[Publication]:
    """What is on the boards, the last published first; `before` is the id of the last one seen."""
    rows = _published()
    if board:
        rows = rows.filter(board=board)
    if category:
        rows = rows.filter(category=category)
    if before:
        seen = Publication.outside.filter(pk=before, published_at__isnull=False).first()
        if seen is None:
            return []
        same = Q(published_at=seen.published_at, pk__lt=before)
        rows = rows.filter(Q(published_at__lt=seen.published_at) | same)
    return list(as_shown(rows.order_by("-published_at", "-pk")[:limit]))


def search_published(query: str, limit: int = 20) -> list[Publication]:
    """Published texts that contain every word of the query, newest first."""
    found: list[int] = []
    for pk in search.find("p", query):
        found.append(pk)
        if len(found) >= limit:
            break
    rows = _published().filter(pk__in=found).order_by("-published_at", "-pk")
    return list(as_shown(rows))


def searched() -> Iterator[search.Text]:
    """What search should know: number, title and text of all that is published, by number."""
    rows = _published().order_by("pk")
    for row in as_shown(rows.iterator(chunk_size=500)):
        yield row.pk, row.title, f"{row.question}\n{row.answer}"


def alike(text: str, limit: int = 3) -> list[tuple[Publication, float]]:
    """Published answers to something much like this text."""
    scores = {one.number: one.score for one in search.alike("p", text, limit=limit)}
    rows = {p.pk: p for p in as_shown(_published().filter(pk__in=scores))}
    return [(rows[pk], score) for pk, score in scores.items() if pk in rows]

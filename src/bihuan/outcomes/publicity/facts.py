"""What figures may know of publications and bulletins: when each was drafted, shown or issued,
withdrawn; and how many read a publication."""

from collections.abc import Iterable
from datetime import date

from bihuan.insight import api as insight
from bihuan.outcomes.publicity.models import Bulletin, Publication, Views


def _views() -> Iterable[tuple[int, date, int]]:
    rows = Views.objects.order_by("publication_id", "day")
    return rows.values_list("publication_id", "day", "count").iterator()


def declare() -> None:
    """Makes publications with the counts of their readers, and bulletins, known to the facts."""
    same = ("programme", "board", "category", "home_path")
    columns = {name: name for name in same} | {"to_state": "state"}
    insight.declare(
        insight.Stream(Publication.STREAM, columns, subject="subject"),
        insight.Tally("views", Publication.STREAM, _views),
    )
    columns = {name: name for name in ("programme", "kind", "home_path")} | {"to_state": "state"}
    insight.declare(insight.Stream(Bulletin.STREAM, columns))

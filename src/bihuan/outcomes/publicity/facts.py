"""What figures may know of publications: when each was drafted, shown, withdrawn, and its readers."""

from bihuan.insight import api as insight
from bihuan.outcomes.publicity.models import Publication, Views


def declare() -> None:
    """Makes publications and the counts of their readers known to the facts."""
    same = ("programme", "board", "category", "home_path")
    columns = {name: name for name in same} | {"to_state": "state"}
    insight.declare(
        insight.Stream(Publication.STREAM, columns, subject="subject"),
        insight.Tally(
            "views",
            stream=Publication.STREAM,
            table=Views._meta.db_table,
            row="publication_id",
            day="day",
            count="count",
        ),
    )

"""A measure of figures: the most days that any matter had been open when it was counted."""

from bihuan.spec import measures
from bihuan.spec.measures import Measure


def register():
    measures.register(
        "most_days",
        Measure(
            "the most days since any of them was opened",
            "planted.longest:most",
            reads=("age",),
            told="days",
            rests=True,
        ),
    )

"""The measures that insight itself computes."""

from typing import Literal

from bihuan.spec import measures
from bihuan.spec.measures import Measure, Told

_HERE = "bihuan.insight.figures.measuring"


_SUMS: tuple[tuple[str, str, Literal["int", "number", "money"], Told], ...] = (
    ("sum", "the sum of a whole number that the steps say in `input`", "int", "whole"),
    (
        "sum_number",
        "the sum of a number with places after the point, in `input` of type number",
        "number",
        "number",
    ),
    (
        "sum_money",
        "the sum, in yuan, of an amount of money, in `input` of type money",
        "money",
        "money",
    ),
)


def declare() -> None:
    """Registers them."""
    measures.register(
        "count",
        Measure(
            "how many matters, or steps, are meant", f"{_HERE}:counted", excludes=True, adds="steps"
        ),
    )
    measures.register(
        "share",
        Measure(
            "which part of them `part` is",
            f"{_HERE}:counted",
            needs="part",
            excludes=True,
            told="share",
            rests=True,
            adds="steps",
        ),
    )
    for name, about, sums, told in _SUMS:
        measures.register(
            name,
            Measure(
                about,
                f"{_HERE}:summed",
                needs="input",
                sums=sums,
                reads=("said",),
                told=told,
                adds="always",
            ),
        )
    measures.register(
        "tally",
        Measure(
            "the sum of a counter beside the facts, `tally`",
            f"{_HERE}:tallied",
            needs="tally",
            reads=("count",),
            adds="always",
        ),
    )
    measures.register(
        "median_days",
        Measure(
            "the median of the days since the matter was opened",
            f"{_HERE}:median",
            reads=("age",),
            told="days",
            rests=True,
        ),
    )
    measures.register(
        "standing",
        Measure(
            "how many matters stood so when the period ended",
            f"{_HERE}:counted",
            excludes=True,
            stands=True,
            adds="always",
        ),
    )
    measures.register(
        "regularity",
        Measure(
            "how evenly they are spread over the months of the year, from 0 (all in one) to 1 (even)",
            f"{_HERE}:regular",
            reads=("day",),
            told="number",
            rests=True,
            of_year=True,
        ),
    )

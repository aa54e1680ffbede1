"""Times that somebody was somewhere: what lies in two of them is time once."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]


def alone(some: Iterable[Span]) -> Iterator[Span]:
    """Of spans, the earliest first, each without what those before it cover already: their lengths together
    are the time that passed in any of them."""
    reached: datetime | None = None
    for since, until in some:
        first = since if reached is None else max(since, reached)
        yield first, max(first, until)
        reached = max(first, until)


def minutes(span: Span) -> int:
    """How many full minutes a span is long."""
    return (span[1] - span[0]) // timedelta(minutes=1)

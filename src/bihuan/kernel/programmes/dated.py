"""When a dated row holds, as a condition for the database and as a test of a row."""

from datetime import date

from django.db.models import Q

from bihuan.kernel.programmes.models import InForce, Override
from bihuan.kernel.programmes.problems import ProgrammeError
from bihuan.rules.spans import MeetsError, Span, ended


def holding(on: date) -> Q:
    """The condition under which a dated row holds on a day."""
    return Q(start__lte=on) & (Q(end__isnull=True) | Q(end__gt=on))


def holds(row: InForce | Override, on: date) -> bool:
    """Whether a dated row holds on a day."""
    return row.start <= on and (row.end is None or on < row.end)


def span(row: InForce | Override) -> Span:
    """The days of a dated row."""
    return Span(row.start, row.end)


def end_of(row: InForce | Override, on: date) -> date:
    """The end of a row that is to end on a day. Raises ProgrammeError when it ends earlier."""
    try:
        return ended(span(row), on)
    except MeetsError as error:
        raise ProgrammeError(error.key, **error.values) from error

"""When a dated row holds, as a condition for the database and as a test of a row."""

from datetime import date

from django.db.models import Q

from bihuan.kernel.programmes.models import InForce, Override


def holding(on: date) -> Q:
    """The condition under which a dated row holds on a day."""
    return Q(start__lte=on) & (Q(end__isnull=True) | Q(end__gt=on))


def holds(row: InForce | Override, on: date) -> bool:
    """Whether a dated row holds on a day."""
    return row.start <= on and (row.end is None or on < row.end)

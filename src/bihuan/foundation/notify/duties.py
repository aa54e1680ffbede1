"""Duties of the house that come round: claimed by compare-and-set, so that one worker does each.

A worker killed in the middle leaves its lease to run out; the duty then runs again, so duties are
idempotent. Distances are measured both ways: a clock set back or forward by mistake delays a duty
by one period at most and never for ever.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from bihuan.foundation.notify.models import Duty

LEASE = timedelta(minutes=10)


def claim_duty(name: str, *, every: timedelta, at: datetime) -> bool:
    """Takes a duty if it is due and nobody is at it; whoever gets True must finish it."""
    Duty.objects.bulk_create([Duty(name=name)], ignore_conflicts=True)
    due = Q(last_run__isnull=True) | Q(last_run__lte=at - every) | Q(last_run__gte=at + every)
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at) | Q(leased_until__gt=at + LEASE)
    return bool(Duty.objects.filter(due, free, name=name).update(leased_until=at + LEASE))


def note_duties(names: Iterable[str]) -> None:
    """Writes down that there are these duties, so that one which is taken away is missed."""
    Duty.objects.bulk_create([Duty(name=name) for name in names], ignore_conflicts=True)


def duties_done() -> dict[str, datetime | None]:
    """When each known duty ran to its end last; None where it has not yet, or is at work now."""
    return {
        one.name: None if one.leased_until else one.last_run for one in Duty.objects.order_by("pk")
    }


def finish_duty(name: str, *, at: datetime) -> None:
    """Notes that a duty ran to its end."""
    Duty.objects.filter(name=name).update(last_run=at, leased_until=None)


def give_back_duty(name: str, *, until: datetime) -> None:
    """Leaves a duty that failed to be taken again at `until`, by any worker."""
    Duty.objects.filter(name=name).update(leased_until=until)

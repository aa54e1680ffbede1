"""How often publications are opened: counted through the day, written into the log when it is over."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min, Sum
from django.utils import timezone

from bihuan.foundation.audit.api import Finding, Happening, create, register
from bihuan.foundation.sql.statements import OR_ADD, insert, send
from bihuan.outcomes.publicity.models import CountedDay, Views

register(CountedDay)
# Who opened a page in a day's last second is counted by then.
SETTLED = timedelta(minutes=30)
_DAY = timedelta(days=1)
_DO = "find out who could write to the database; `bihuan views rebuild` puts back what the log says"


def count(publication: int, *, at: datetime) -> None:
    """Counts that a publication was opened."""
    view = {"publication_id": publication, "day": timezone.localtime(at).date(), "count": 1}
    send(insert(Views, [view], existing=OR_ADD, once=("publication_id", "day")))


def clicks(publications: list[int]) -> dict[int, int]:
    """Views of each, all days together."""
    rows = Views.objects.filter(publication_id__in=publications).values("publication_id")
    return {r["publication_id"]: r["n"] for r in rows.annotate(n=Sum("count"))}


def _counted(day: date) -> dict[str, int]:
    rows = Views.objects.filter(day=day).order_by("publication_id")
    return {str(pk): count for pk, count in rows.values_list("publication_id", "count")}


def close_days(at: datetime) -> int:
    """Writes the counts of every day that is over into the log, without a gap, each once; returns how
    many days. A day before the last one written is never taken up later: that would take up what
    somebody put in."""
    over = timezone.localtime(at - SETTLED).date() - _DAY
    last = CountedDay.objects.aggregate(last=Max("day"))["last"]
    first = last + _DAY if last else Views.objects.aggregate(first=Min("day"))["first"] or over
    days = [first + n * _DAY for n in range((over - first).days + 1)]
    for day in days:
        with transaction.atomic():
            row = CountedDay(day=day, counts=_counted(day))
            create(row, Happening("views.counted", at, "system"))
    return len(days)


def miscounted() -> Iterator[Finding]:
    """Days that are over whose views are not those that the log counted."""
    # What was altered beyond reading is named by its own event.
    known = {
        row.day: row.counts if isinstance(row.counts, dict) else {}
        for row in CountedDay.objects.order_by("day").iterator()
    }
    if not known:
        return
    last = max(known)
    there: dict[date, dict[str, int]] = defaultdict(dict)
    rows = Views.objects.filter(day__lte=last).values_list("day", "publication_id", "count")
    for day, publication, count in rows.iterator():
        there[day][str(publication)] = count
    for day in sorted(known.keys() | there.keys()):
        told, found = known.get(day, {}), there.get(day, {})
        for pk in sorted(told.keys() | found.keys(), key=lambda one: (len(one), one)):
            if told.get(pk) != found.get(pk):
                yield Finding(
                    f"views of publication:{pk} on {day}",
                    f"{found.get(pk, 0)} are shown, and the log counted {told.get(pk, 0)}",
                    _DO,
                )


@transaction.atomic
def rebuild() -> int:
    """Makes the views of all days in the log what the log says; returns how many of them changed."""
    changed = 0
    last = date.min
    for row in CountedDay.objects.order_by("day").iterator():
        last = row.day
        if _counted(row.day) != row.counts:
            Views.objects.filter(day=row.day).delete()
            told = [
                Views(publication_id=int(pk), day=row.day, count=n) for pk, n in row.counts.items()
            ]
            Views.objects.bulk_create(told)
            changed += 1
    known = CountedDay.objects.values("day")
    more, _ = Views.objects.filter(day__lte=last).exclude(day__in=known).delete()
    return changed + bool(more)

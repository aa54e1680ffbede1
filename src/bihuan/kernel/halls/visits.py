"""Outings of the mobile unit: planned, cancelled with a reason, public."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction

from bihuan.foundation.audit.api import Happening, change, create
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.halls.models import Visit
from bihuan.kernel.halls.problems import HallError
from bihuan.kernel.services.api import at_window
from bihuan.lib.legal import one_line

SERVICES = 200


@dataclass(frozen=True)
class Outing:
    """Where, when, for which services (ids); `note` is what people should know."""

    place: str
    day: date
    opens: time
    closes: time
    services: Sequence[int] = ()
    note: str = ""


@transaction.atomic
def plan(org: Org, given: Outing, *, at: datetime, actor: str) -> Visit:
    """Announces an outing with those of its services that are done at the hall. Raises HallError:
    no place, no service, closed before it opens."""
    place, note = one_line(given.place), one_line(given.note)
    if not place:
        raise HallError("halls.no_place")
    for name, text, limit in (("place", place, 120), ("note", note, 200)):
        if len(text) > limit:
            raise HallError("services.too_long", name=name, limit=limit)
    if given.closes <= given.opens:
        raise HallError("halls.closes_before")
    done_here = {one.pk for one in at_window(org.path, given.day)}
    chosen = sorted(done_here & set(given.services))
    if not chosen or len(chosen) > SERVICES:
        raise HallError("halls.no_services")
    row = Visit(
        org=org,
        place=place,
        day=given.day,
        opens=f"{given.opens:%H:%M}",
        closes=f"{given.closes:%H:%M}",
        services=chosen,
        note=note,
    )
    return create(row, Happening("visit.planned", at, actor))


@transaction.atomic
def cancel(pk: int, reason: str, *, at: datetime, actor: str) -> Visit:
    """Calls an outing off; the reason stands where it was announced. Raises HallError, LookupError."""
    row = visit(pk)
    text = one_line(reason)[:200]
    if not text:
        raise HallError("halls.no_reason")
    if row.cancelled:
        return row
    return change(row, Happening("visit.cancelled", at, actor, set={"cancelled": text}))


def visit(pk: int) -> Visit:
    """One outing with its organisation. Raises LookupError."""
    found = Visit.objects.select_related("org").filter(pk=pk).first() if 0 < pk < 2**63 else None
    if found is None:
        raise LookupError(pk)
    return found


def visits(start: date, end: date, orgs: Sequence[int] = ()) -> list[Visit]:
    """The outings from a day to a day, called-off ones too, soonest first; of some organisations
    or, without any named, of all."""
    rows = Visit.objects.filter(day__gte=start, day__lte=end).select_related("org")
    if orgs:
        rows = rows.filter(org_id__in=list(orgs))
    return list(rows.order_by("day", "opens", "pk"))

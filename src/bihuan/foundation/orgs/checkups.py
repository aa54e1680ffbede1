"""What `bihuan doctor` looks at of the working calendar: limits count by it."""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone

from bihuan.foundation.orgs import calendars
from bihuan.lib.checkups import Checkup, Looked, Said, add

# The State Council tells next year's days in November; from this day of a year on they are missed.
TOLD_BY = (12, 1)


def _calendar(asked: Looked) -> Iterator[Said]:
    today = timezone.localtime(asked.at).date()
    held = {one.year: one.status for one in calendars.years(calendars.default().pk)}
    now, then = today.year, today.year + 1
    if held.get(now) != "announced":
        yield Said("unsure" if now in held else "missing", good=False, values={"year": now})
    else:
        yield Said("good", values={"year": now})
    by = date(now, *TOLD_BY)
    values = {"year": then, "by": by.isoformat()}
    if held.get(then) == "announced":
        yield Said("good", values=values)
    elif today >= by:
        yield Said("unsure" if then in held else "missing", good=False, values=values)
    else:
        yield Said("later", values=values)


def register() -> None:
    add(Checkup("calendar", _calendar, asks_database=True))

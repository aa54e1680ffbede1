"""What gatherings hold about somebody, for their own eyes: whether they came, how that is known, what they
wrote."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bihuan.facets.gathering.models import Attendance
from bihuan.foundation.access import own_data
from bihuan.foundation.access.own_data import Code
from bihuan.kernel.matters import api as matters


def _attended(person_id: int, at: datetime) -> Iterator[Mapping[str, Any]]:
    del at
    rows = list(Attendance.objects.filter(person_id=person_id).order_by("at", "pk"))
    found = matters.of_streams([one.stream for one in rows])
    for one in rows:
        yield {
            "number": found[one.stream].number,
            "attendance": Code(one.state, f"gathering.state.{one.state}"),
            "minutes": one.numbers.get("minutes", 0),
            "reason": one.reason,
            "at": one.at,
        }


def register() -> None:
    """Registers what is held here."""
    own_data.register("attendance", _attended)

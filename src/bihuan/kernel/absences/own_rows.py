"""When somebody was away and who stood in, for their own eyes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bihuan.foundation.access import own_data
from bihuan.kernel.absences.models import Absence


def _absences(person_id: int, at: datetime) -> Iterator[Mapping[str, Any]]:
    del at
    rows = Absence.objects.filter(person_id=person_id).select_related("stand_in")
    for one in rows.order_by("start", "pk"):
        said = {"start": one.start, "end": one.end, "over": one.over}
        yield {**said, "stand_in": one.stand_in.name}


def register() -> None:
    """Registers what is held here."""
    own_data.register("absences", _absences)

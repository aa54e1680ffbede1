"""What rounds hold about somebody, for their own eyes: where they were nominated, and what came of it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bihuan.facets.round.models import Award, Candidacy
from bihuan.foundation.access import own_data
from bihuan.kernel.matters.api import Matter


def _nominated(person_id: int, at: datetime) -> Iterator[Mapping[str, Any]]:
    del at
    rows = list(Candidacy.objects.filter(person_id=person_id).order_by("pk"))
    found = Matter.objects.in_bulk([row.matter_id for row in rows])
    given = {row.matter_id: row for row in Award.objects.filter(person_id=person_id)}
    for row in rows:
        award = given.get(row.matter_id)
        yield {
            "number": found[row.matter_id].number,
            "at": found[row.matter_id].opened_at,
            "given": award.given if award is not None else "",
            "ended": award.ended if award is not None and award.ended is not None else "",
        }


def register() -> None:
    """Registers what is held here."""
    own_data.register("nominations", _nominated)

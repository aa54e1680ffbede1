"""The grades that somebody gave, for their own eyes."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bihuan.facets.scores.models import Score
from bihuan.foundation.access import own_data
from bihuan.foundation.access.own_data import Code
from bihuan.kernel.matters import api as matters


def _given(person_id: int, at: datetime) -> Iterator[Mapping[str, Any]]:
    del at
    rows = list(Score.objects.filter(person_id=person_id).order_by("at", "pk"))
    found = matters.of_streams([one.stream for one in rows])
    for one in rows:
        matter = found[one.stream]
        for item, grade in (json.loads(one.kept) if one.kept else {"": ""}).items():
            yield {
                "number": matter.number,
                "item": Code(item, f"fields.{item}", matter.programme) if item else "",
                "grade": Code(grade, f"choices.{item}.{grade}", matter.programme) if item else "",
                "at": one.at,
            }


def register() -> None:
    """Registers what is held here."""
    own_data.register("scores", _given)

"""Of what obligations somebody was freed, for their own eyes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bihuan.foundation.access import own_data
from bihuan.foundation.access.own_data import Code
from bihuan.kernel.obligations.models import Waiver


def _waivers(person_id: int, at: datetime) -> Iterator[Mapping[str, Any]]:
    del at
    for row in Waiver.objects.filter(person_id=person_id).order_by("start", "pk"):
        yield {
            "obligation": Code(row.obligation, f"obligations.{row.obligation}", row.programme),
            "reason": Code(row.reason, f"exempted.{row.obligation}.{row.reason}", row.programme),
            "note": row.note,
            "start": row.start,
            "end": row.end,
        }


def register() -> None:
    """Registers what is held here."""
    own_data.register("waivers", _waivers)

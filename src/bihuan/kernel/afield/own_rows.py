"""What somebody entered on a phone without a network, for their own eyes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bihuan.foundation.access import own_data
from bihuan.kernel.afield.models import PhoneEntry


def _entries(person_id: int, at: datetime) -> Iterator[Mapping[str, Any]]:
    del at
    rows = PhoneEntry.objects.filter(person_id=person_id).select_related("matter")
    for one in rows.order_by("pk"):
        number = one.matter.number if one.matter else ""
        yield {"number": number, "remark": one.remark, "told": one.told}


def register() -> None:
    """Registers what is held here."""
    own_data.register("entries", _entries)

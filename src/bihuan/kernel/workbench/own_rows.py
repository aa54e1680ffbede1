"""What somebody keeps for their own work, for their own eyes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bihuan.foundation.access import own_data
from bihuan.kernel.workbench.filters import filters_of
from bihuan.kernel.workbench.models import Draft


def _filters(person_id: int, at: datetime) -> Iterator[Mapping[str, Any]]:
    del at
    for one in filters_of(person_id):
        yield {"name": one.name, "query": one.query}


def _drafts(person_id: int, at: datetime) -> Iterator[Mapping[str, Any]]:
    del at
    rows = Draft.objects.filter(person_id=person_id).select_related("matter")
    for one in rows.order_by("kept_at", "pk"):
        yield {"number": one.matter.number, "at": one.kept_at, "typed": one.data}


def register() -> None:
    """Registers what is held here."""
    own_data.register("filters", _filters)
    own_data.register("drafts", _drafts)

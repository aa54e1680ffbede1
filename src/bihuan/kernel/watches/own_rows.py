"""The links that somebody gave to people outside, for their own eyes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bihuan.foundation.access import own_data
from bihuan.kernel.watches.models import Watch


def _given(person_id: int, at: datetime) -> Iterator[Mapping[str, Any]]:
    del at
    rows = Watch.objects.filter(given_by=f"person:{person_id}").select_related("matter")
    for one in rows.order_by("pk"):
        said = {"number": one.matter.number, "holder": one.holder, "purpose": one.purpose}
        yield {**said, "expires": one.expires, "revoked": one.revoked}


def register() -> None:
    """Registers what is held here."""
    own_data.register("links", _given)

"""The papers about somebody, and those that they issued, for their own eyes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from bihuan.foundation.access import own_data
from bihuan.foundation.access.own_data import Code
from bihuan.outcomes.papers.models import IssuedPaper


def _papers(person_id: int, at: datetime) -> Iterator[Mapping[str, Any]]:
    del at
    mine = Q(person_id=person_id) | Q(issued_by=f"person:{person_id}")
    for one in IssuedPaper.objects.filter(mine).order_by("pk"):
        own = one.person_id == person_id
        yield {
            "number": one.number,
            # What a paper about somebody else says is theirs.
            "title": one.title if own else "",
            "issued": one.issued_at,
            "state": Code(one.state, f"papers.state.{one.state}"),
        }


def register() -> None:
    """Registers what is held here."""
    own_data.register("papers", _papers)

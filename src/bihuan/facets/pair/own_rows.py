"""What somebody said they can and need, and whom they were paired with, for their own eyes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from bihuan.facets.pair.cards import name_of
from bihuan.facets.pair.models import PairCard, PairOf
from bihuan.foundation.access import own_data
from bihuan.foundation.access.own_data import Code
from bihuan.kernel.matters.api import Matter


def _said(row: PairCard, name: str) -> list[Any]:
    skills = [Code(one, f"skills.{one}", row.programme) for one in getattr(row, name)]
    return [*skills, *getattr(row, f"{name}_more")]


def _cards(person_id: int, at: datetime) -> Iterator[Mapping[str, Any]]:
    del at
    for row in PairCard.objects.filter(person_id=person_id).order_by("pk"):
        said = {name: _said(row, name) for name in ("can", "needs")}
        yield {"programme": row.programme, **said, "said_at": row.said_at}


def _pairs(person_id: int, at: datetime) -> Iterator[Mapping[str, Any]]:
    del at
    key = f"p{person_id}"
    rows = list(PairOf.objects.filter(Q(first=key) | Q(second=key)).order_by("pk"))
    found = Matter.objects.in_bulk([row.matter_id for row in rows])
    for row in rows:
        other = row.second if row.first == key else row.first
        one = found[row.matter_id]
        yield {"partner": name_of(other), "number": one.number, "since": one.opened_at}


def register() -> None:
    """Registers what is held here."""
    own_data.register("pair_cards", _cards)
    own_data.register("pairs", _pairs)

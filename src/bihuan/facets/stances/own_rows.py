"""The stances that somebody took, for their own eyes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bihuan.facets.stances.models import Stance
from bihuan.foundation.access import own_data
from bihuan.foundation.access.own_data import Code
from bihuan.kernel.matters import api as matters


def _taken(person_id: int, at: datetime) -> Iterator[Mapping[str, Any]]:
    del at
    rows = list(Stance.objects.filter(person_id=person_id).order_by("at", "pk"))
    found = matters.of_streams([one.stream for one in rows])
    for one in rows:
        matter = found[one.stream]
        word = f"stances.{matter.kind}.{one.said}"
        choice = Code(one.said, word, matter.programme) if one.said else ""
        yield {"number": matter.number, "choice": choice, "at": one.at}


def register() -> None:
    """Registers what is held here."""
    own_data.register("stances", _taken)

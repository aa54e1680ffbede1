"""Rows of the queue, drawn once for each version of a matter."""

from dataclasses import dataclass, field
from functools import lru_cache

from django.template.loader import render_to_string

from bihuan.kernel.matters.api import Matter
from bihuan.web import words


@dataclass(frozen=True)
class _Look:
    """All that a row shows: a version looks the same to everybody who may see the matter."""

    pk: int
    head: str
    unit: str
    assignee: str
    locale: str
    matter: Matter = field(compare=False)


@lru_cache(maxsize=4096)
def _drawn(look: _Look) -> str:
    return render_to_string("desk/_row.html", {"m": look.matter})


def row(matter: Matter) -> str:
    """One matter as a row of a table, in the reader's language."""
    assignee = matter.assignee.name if matter.assignee else ""
    return _drawn(_Look(matter.pk, matter.head, str(matter.unit), assignee, words.locale(), matter))

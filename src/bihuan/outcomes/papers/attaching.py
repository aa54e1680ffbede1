"""The papers of a matter on its page and in its JSON; what is erased with its words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.outcomes.papers.composing import person
from bihuan.outcomes.papers.models import IssuedPaper
from bihuan.outcomes.papers.reading import (
    any_of,
    counted_below,
    forgotten,
    may_withdraw,
    offers,
    papers_of,
    programme_of,
)
from bihuan.spec.schema import Programme


def shown(found: Matter, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    """What somebody may issue, and the papers that they may read; None where there is neither."""
    del at
    may, rows, below = list(offers(found, who)), [], []
    if any_of(found):
        rows, below = papers_of(found, who), counted_below(found, who)
    if not may and not rows and not below:
        return None
    return {
        "offers": [
            {
                "paper": one.name,
                "name": _both(one.programme, one.name),
                "stands": one.stands.number if one.stands else "",
            }
            for one in may
        ],
        "issued": [told(row, found, who) for row in rows],
        "below": [
            {
                "paper": row.paper,
                "name": _both(programme_of(row), row.paper),
                "count": n,
                "word": spec.size == "card" or n == 1,
            }
            for row, spec, n in below
        ],
    }


def told(row: IssuedPaper, found: Matter, who: Actor) -> dict[str, Any]:
    """A paper in a list: its number, what it is, whether it stands, who issued it."""
    spec = programme_of(row)
    return {
        "id": row.pk,
        "paper": row.paper,
        "name": _both(spec, row.paper),
        "number": row.number,
        "title": row.title,
        "state": row.state,
        "issued_at": row.issued_at,
        "issued_by": person(row.issued_by),
        "ended_at": row.ended_at,
        "withdrawn_why": row.withdrawn_why,
        "erased": not row.title,
        "may_withdraw": row.state == "issued" and may_withdraw(row, found, who),
    }


def _both(programme: Programme, name: str) -> dict[str, str]:
    key = f"papers.{name}.name"
    return {locale: words.get(key, name) for locale, words in programme.strings.items()}


def register() -> None:
    """Puts the part on every matter that has papers."""
    attach(Attached(name="papers", shown=shown, forgotten=forgotten))

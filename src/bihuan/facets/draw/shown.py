"""What was drawn on a matter, with all that somebody needs to work it out again."""

from datetime import datetime
from typing import Any

from bihuan.facets.draw import lots
from bihuan.facets.draw.block import DRAW
from bihuan.facets.draw.models import DrawMade
from bihuan.foundation.access.api import Actor
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.values import api as values
from bihuan.web import words

# Of those before only which rows were drawn; how, by the seed that is told with each.
MOST = 26
_TONGUE = values.Tongue(words.text, words.of)


def shown(found: Matter, who: Actor, at: datetime) -> dict[str, Any] | None:
    """The draws of a matter, the newest first: of which period, by which seed, every row as it was drawn, its
    lot and whether that won. None of kinds without, and while nothing was drawn."""
    del who, at
    spec = programmes.spec_of(found.release_id)
    block = DRAW.of(spec.kinds[found.kind])
    if block is None:
        return None
    rows = DrawMade.objects.filter(stream=found.stream).order_by("-made_at", "-pk")
    draws = [_told(found, block.among, one) for one in rows[:MOST]]
    return {"draws": draws, "more": max(rows.count() - MOST, 0)} if draws else None


def _told(found: Matter, field: str, one: DrawMade) -> dict[str, Any]:
    spec = programmes.spec_of(found.release_id)
    table = values.told(spec, found.kind, field, one.among, _TONGUE).table
    cells = table.rows if table is not None else ()
    lines = [
        {
            "number": number,
            "told": " ".join(text for text in cells[number - 1] if text),
            "text": lots.text(row),
            "lot": lots.lot(one.seed, row),
            "drawn": number in one.drawn,
        }
        for number, row in enumerate(one.among, 1)
    ]
    return {
        "period": one.period,
        "seed": one.seed,
        "made_at": one.made_at,
        "count": len(one.drawn),
        "lines": sorted(lines, key=lambda line: str(line["lot"])),
    }


def register() -> None:
    """Puts the part on every matter of which something was drawn."""
    attach(Attached(name="draw", shown=shown))

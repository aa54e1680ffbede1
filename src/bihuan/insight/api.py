"""The public door of insight.

What computes is loaded when first asked for: Arrow, Ibis and the engines take seconds and a
hundred megabytes, which a command or a worker that counts nothing should not pay. Faces therefore
name types of this door in quotes.
"""

from typing import TYPE_CHECKING

import bihuan.insight.burden  # noqa: F401 - its file of programmes is known wherever insight is
from bihuan.insight import measures
from bihuan.insight.blocks import USED as BLOCKS_USED
from bihuan.insight.facts.streams import Parted, Stream, Tally, declare, declare_parts
from bihuan.insight.panels import COCKPIT, FLOW, PanelSpec
from bihuan.insight.pressing import PRESSURES, wanted
from bihuan.insight.problems import InsightError
from bihuan.insight.scopes import scope, scopes
from bihuan.lib.door import opened_late

measures.declare()

if TYPE_CHECKING:
    from bihuan.insight.behind import seen_behind
    from bihuan.insight.facts.check import Finding, findings
    from bihuan.insight.facts.export import Done, export, rebuild
    from bihuan.insight.facts.store import Manifest, Store, store
    from bihuan.insight.figures.results import (
        Definition,
        Place,
        Result,
        Side,
        Value,
        definition,
        definitions,
        figure,
        matters_behind,
    )
    from bihuan.insight.pressures import Pressures, Share, pressures
    from bihuan.insight.unanswered import beside, late_now, late_rows, late_there

_ROOMS = {
    "behind": ("seen_behind",),
    "facts.check": ("Finding", "findings"),
    "facts.export": ("Done", "export", "rebuild"),
    "facts.store": ("Manifest", "Store", "store"),
    "figures.results": (
        "Definition",
        "Place",
        "Result",
        "Side",
        "Value",
        "definition",
        "definitions",
        "figure",
        "matters_behind",
    ),
    "pressures": ("Pressures", "Share", "pressures"),
    "unanswered": ("beside", "late_now", "late_rows", "late_there"),
}

__all__ = [
    "BLOCKS_USED",
    "COCKPIT",
    "FLOW",
    "PRESSURES",
    "Definition",
    "Done",
    "Finding",
    "InsightError",
    "Manifest",
    "PanelSpec",
    "Parted",
    "Place",
    "Pressures",
    "Result",
    "Share",
    "Side",
    "Store",
    "Stream",
    "Tally",
    "Value",
    "beside",
    "declare",
    "declare_parts",
    "definition",
    "definitions",
    "export",
    "figure",
    "findings",
    "late_now",
    "late_rows",
    "late_there",
    "matters_behind",
    "pressures",
    "rebuild",
    "scope",
    "scopes",
    "seen_behind",
    "store",
    "wanted",
]

__getattr__ = opened_late("bihuan.insight", _ROOMS)

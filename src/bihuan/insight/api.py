"""The public door of insight.

What computes is loaded when first asked for: Arrow, Ibis and the engines take seconds and a
hundred megabytes, which a command or a worker that counts nothing should not pay. Faces therefore
name types of this door in quotes.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from bihuan.insight.facts.streams import Stream, Tally, declare
from bihuan.insight.problems import InsightError
from bihuan.insight.scopes import scope, scopes

if TYPE_CHECKING:
    from bihuan.insight.facts.check import Finding, findings
    from bihuan.insight.facts.export import Done, export, rebuild, store
    from bihuan.insight.facts.store import Manifest, Store
    from bihuan.insight.figures.results import (
        Definition,
        Result,
        Side,
        Value,
        definition,
        definitions,
        figure,
        matters_behind,
    )

_ROOMS = {
    "facts.check": ("Finding", "findings"),
    "facts.export": ("Done", "export", "rebuild", "store"),
    "facts.store": ("Manifest", "Store"),
    "figures.results": (
        "Definition",
        "Result",
        "Side",
        "Value",
        "definition",
        "definitions",
        "figure",
        "matters_behind",
    ),
}

__all__ = [
    "Definition",
    "Done",
    "Finding",
    "InsightError",
    "Manifest",
    "Result",
    "Side",
    "Store",
    "Stream",
    "Tally",
    "Value",
    "declare",
    "definition",
    "definitions",
    "export",
    "figure",
    "findings",
    "matters_behind",
    "rebuild",
    "scope",
    "scopes",
    "store",
]


def __getattr__(name: str) -> Any:
    """Loads the room that has the name. Raises AttributeError."""
    room = next((room for room, names in _ROOMS.items() if name in names), None)
    if room is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"bihuan.insight.{room}"), name)

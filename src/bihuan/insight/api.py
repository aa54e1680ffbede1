"""The public door of insight."""

from bihuan.insight.facts.check import Finding, findings
from bihuan.insight.facts.export import Done, export, rebuild, store
from bihuan.insight.facts.store import Manifest, Store
from bihuan.insight.facts.streams import Stream, Tally, declare
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
from bihuan.insight.problems import InsightError
from bihuan.insight.scopes import scope, scopes

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

"""The public door of insight."""

from bihuan.insight.facts.check import Finding, findings
from bihuan.insight.facts.export import Done, export, rebuild, store
from bihuan.insight.facts.store import Manifest, Store
from bihuan.insight.facts.streams import Stream, Tally, declare
from bihuan.insight.problems import InsightError

__all__ = [
    "Done",
    "Finding",
    "InsightError",
    "Manifest",
    "Store",
    "Stream",
    "Tally",
    "declare",
    "export",
    "findings",
    "rebuild",
    "store",
]

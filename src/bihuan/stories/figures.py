"""A document's figures beside the house's own, as a table."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.rules import periods
from bihuan.stories.stage import locale, word


@dataclass(frozen=True)
class Figure:
    """One figure beside the document's. `more`: the document says "more than"; `percent`: both are
    shares in per cent, rounded to as many `digits` as the document gives: 995 with one is 99.5 %."""

    name: str
    title: str
    document: int
    computed: int
    more: bool = False
    percent: bool = False
    digits: int = 0

    def shown(self, value: int) -> str:
        """A value as the document writes it."""
        return f"{value / 10**self.digits:,.{self.digits}f}{'%' if self.percent else ''}"

    @property
    def equal(self) -> bool:
        """Whether the events bear the document out."""
        if self.more:
            return self.computed >= self.document
        return self.computed == self.document


def compare(document: Mapping[str, Mapping[str, Any]], period: str, scope: Org) -> list[Figure]:
    """Each figure of the document beside the one that the facts of an organisation's subtree give.

    Raises InsightError for a figure no programme declares, or without facts."""
    insight.export(insight.store())
    return [_compared(name, said, period, scope) for name, said in document.items()]


def _compared(name: str, said: Mapping[str, Any], period: str, scope: Org) -> Figure:
    programme, _, figure = str(said["figure"]).partition(".")
    found = insight.definition(programme, figure)
    result = insight.figure(found, periods.parse(period), scope, compare=bool(said.get("change")))
    title = found.programme.strings[locale()][f"figures.{figure}"]
    value = result.total.value or 0
    if said.get("change"):
        title, value = word("change", title=title), result.change_from(result.year_ago) or 0
    percent, digits = bool(said.get("percent")), int(said.get("digits", 0))
    computed = round(value * 100 * 10**digits) if percent else int(value)
    more = bool(said.get("more"))
    return Figure(name, title, said["value"], computed, more, percent, digits)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def table(figures: list[Figure]) -> str:
    """The figures as lines of text, columns aligned, Chinese letters counted double."""
    rows = [[word("figure"), word("document"), word("computed"), ""]]
    for one in figures:
        said = one.shown(one.document)
        rows.append(
            [
                one.title,
                word("more", value=said) if one.more else said,
                one.shown(one.computed),
                word("equal" if one.equal else "differs"),
            ]
        )
    widths = [max(_width(row[i]) for row in rows) for i in range(4)]
    lines = []
    for row in rows:
        pads = [" " * (width - _width(cell)) for width, cell in zip(widths, row, strict=True)]
        cells = [row[0] + pads[0], pads[1] + row[1], pads[2] + row[2], row[3]]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)

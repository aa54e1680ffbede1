"""Figures from events: every matter's stream is replayed, no list and no column is asked."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters import api as matters
from bihuan.outcomes.publicity import api as publicity
from bihuan.stories.stage import word

PAGE = 200


@dataclass(frozen=True)
class Figure:
    """One figure beside the document's. `more`: the document says "more than"."""

    name: str
    document: int
    computed: int
    more: bool = False

    @property
    def equal(self) -> bool:
        """Whether the events bear the document out."""
        if self.more:
            return self.computed >= self.document
        return self.computed == self.document


@dataclass(frozen=True)
class Told:
    """One matter as its events tell it."""

    stream: str
    row: dict[str, Any]
    events: list[dict[str, Any]]
    publications: list[publicity.Publication] = field(default_factory=list)

    def did(self, action: str) -> list[dict[str, Any]]:
        """The events of an action, oldest first."""
        return [e for e in self.events if e.get("action") == action]

    def answered(self) -> bool:
        """Whether some event carries an answer."""
        return any(e.get("private", {}).get("inputs", {}).get("reply") for e in self.events)

    def total(self, action: str, name: str) -> int:
        """The sum of what an action's events say of an input."""
        return sum(int(e.get("inputs", {}).get(name) or 0) for e in self.did(action))


def told(actor: Actor) -> list[Told]:
    """Every matter the actor sees, replayed."""
    return [_replayed(stream) for stream in _streams(actor)]


def _streams(actor: Actor) -> Iterator[str]:
    before: int | None = None
    while True:
        page = matters.matters(actor, matters.Filter(before=before), size=PAGE)
        yield from (m.stream for m in page.rows)
        if not page.more:
            return
        before = page.rows[-1].pk


def _replayed(stream: str) -> Told:
    events = audit.history(stream)
    return Told(
        stream,
        audit.fold(events).row,
        [audit.read(event) for event in events],
        [p for p in publicity.of_subject(stream) if _was_published(p)],
    )


def _was_published(row: publicity.Publication) -> bool:
    return any(e.type == "publication.published" for e in audit.history(row.stream))


def compare(document: Mapping[str, Mapping[str, Any]], computed: Mapping[str, int]) -> list[Figure]:
    """Each figure of the document beside the computed one; one never computed counts as 0."""
    return [
        Figure(name, said["value"], computed.get(name, 0), bool(said.get("more")))
        for name, said in document.items()
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def table(figures: list[Figure]) -> str:
    """The figures as lines of text, columns aligned, Chinese letters counted double."""
    rows = [[word("figure"), word("document"), word("computed"), ""]]
    for one in figures:
        said = f"{one.document:,}"
        rows.append(
            [
                word(f"figures.{one.name}"),
                word("more", value=said) if one.more else said,
                f"{one.computed:,}",
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

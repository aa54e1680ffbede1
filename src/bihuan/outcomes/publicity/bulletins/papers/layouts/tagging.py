"""Tags in a Word file: a paragraph's words as one text, however many runs they were typed in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

from bihuan.outcomes.publicity.bulletins.papers.layouts.faults import Place
from bihuan.spec import tags
from bihuan.spec.tags import Spot

P, T, TBL, TR, TC, BOX, BODY = (
    qn(f"w:{name}") for name in ("p", "t", "tbl", "tr", "tc", "txbxContent", "body")
)
# What stands in a line and is no word: a tag does not reach over it.
_GAPS = {qn(f"w:{name}") for name in ("tab", "br", "cr", "drawing", "pict", "sym", "ptab")}
GAP = "\n"
NEAR = 30


@dataclass(frozen=True)
class Line:
    """A paragraph: its words as one text, and each `w:t` with where its words begin in it."""

    paragraph: Any
    text: str
    pieces: tuple[tuple[int, Any], ...]

    @property
    def spots(self) -> list[Spot]:
        """The pairs of doubled braces in it."""
        return list(tags.spots(self.text))

    def put(self, spot: Spot, words: str) -> None:
        """Puts words where a tag stands, in the formatting of its first brace. Where several are
        put into one line, the last goes first."""
        for start, piece in self.pieces:
            said = piece.text or ""
            first, last = spot.start - start, spot.end - start
            if last <= 0 or first >= len(said):
                continue
            before, after = said[: max(first, 0)], said[last:] if last < len(said) else ""
            piece.text = before + (words if first >= 0 else "") + after
            piece.set(qn("xml:space"), "preserve")


def _owner(element: Any) -> Any:
    return next((one for one in element.iterancestors(P)), None)


def line_of(paragraph: Any) -> Line:
    """The words of one paragraph without those of text boxes that hang in it."""
    text, pieces = "", []
    for one in paragraph.iter(T, *_GAPS):
        if _owner(one) is not paragraph:
            continue
        if one.tag == T:
            pieces.append((len(text), one))
            text += one.text or ""
        elif one.getparent().tag == qn("w:r"):
            text += GAP
    return Line(paragraph, text, tuple(pieces))


def lines(root: Any) -> Iterator[Line]:
    """Every paragraph of a part, those in tables and text boxes among them."""
    for paragraph in list(root.iter(P)):
        yield line_of(paragraph)


def is_own(line: Line, spot: Spot) -> bool:
    """Whether a tag has its paragraph to itself, and that paragraph is one of the body's own."""
    alone = line.text.strip() == line.text[spot.start : spot.end]
    return alone and line.paragraph.getparent().tag == BODY


def place(line: Line, spot: tuple[int, int], part: str = "") -> Place:
    """Where something stands in its part; `part` is header or footer, or nothing for the body."""
    start, end = spot
    near = line.text[max(start - NEAR, 0) : end + NEAR].replace(GAP, " ").strip()
    cell = next((one for one in line.paragraph.iterancestors(TC)), None)
    if part:
        return Place(part, near=near)
    if next((one for one in line.paragraph.iterancestors(BOX)), None) is not None:
        return Place("box", near=near)
    if cell is not None:
        return _cell(cell, near)
    above = list(line.paragraph.getparent().iterchildren(P))
    return Place("paragraph", paragraph=above.index(line.paragraph) + 1, near=near)


def _cell(cell: Any, near: str) -> Place:
    row = next(cell.iterancestors(TR))
    table = next(row.iterancestors(TBL))
    return Place(
        "cell",
        table=1 + list(table.getroottree().iter(TBL)).index(table),
        row=1 + list(table.iterchildren(TR)).index(row),
        column=1 + list(row.iterchildren(TC)).index(cell),
        near=near,
    )

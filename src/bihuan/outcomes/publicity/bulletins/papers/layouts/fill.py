"""Setting a paper in a layout: every tag gives way to what it stands for, all else stays."""

import io
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph

from bihuan.lib.legal import legal
from bihuan.outcomes.press.blocks import Block, Run
from bihuan.outcomes.press.imprint import hinted, sealed
from bihuan.outcomes.press.lines import HEAD, fill_table
from bihuan.outcomes.publicity.bulletins.papers.layouts.faults import Fault, LayoutError
from bihuan.outcomes.publicity.bulletins.papers.layouts.tagging import Line, lines
from bihuan.outcomes.publicity.bulletins.papers.paper import Filling
from bihuan.outcomes.publicity.bulletins.papers.word import add_chart
from bihuan.spec import tags
from bihuan.spec.tags import Spot

_ROOTS = {qn("w:document"), qn("w:hdr"), qn("w:ftr")}
_BLOCKS = tags.BLOCKS + tags.PAPER_BLOCKS
_WIDEST = 150


def fill(content: bytes, given: Filling) -> bytes:
    """The Word file: a layout that was examined, with a paper in it.

    Raises LayoutError when the file cannot be opened as a document of Word.
    """
    try:
        document = Document(io.BytesIO(content))
        for root in _roots(document):
            for line in lines(root):
                _line(document, line, given)
            for bound in list(root.iter(qn("w:dataBinding"))):
                # Word would put the old words back from where they are bound to.
                bound.getparent().remove(bound)
        return sealed(document, given.paper.imprint)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, SyntaxError) as error:
        # What python-docx misses in a file shows as whatever it then stumbles over.
        raise LayoutError("layouts.refused", [Fault("broken")]) from error


def _roots(document: Docx) -> list[Any]:
    elements = [getattr(one, "element", None) for one in document.part.package.iter_parts()]
    return [one for one in elements if one is not None and one.tag in _ROOTS]


def _line(document: Docx, line: Line, given: Filling) -> None:
    for spot in reversed(line.spots):
        if spot.text in _BLOCKS or spot.text in given.blocks:
            _blocks(document, line, spot, given)
        elif spot.text in given.words:
            line.put(spot, legal(given.words[spot.text]))


def _blocks(document: Docx, line: Line, spot: Spot, given: Filling) -> None:
    """Puts whole paragraphs where a tag has one to itself, in its formatting."""
    for element in _made(document, line, spot.text, given):
        line.paragraph.addprevious(element)
    section = line.paragraph.find(f"{qn('w:pPr')}/{qn('w:sectPr')}")
    if section is None:
        line.paragraph.getparent().remove(line.paragraph)
    else:
        # The paragraph ends a section: it stays, without its words.
        line.put(spot, "")


def _made(document: Docx, line: Line, tag: str, given: Filling) -> Iterator[Any]:
    paper = given.paper
    if tag == "text":
        for block in paper.blocks:
            yield from _block(document, line, block, given)
    elif tag in given.blocks:
        for block in given.blocks[tag]:
            yield from _block(document, line, block, given)
    elif tag == "definitions":
        for said in filter(None, (*(one.line for one in paper.definitions), paper.horizon)):
            yield _like(document, line, said)
    elif tag == "table" and given.table:
        yield _table(document, given.table)
    elif tag == "chart" and paper.chart.get("rows"):
        yield _chart(document, given)


def _block(document: Docx, line: Line, block: Block, given: Filling) -> Iterator[Any]:
    if block.kind == "table":
        yield _table(document, block.rows)
    elif block.kind == "chart":
        yield _chart(document, given)
    else:
        said = "".join(run.text for run in block.runs)
        yield _like(document, line, said, heading=block.kind == "heading")


def _like(document: Docx, line: Line, words: str, *, heading: bool = False) -> Any:
    """A paragraph that looks as the tag's own does."""
    made = deepcopy(line.paragraph)
    for child in list(made):
        if child.tag != qn("w:pPr"):
            made.remove(child)
    for section in list(made.iter(qn("w:sectPr"))):
        section.getparent().remove(section)
    paragraph = Paragraph(made, document._body)
    run = paragraph.add_run(legal(words))
    shape = line.pieces[0][1].getparent().find(qn("w:rPr"))
    if shape is not None:
        run._element.insert(0, deepcopy(shape))
    hinted(run._element)
    if heading:
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), HEAD)
        paragraph.paragraph_format.keep_with_next = True
    return made


def _width(document: Docx) -> float:
    """How wide the type area is, in millimetres."""
    section = document.sections[0]
    if section.page_width is None or section.left_margin is None or section.right_margin is None:
        return _WIDEST
    return (section.page_width - section.left_margin - section.right_margin) / Mm(1)


def _table(document: Docx, rows: tuple[tuple[Run, ...], ...]) -> Any:
    table = document.add_table(len(rows), len(rows[0]))
    fill_table(table, rows, _width(document))
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        border = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "auto")):
            border.set(qn(f"w:{name}"), value)
        borders.append(border)
    table._tbl.tblPr.append(borders)
    return table._tbl


def _chart(document: Docx, given: Filling) -> Any:
    return add_chart(document, given.paper, min(_width(document), _WIDEST))._p

"""A bulletin as a Word file in the layout of official documents, GB/T 9704-2012.

A4, type area 156 mm × 225 mm; red head and red rule; title in small Biaosong of size 2, headings in
Hei and text in Fangsong of size 3, 22 lines a page; page numbers of size 4, outside.
"""

import io

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from bihuan.outcomes.press.blocks import Block
from bihuan.outcomes.press.imprint import plain, sealed
from bihuan.outcomes.press.lines import (
    HEAD,
    LATIN,
    SIZE_2,
    SIZE_3,
    SIZE_4,
    TEXT,
    TITLE,
    fill_table,
    line,
    page_of_document,
    put,
    red_head,
    rule,
)
from bihuan.outcomes.publicity.bulletins.papers.chart import png
from bihuan.outcomes.publicity.bulletins.papers.paper import Paper


def word(paper: Paper) -> bytes:
    """The file's bytes."""
    document = Document()
    plain(document, paper.imprint, (LATIN, TEXT))
    page_of_document(document)
    _head(document, paper)
    for block in paper.blocks:
        _WRITERS[block.kind](document, block, paper)
    _sign(document, paper)
    _definitions(document, paper)
    return sealed(document, paper.imprint)


def _head(document: Docx, paper: Paper) -> None:
    red_head(document, paper.head)
    line(document)
    number = line(document, ALIGN.CENTER)
    put(number, paper.number, TEXT, SIZE_3)
    rule(number)
    line(document)
    put(line(document, ALIGN.CENTER, SIZE_2 * 1.6), paper.title, TITLE, SIZE_2)
    line(document)


def _heading(document: Docx, block: Block, paper: Paper) -> None:
    del paper
    _text(document, block, HEAD)


def _paragraph(document: Docx, block: Block, paper: Paper) -> None:
    del paper
    _text(document, block, TEXT)


def _text(document: Docx, block: Block, font: str) -> None:
    paragraph = line(document)
    paragraph.paragraph_format.first_line_indent = Pt(2 * SIZE_3)
    paragraph.paragraph_format.keep_with_next = font == HEAD
    for run in block.runs:
        put(paragraph, run.text, font, SIZE_3)


def _table(document: Docx, block: Block, paper: Paper) -> None:
    del paper
    table = document.add_table(len(block.rows), len(block.rows[0]), style="Table Grid")
    fill_table(table, block.rows, 156)


def _chart(document: Docx, block: Block, paper: Paper) -> None:
    del block
    add_chart(document, paper, 150)


def add_chart(document: Docx, paper: Paper, width: float) -> Paragraph:
    """The chart as a picture `width` millimetres wide, at the end of the document."""
    paragraph = document.add_paragraph()
    paragraph.alignment = ALIGN.CENTER
    # A style's exact spacing would cut the picture.
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    picture = paragraph.add_run().add_picture(io.BytesIO(png(paper.chart)), width=Mm(width))
    # Who cannot see the picture is read its numbers.
    rows = "；".join(f"{name} {shown}" for name, _, shown in paper.chart["rows"])
    picture._inline.docPr.set("descr", f"{paper.chart['title']}：{rows}")
    return paragraph


def _sign(document: Docx, paper: Paper) -> None:
    line(document)
    for text, indent in ((paper.head, 2), (paper.date or paper.number, 4)):
        paragraph = line(document, ALIGN.RIGHT)
        paragraph.paragraph_format.right_indent = Pt(indent * SIZE_3)
        put(paragraph, text, TEXT, SIZE_3)


def _definitions(document: Docx, paper: Paper) -> None:
    if not paper.definitions_title:
        return
    line(document)
    put(line(document), paper.definitions_title, HEAD, SIZE_4)
    for text in filter(None, (*(one.line for one in paper.definitions), paper.horizon)):
        put(line(document, ALIGN.LEFT, 22), text, TEXT, SIZE_4 - 2)


_WRITERS = {"heading": _heading, "paragraph": _paragraph, "table": _table, "chart": _chart}

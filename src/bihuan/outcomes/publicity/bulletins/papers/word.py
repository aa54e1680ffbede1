"""A bulletin as a Word file in the layout of official documents, GB/T 9704-2012.

A4, type area 156 mm × 225 mm; red head and red rule; title in small Biaosong of size 2, headings in
Hei and text in Fangsong of size 3, 22 lines a page; page numbers of size 4, outside.
Fonts are named, not embedded: offices have them, and their licence does not let us ship them; the
file tells whoever lacks them what else will do.
"""

import io
from collections.abc import Sequence

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

from bihuan.lib.legal import legal
from bihuan.outcomes.publicity.bulletins.papers.chart import png
from bihuan.outcomes.publicity.bulletins.papers.imprint import hinted, plain, sealed
from bihuan.outcomes.publicity.bulletins.papers.paper import Block, Paper, Run

TITLE, TEXT, HEAD, PAGE = "方正小标宋_GBK", "仿宋_GB2312", "黑体", "宋体"
LATIN = "Times New Roman"
RED = RGBColor(0xE6, 0x00, 0x00)
# Size 2, size 3, size 4 and the head's own, in points; 22 lines on 225 mm.
SIZE_2, SIZE_3, SIZE_4, SIZE_HEAD, LINE = 22, 16, 14, 42, 28.9
HEAD_WIDTH = 156 / 25.4 * 72


def word(paper: Paper) -> bytes:
    """The file's bytes."""
    document = Document()
    plain(document, paper.imprint, (LATIN, TEXT))
    _page(document)
    _head(document, paper)
    for block in paper.blocks:
        _WRITERS[block.kind](document, block, paper)
    _sign(document, paper)
    _definitions(document, paper)
    return sealed(document, paper.imprint)


def _page(document: Docx) -> None:
    section = document.sections[0]
    section.start_type = WD_SECTION.NEW_PAGE
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    # The number's rule lies 7 mm below the type area.
    section.footer_distance = Mm(35 - 7 - 5)
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in ((section.footer, ALIGN.RIGHT), (section.even_page_footer, ALIGN.LEFT)):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        indent = paragraph.paragraph_format
        indent.right_indent = indent.left_indent = Pt(SIZE_4)
        _run(paragraph, "— ", PAGE, SIZE_4)
        _field(paragraph)
        _run(paragraph, " —", PAGE, SIZE_4)


def _run(
    paragraph: Paragraph, text: str, font: str, size: float, colour: RGBColor | None = None
) -> None:
    run = paragraph.add_run(legal(text))
    run.font.name, run.font.size = LATIN, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    hinted(run._element)
    if colour is not None:
        run.font.color.rgb = colour


def _field(paragraph: Paragraph) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        run.font.name, run.font.size = PAGE, Pt(SIZE_4)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._element.append(mark)


def _line(document: Docx, align: ALIGN = ALIGN.JUSTIFY, spacing: float = LINE) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(spacing)
    return paragraph


def _head(document: Docx, paper: Paper) -> None:
    # A long name is set smaller, so that the head stays on one line.
    size = min(SIZE_HEAD, HEAD_WIDTH / max(len(paper.head), 1) * 0.98)
    _run(_line(document, ALIGN.CENTER, size * 1.4), paper.head, TITLE, size, RED)
    _line(document)
    number = _line(document, ALIGN.CENTER)
    _run(number, paper.number, TEXT, SIZE_3)
    _rule(number)
    _line(document)
    _run(_line(document, ALIGN.CENTER, SIZE_2 * 1.6), paper.title, TITLE, SIZE_2)
    _line(document)


def _rule(paragraph: Paragraph) -> None:
    """The red rule, 4 mm (11 pt) below the number."""
    border = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "11"), ("color", str(RED))):
        bottom.set(qn(f"w:{name}"), value)
    border.append(bottom)
    paragraph._p.get_or_add_pPr().append(border)


def _heading(document: Docx, block: Block, paper: Paper) -> None:
    del paper
    _text(document, block, HEAD)


def _paragraph(document: Docx, block: Block, paper: Paper) -> None:
    del paper
    _text(document, block, TEXT)


def _text(document: Docx, block: Block, font: str) -> None:
    paragraph = _line(document)
    paragraph.paragraph_format.first_line_indent = Pt(2 * SIZE_3)
    paragraph.paragraph_format.keep_with_next = font == HEAD
    for run in block.runs:
        _run(paragraph, run.text, font, SIZE_3)


def _table(document: Docx, block: Block, paper: Paper) -> None:
    del paper
    table = document.add_table(len(block.rows), len(block.rows[0]), style="Table Grid")
    fill_table(table, block.rows, 156)


def fill_table(table: Table, rows: Sequence[Sequence[Run]], width: float) -> None:
    """Puts rows into a table as wide as `width` millimetres: names wide, numbers narrow."""
    table.autofit = False
    one = min(32, width / (len(rows[0]) + 1))
    widths = [width - one * (len(rows[0]) - 1), *[one] * (len(rows[0]) - 1)]
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = Mm(wide)
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            place = table.cell(r, c)
            place.width = Mm(widths[c])
            paragraph = place.paragraphs[0]
            paragraph.alignment = ALIGN.CENTER if c or not r else ALIGN.LEFT
            _run(paragraph, cell.text, TEXT if r else HEAD, SIZE_4 - 2)
    # The head is repeated when the table breaks over a page.
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)


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
    _line(document)
    for text, indent in ((paper.head, 2), (paper.date or paper.number, 4)):
        paragraph = _line(document, ALIGN.RIGHT)
        paragraph.paragraph_format.right_indent = Pt(indent * SIZE_3)
        _run(paragraph, text, TEXT, SIZE_3)


def _definitions(document: Docx, paper: Paper) -> None:
    if not paper.definitions_title:
        return
    _line(document)
    _run(_line(document), paper.definitions_title, HEAD, SIZE_4)
    for text in filter(None, (*(one.line for one in paper.definitions), paper.horizon)):
        _run(_line(document, ALIGN.LEFT, 22), text, TEXT, SIZE_4 - 2)


_WRITERS = {"heading": _heading, "paragraph": _paragraph, "table": _table, "chart": _chart}

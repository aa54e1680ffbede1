"""Lines of a Word file as official documents have them, GB/T 9704-2012: fonts, sizes, tables, numbers
of pages. Fonts are named, not embedded: offices have them, and their licence does not let us ship them.
"""

from collections.abc import Sequence
from typing import Any

from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table
from docx.text.paragraph import Paragraph

from bihuan.lib.legal import legal
from bihuan.outcomes.press.blocks import Run
from bihuan.outcomes.press.imprint import hinted

TITLE, TEXT, HEAD, PAGE = "方正小标宋_GBK", "仿宋_GB2312", "黑体", "宋体"
LATIN = "Times New Roman"
RED = RGBColor(0xE6, 0x00, 0x00)
# Size 2, size 3, size 4 and the head's own, in points; 22 lines on 225 mm.
SIZE_2, SIZE_3, SIZE_4, SIZE_HEAD, LINE = 22, 16, 14, 42, 28.9
HEAD_WIDTH = 156 / 25.4 * 72


def put(
    paragraph: Paragraph, text: str, font: str, size: float, colour: RGBColor | None = None
) -> None:
    """Adds words to a paragraph."""
    run = paragraph.add_run(legal(text))
    run.font.name, run.font.size = LATIN, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    hinted(run._element)
    if colour is not None:
        run.font.color.rgb = colour


def spaced(paragraph: Paragraph, align: ALIGN = ALIGN.JUSTIFY, spacing: float = LINE) -> Paragraph:
    """A paragraph set as official documents are: nothing before or after, lines exactly so high."""
    paragraph.alignment = align
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(spacing)
    return paragraph


def line(where: Any, align: ALIGN = ALIGN.JUSTIFY, spacing: float = LINE) -> Paragraph:
    """A new paragraph at the end of a document or of a cell."""
    return spaced(where.add_paragraph(), align, spacing)


def page_of_document(document: Docx) -> None:
    """A4 with the type area of official documents, numbers of pages outside."""
    section = document.sections[0]
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
        put(paragraph, "— ", PAGE, SIZE_4)
        _number(paragraph)
        put(paragraph, " —", PAGE, SIZE_4)


def _number(paragraph: Paragraph) -> None:
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


def red_head(document: Docx, name: str) -> None:
    """Who issues it, in red. A long name is set smaller, so that it stays on one line."""
    size = min(SIZE_HEAD, HEAD_WIDTH / max(len(name), 1) * 0.98)
    put(line(document, ALIGN.CENTER, size * 1.4), name, TITLE, size, RED)


def rule(paragraph: Paragraph) -> None:
    """The red rule, 4 mm (11 pt) below a number."""
    border = OxmlElement("w:pBdr")
    bottom = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "11"), ("color", str(RED))):
        bottom.set(qn(f"w:{name}"), value)
    border.append(bottom)
    paragraph._p.get_or_add_pPr().append(border)


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
            put(paragraph, cell.text, TEXT if r else HEAD, SIZE_4 - 2)
    # The head is repeated when the table breaks over a page.
    repeated = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)

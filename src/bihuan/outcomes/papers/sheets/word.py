"""Papers as Word files, in the same layouts that Typst sets."""

import io
from collections.abc import Callable, Sequence
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import _Footer
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell

from bihuan.lib.legal import legal
from bihuan.outcomes.papers.sheets.sheet import Sheet
from bihuan.outcomes.press.imprint import plain, sealed
from bihuan.outcomes.press.lines import (
    HEAD,
    LATIN,
    LINE,
    PAGE,
    RED,
    SIZE_2,
    SIZE_3,
    TEXT,
    TITLE,
    fill_table,
    line,
    page_of_document,
    put,
    red_head,
    rule,
    spaced,
)

_SIZES = {"A4": (210, 297), "A5": (148, 210)}
_GREY = RGBColor(0x55, 0x55, 0x55)


def word(sheet: Sheet) -> bytes:
    """The file's bytes."""
    if sheet.page == "card":
        return cards([sheet])
    document = Document()
    plain(document, sheet.imprint, (LATIN, TEXT))
    _SET_UP.get(sheet.form, _official_page)(document, sheet)
    _WRITERS[sheet.form](document, sheet)
    return sealed(document, sheet.imprint)


def cards(sheets: Sequence[Sheet]) -> bytes:
    """Cards of a quarter of A4, four on a sheet, to be cut along the lines."""
    document = Document()
    plain(document, sheets[0].imprint, (LATIN, TEXT))
    _page(document, (297, 210), (0, 0, 0))
    table = document.add_table(-(-len(sheets) // 2), 2, style="Table Grid")
    table.autofit = False
    for column in table.columns:
        column.width = Mm(148.5)
    for n, row in enumerate(table.rows):
        row.height_rule, row.height = WD_ROW_HEIGHT_RULE.EXACTLY, Mm(104)
        for cell, one in zip(row.cells, sheets[2 * n : 2 * n + 2], strict=False):
            cell.width = Mm(148.5)
            _card(cell, one)
    # The paragraph that a document ends with takes no room.
    spaced(document.add_paragraph(), spacing=1)
    return sealed(document, sheets[0].imprint)


def _foot(document: Docx, sheet: Sheet, side: float, width: float, *, number: bool = False) -> None:
    """The square in the margin under the first page, where it takes no room from the words."""
    section = document.sections[0]
    section.different_first_page_header_footer = True
    footer = section.first_page_footer
    _proof(footer, sheet, side, 8, width, number=number)
    # A table is followed by a paragraph; the one that was there stands before it.
    first, last = footer.paragraphs[0], footer.add_paragraph()
    for one in (first, last):
        spaced(one, spacing=1)


def _official_page(document: Docx, sheet: Sheet) -> None:
    page_of_document(document)
    document.sections[0].footer_distance = Mm(9)
    _foot(document, sheet, 20, 110)


def _page(document: Docx, size: tuple[float, float], margins: tuple[float, float, float]) -> None:
    """`margins` are left and right, top, bottom, in millimetres."""
    section = document.sections[0]
    width, height = size
    if width > height:
        section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.left_margin = section.right_margin = Mm(margins[0])
    section.top_margin, section.bottom_margin = Mm(margins[1]), Mm(margins[2])
    section.header_distance = section.footer_distance = Mm(5)


def _slip_page(document: Docx, sheet: Sheet) -> None:
    _page(document, _SIZES[sheet.page], (18, 16, 34))
    document.sections[0].footer_distance = Mm(9)
    _foot(document, sheet, 20, 110)


def _certificate_page(document: Docx, sheet: Sheet) -> None:
    height, width = _SIZES[sheet.page]
    k = _scale(sheet)
    _page(document, (width, height), (34 * k, 28 * k, 44 * k))
    document.sections[0].footer_distance = Mm(16 * k)
    _frame(document)
    _foot(document, sheet, 22 * k, 100, number=True)


def _scale(sheet: Sheet) -> float:
    return 0.7 if sheet.page == "A5" else 1.0


def _frame(document: Docx) -> None:
    """A double red frame round the page. Source: ECMA-376 part 1, 17.6.10 (pgBorders)."""
    borders = OxmlElement("w:pgBorders")
    borders.set(qn("w:offsetFrom"), "page")
    for side in ("top", "left", "bottom", "right"):
        one = OxmlElement(f"w:{side}")
        for name, value in (("val", "thinThickSmallGap"), ("sz", "24"), ("space", "24")):
            one.set(qn(f"w:{name}"), value)
        one.set(qn("w:color"), str(RED))
        borders.append(one)
    section = document.sections[0]._sectPr
    # The order of its children is fixed: after the margins, before the columns.
    section.find(qn("w:pgMar")).addnext(borders)


def _blocks(where: Any, sheet: Sheet, size: float, width: float, *, indent: bool = True) -> None:
    for n, block in enumerate(sheet.blocks):
        if block.kind == "table":
            made = where.add_table(len(block.rows), len(block.rows[0]))
            made.style = "Table Grid"
            fill_table(made, block.rows, width)
            continue
        heading = block.kind == "heading"
        paragraph = line(where, ALIGN.JUSTIFY, size * LINE / SIZE_3)
        paragraph.paragraph_format.keep_with_next = heading
        if indent and not sheet.flush(n):
            paragraph.paragraph_format.first_line_indent = Pt(2 * size)
        put(paragraph, block.text, HEAD if heading else TEXT, size)


def _signs(where: Any, sheet: Sheet, size: float) -> None:
    for sign in sheet.to_sign:
        paragraph = line(where, ALIGN.LEFT, size * 2.6)
        put(paragraph, f"{sign}{'＿' * 9}　{sheet.text('sign_day')}", TEXT, size)


def _issuer(where: Any, sheet: Sheet, size: float) -> None:
    head = f"{sheet.head}{sheet.text('seal')}" if sheet.seal else sheet.head
    for text, indent in ((head, 2), (sheet.date, 4)):
        paragraph = line(where, ALIGN.RIGHT, size * LINE / SIZE_3)
        paragraph.paragraph_format.right_indent = Pt(indent * size)
        paragraph.paragraph_format.keep_with_next = True
        put(paragraph, text, TEXT, size)


def _proof(
    where: Any, sheet: Sheet, side: float, size: float, width: float, *, number: bool = False
) -> None:
    """The square, and beside it how to check the paper."""
    size_of = (1, 2, Mm(width)) if isinstance(where, _Footer) else (1, 2)
    table = where.add_table(*size_of)
    table.autofit = False
    for column, wide in zip(table.columns, (side + 3, width - side - 3), strict=True):
        column.width = Mm(wide)
        column.cells[0].width = Mm(wide)
    picture = table.cell(0, 0).paragraphs[0]
    picture.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    made = picture.add_run().add_picture(io.BytesIO(sheet.square("png")), width=Mm(side))
    made._inline.docPr.set("descr", legal(sheet.proof["alt"]))
    said = table.cell(0, 1)
    keys = ("number", "code", "check") if number else ("code", "check")
    for n, key in enumerate(keys):
        paragraph = said.paragraphs[0] if n == 0 else said.add_paragraph()
        put(spaced(paragraph, ALIGN.LEFT, size * 1.6), sheet.proof[key], PAGE, size, _GREY)


def _letter(document: Docx, sheet: Sheet) -> None:
    red_head(document, sheet.head)
    line(document, spacing=14)
    number = line(document, ALIGN.CENTER)
    put(number, sheet.number, TEXT, SIZE_3)
    rule(number)
    line(document)
    put(line(document, ALIGN.CENTER, SIZE_2 * 1.6), sheet.title, TITLE, SIZE_2)
    line(document, spacing=14)
    _blocks(document, sheet, SIZE_3, 156)
    _signs(document, sheet, SIZE_3)
    line(document)
    _issuer(document, sheet, SIZE_3)


def _handbook(document: Docx, sheet: Sheet) -> None:
    red_head(document, sheet.head)
    head = line(document, spacing=14)
    rule(head)
    for _ in range(6):
        line(document)
    put(line(document, ALIGN.CENTER, 44), sheet.title, TITLE, 28)
    line(document)
    for text in (sheet.number, sheet.date):
        put(line(document, ALIGN.CENTER), text, TEXT, SIZE_3)
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    _blocks(document, sheet, SIZE_3, 156)
    _signs(document, sheet, SIZE_3)
    line(document)
    _issuer(document, sheet, SIZE_3)


def _slip(document: Docx, sheet: Sheet) -> None:
    width = _SIZES[sheet.page][0] - 36
    put(line(document, ALIGN.CENTER, 22), sheet.head, TITLE, 14, RED)
    put(line(document, ALIGN.CENTER, 30), sheet.title, HEAD, 18)
    number = line(document, ALIGN.RIGHT, 18)
    put(number, sheet.proof["number"], TEXT, 10)
    rule(number)
    line(document, spacing=12)
    _blocks(document, sheet, 12, width, indent=False)
    _signs(document, sheet, 12)
    line(document, spacing=14)
    _issuer(document, sheet, 12)


def _certificate(document: Docx, sheet: Sheet) -> None:
    k = _scale(sheet)
    width = _SIZES[sheet.page][1] - 68 * k
    size = min(44.0, 560 / max(len(sheet.title), 1) * 0.9) * k
    title = "　".join(sheet.title) if len(sheet.title) < 7 else sheet.title
    put(line(document, ALIGN.CENTER, size * 1.6), title, TITLE, size, RED)
    line(document, spacing=36 * k)
    _blocks(document, sheet, 20 * k, width)
    _signs(document, sheet, 14 * k)
    line(document, spacing=24 * k)
    _issuer(document, sheet, 18 * k)


def _card(cell: _Cell, sheet: Sheet) -> None:
    _inset(cell)
    head = spaced(cell.paragraphs[0], ALIGN.LEFT, 36)
    size = min(17.0, 380 / max(len(sheet.head), 1))
    put(head, sheet.head, TITLE, size, RED)
    rule(head)
    put(line(cell, ALIGN.CENTER, 34), sheet.title, HEAD, 18)
    for block in sheet.blocks:
        rows = [block.text] if block.kind != "table" else [_joined(row) for row in block.rows]
        for text in rows:
            font = HEAD if block.kind == "heading" else TEXT
            put(line(cell, ALIGN.LEFT, sheet.size * 1.55), text, font, sheet.size)
    _proof(cell, sheet, 17, 7, 132, number=True)
    spaced(cell.add_paragraph(), spacing=1)


def _joined(row: Sequence[Any]) -> str:
    return "　".join(cell.text for cell in row)


def _inset(cell: _Cell) -> None:
    """Room inside a card. Source: ECMA-376 part 1, 17.4.42 (tcMar)."""
    margins = OxmlElement("w:tcMar")
    for side, wide in (("top", 170), ("left", 400), ("bottom", 110), ("right", 400)):
        one = OxmlElement(f"w:{side}")
        one.set(qn("w:w"), str(wide))
        one.set(qn("w:type"), "dxa")
        margins.append(one)
    cell._tc.get_or_add_tcPr().append(margins)


_SET_UP: dict[str, Callable[[Docx, Sheet], None]] = {
    "slip": _slip_page,
    "certificate": _certificate_page,
}
_WRITERS: dict[str, Callable[[Docx, Sheet], None]] = {
    "letter": _letter,
    "handbook": _handbook,
    "slip": _slip,
    "certificate": _certificate,
}

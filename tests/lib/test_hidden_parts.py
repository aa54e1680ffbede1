"""What a workbook keeps out of sight is told, by every kind of file that can; whatever is broken in it
hides no table and stops no reader."""

import io
import random
import re
import struct
import zipfile

import openpyxl
import pytest
import xlsxwriter
import xlwt

from bihuan.lib import tables
from bihuan.lib.tables import TableError, compound, hidden

NUMBERS = [[f"{n}甲", f"{n}乙", f"{n}丙"] for n in range(1, 11)]


def xlsx(*, filtered: bool = False) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        first, second, third = (book.add_worksheet(name) for name in ("看得见", "藏起", "深藏"))
        for page in (first, second, third):
            for n, row in enumerate(NUMBERS):
                page.write_row(n, 0, row)
        second.hide()
        third.very_hidden()
        for n in (3, 4, 7):
            first.set_row(n, None, None, {"hidden": True})
        # Below the table: hidden, and nothing.
        first.set_row(40, None, None, {"hidden": True})
        first.set_column(1, 1, None, None, {"hidden": True})
        first.set_column(7, 500, None, None, {"hidden": True})
        if filtered:
            first.autofilter(0, 0, 9, 2)
            first.filter_column(0, "x == 1*")
    return out.getvalue()


def by_openpyxl() -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "看得见"
    for row in NUMBERS:
        page.append(row)
    for n in (4, 5, 8):
        page.row_dimensions[n].hidden = True
    page.column_dimensions["B"].hidden = True
    for name in ("藏起", "深藏"):
        other = book.create_sheet(name)
        other.append(["甲"])
        other.sheet_state = "hidden" if name == "藏起" else "veryHidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls(rows=NUMBERS) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    for name in ("藏起", "看得见", "深藏"):
        page = book.add_sheet(name)
        for n, row in enumerate(rows):
            for m, cell in enumerate(row):
                page.write(n, m, cell)
        page.visibility = {"看得见": 0, "藏起": 1, "深藏": 2}[name]
    page = book.get_sheet("看得见")
    for n in (3, 4, 7):
        page.row(n).hidden = 1
    page.col(1).hidden = 1
    book.active_sheet = 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def renamed(content: bytes) -> bytes:
    """The same workbook with its parts in other places, and every name with a prefix."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            data = old.read(member)
            if member.filename == "xl/_rels/workbook.xml.rels":
                data = data.replace(b'Target="worksheets/', b'Target="/xl/worksheets/')
            if member.filename == "xl/worksheets/sheet1.xml":
                data = data.replace(b"<row ", b"<x:row ").replace(b"</row>", b"</x:row>")
                data = data.replace(
                    b"<worksheet ",
                    b'<worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ',
                )
                data = data.replace(b'hidden="1"', b"hidden='true'")
            new.writestr(member.filename, data)
    return out.getvalue()


NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
)


def ods(*, how: str = "collapse") -> bytes:
    def line(row, extra=""):
        cells = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>'
            for c in row
        )
        return f"<table:table-row{extra}>{cells}</table:table-row>"

    gone = f' table:visibility="{how}"'
    lines = [line(row) for row in NUMBERS]
    lines[3] = line(NUMBERS[3], f'{gone} table:number-rows-repeated="2"')
    del lines[4]
    lines[6] = line(NUMBERS[7], gone)
    sheets = "".join(
        f'<table:table table:name="{name}"{more}>{"".join(rows)}</table:table>'
        for name, more, rows in (
            ("看得见", "", ["<table:table-column/><table:table-column table:visibility=\"collapse\"/>", *lines]),
            ("藏起", ' table:style-name="ta2"', lines[:1]),
            ("深藏", ' table:style-name="ta2"', lines[:1]),
        )
    )  # fmt: skip
    body = (
        f'<?xml version="1.0"?><office:document-content {NAMES} office:version="1.3">'
        '<office:automatic-styles><style:style style:name="ta2" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
        f"<office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", body)
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest '
            'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return out.getvalue()


WORKBOOKS = {
    "xlsx": (xlsx(), "a.xlsx", False),
    "xlsx with a filter": (xlsx(filtered=True), "a.xlsx", True),
    "xlsx by others": (by_openpyxl(), "a.xlsx", False),
    "xlsx with other names": (renamed(xlsx()), "a.xlsx", False),
    "xls": (xls(), "a.xls", False),
    "ods": (ods(), "a.ods", False),
    "ods with a filter": (ods(how="filter"), "a.ods", True),
}


@pytest.mark.parametrize("kind", WORKBOOKS)
def test_hidden_rows_columns_and_sheets_of_a_workbook(kind):
    content, name, filtered = WORKBOOKS[kind]
    first, *others = tables.read(content, name)
    assert (first.name, first.hidden, len(first.lines)) == ("看得见", False, 10)
    assert first.hidden_rows == (4, 5, 8)
    assert [n for n in first.hidden_columns if n <= 3] == [2]
    assert first.filtered is filtered
    assert [(one.name, one.hidden) for one in others] == [("藏起", True), ("深藏", True)]


def test_rows_of_height_nought_and_rows_without_a_number_are_counted():
    whole = xlsx()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    bare = re.sub(rb'<row r="\d+"', b"<row", sheet.partition(b"<sheetData>")[2])
    found = hidden._of_sheet(io.BytesIO(bare))
    # All rows that are written, the far one among them.
    assert found.rows == [4, 5, 8, 11]
    low = hidden._of_sheet(io.BytesIO(b'<row r="2" ht="0" customHeight="1"><row r="3" ht="0.5">'))
    assert low.rows == [2]


HTML = (
    '<table><col><col span="2" style="display: none"><tr><th>甲<th>乙'
    '<tr style="height:1px;display:none"><td>1<td>2<tr hidden><td>3<tr><td>4</table>'
)
XML = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
    '<Worksheet ss:Name="藏起"><Table><Column ss:Index="2" ss:Hidden="1" ss:Span="1"/>'
    "<Row><Cell><Data>甲</Data></Cell></Row>"
    '<Row ss:Index="4" ss:Hidden="1"><Cell><Data>乙</Data></Cell></Row></Table>'
    "<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>"
    '<Worksheet ss:Name="看得见"><Table><Row><Cell><Data>丙</Data></Cell></Row></Table></Worksheet>'
    "</Workbook>"
)


def test_what_other_programs_call_xls():
    (one,) = tables.read(HTML.encode(), "a.xls")
    assert (one.hidden_rows, one.hidden_columns) == ((2, 3), (2, 3))
    shown, away = tables.read(XML.encode(), "a.xls")
    assert (shown.name, shown.hidden, shown.hidden_rows) == ("看得见", False, ())
    assert (away.name, away.hidden, away.hidden_columns) == ("藏起", True, (2, 3))
    # An XML spreadsheet leaves empty rows out; a row is called by its place all the same.
    assert away.hidden_rows == (4,)
    assert away.lines[3] == ("乙",)


def test_nothing_is_hidden_where_nothing_can_be():
    (one,) = tables.read("甲,乙\n1,2\n".encode(), "a.csv")
    assert one == tables.Sheet("", (("甲", "乙"), ("1", "2")))


def test_a_large_xls_and_one_of_many_records():
    content = xls([[f"{n}-{m}" for m in range(12)] for n in range(3000)])
    assert len(content) > 500_000
    found = compound.in_stream(content)
    assert [one.rows for one in found] == [[], [4, 5, 8], []]


def broken(content: bytes, dice: random.Random) -> bytes:
    out = bytearray(content)
    for _ in range(dice.randrange(1, 40)):
        at = dice.randrange(len(out)) if dice.random() < 0.5 else dice.randrange(1024)
        out[at] = dice.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF, dice.randrange(256)))
    return bytes(out[: dice.randrange(600, len(out))] if dice.random() < 0.3 else out)


@pytest.mark.parametrize("kind", ["xls", "xlsx", "ods"])
def test_no_broken_file_breaks_the_look_for_what_is_hidden(kind):
    content, name, _ = WORKBOOKS[kind]
    look = compound.in_stream if kind == "xls" else hidden.in_package
    dice = random.Random(7)
    for _ in range(300):
        look(broken(content, dice))
    for _ in range(20):
        try:
            tables.read(broken(content, dice), name)
        except TableError:
            continue


def test_chains_without_an_end_end():
    content = bytearray(xls())
    # Every sector follows itself: the table of sectors is where the header says.
    (table,) = struct.unpack_from("<I", content, 76)
    start = (table + 1) * 512
    for n in range(128):
        struct.pack_into("<I", content, start + 4 * n, n)
    compound.in_stream(bytes(content))
    struct.pack_into("<2I", content, 68, 0, 0xFFFFFFFF)
    compound.in_stream(bytes(content))

"""Tables in the shapes that offices make, as real files: what is understood of each."""

import io
from datetime import UTC, datetime

import openpyxl
import pytest
import xlsxwriter
import xlwt
from house import House

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.kernel.exchange import intake
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.lib.tables import TableError

HEAD = ["编号", "来电人", "联系电话", "诉求标题", "诉求内容", "诉求类型", "来电时间"]
ROW = ["1", "甲", "13800138000", "路灯", "路灯坏了三天。", "投诉", "2026-02-27 09:30"]
TITLE = ["平安市群众诉求登记表"]
UNIT = ["填报单位：受理中心", "", "", "填报日期：2026年3月1日"]
AT = datetime(2026, 2, 27, 1, 30, tzinfo=UTC)


def xlsx(*rows, **sheets) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"}
    ) as book:
        for name, lines in (sheets or {"Sheet1": rows}).items():
            page = book.add_worksheet(name)
            for n, row in enumerate(lines):
                page.write_row(n, 0, row)
    return out.getvalue()


def xls(*rows) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("登记")
    dated = xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm")
    for n, row in enumerate(rows):
        for m, cell in enumerate(row):
            page.write(n, m, cell, dated) if isinstance(cell, datetime) else page.write(n, m, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def merged() -> bytes:
    """A title merged over all columns, a header of two lines merged both ways."""
    book = openpyxl.Workbook()
    page = book.active
    page.append(TITLE)
    page.merge_cells("A1:G1")
    page.append(["编号", "诉求人", None, "诉求", None, None, "来电时间"])
    page.append([None, "姓名", "电话", "标题", "内容", "类型", None])
    for one in ("A2:A3", "B2:C2", "D2:F2", "G2:G3"):
        page.merge_cells(one)
    page.append(ROW)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def html(*rows) -> str:
    lines = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    return f"<html><head><style>td{{}}</style></head><body><table border=1>{lines}</table></body></html>"


def xml(*rows) -> str:
    lines = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{c}</Data></Cell>' for c in row) + "</Row>"
        for row in rows
    )
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="登记"><Table>{lines}</Table></Worksheet></Workbook>'
    )


def tabs(*rows) -> str:
    return "\r\n".join("\t".join(row) for row in rows)


def with_time(time) -> list:
    return [*ROW[:-1], time]


SHAPES = {
    "plain": (xlsx(HEAD, ROW), "a.xlsx"),
    "title above": (xlsx(TITLE, HEAD, ROW), "a.xlsx"),
    "title and filling-in unit": (xlsx(TITLE, UNIT, HEAD, ROW), "a.xlsx"),
    "empty lines and columns before": (xlsx([], [], ["", *HEAD], ["", *ROW]), "a.xlsx"),
    "header of two lines": (merged(), "a.xlsx"),
    "total below": (xlsx(HEAD, ROW, ["合计", "", "", "", 1]), "a.xlsx"),
    "signatures below": (xlsx(HEAD, ROW, [], ["制表人：乙", "", "审核人：丙"]), "a.xlsx"),
    "header again on each page": (xlsx(HEAD, ROW, HEAD, ["第1页 共1页"]), "a.xlsx"),
    "numbers set for rows not filled in": (xlsx(["序号", *HEAD], [1, *ROW], [2], [3]), "a.xlsx"),
    "a cover sheet first": (xlsx(说明=[["填表说明"], ["请按要求填写"]], 登记=[HEAD, ROW]), "a.xlsx"),
    "xls of 1997": (xls(TITLE, HEAD, ROW), "a.xls"),
    "xls with true dates": (xls(HEAD, with_time(datetime(2026, 2, 27, 9, 30))), "a.xls"),  # noqa: DTZ001
    "ET": (xls(HEAD, ROW), "a.et"),
    "HTML called xls": (html(TITLE, HEAD, ROW).encode(), "a.xls"),
    "HTML in GBK called xls": (html(HEAD, ROW).encode("gbk"), "a.xls"),
    "XML spreadsheet called xls": (xml(TITLE, HEAD, ROW).encode(), "a.xls"),
    "tabs called xls": (tabs(HEAD, ROW).encode("gb18030"), "a.xls"),
    "tabs in UTF-16 called xls": (tabs(HEAD, ROW).encode("utf-16"), "a.xls"),
    "CSV with a title": ("\n".join(",".join(r) for r in (TITLE, UNIT, HEAD, ROW)).encode("gbk"), "a.csv"),
    "phone as a number": (xlsx(HEAD, [*ROW[:2], 13800138000, *ROW[3:]]), "a.xlsx"),
    "full-width phone": (xlsx(HEAD, [*ROW[:2], "１３８００１３８０００", *ROW[3:]]), "a.xlsx"),
    "headers with blanks and marks": (
        xlsx(["编 号", "来电人：", "联系电话（必填）", "*诉求标题", "诉求\n内容", "诉求类型", "来电时间"], ROW),
        "a.xlsx",
    ),
    "dots in dates": (xlsx(HEAD, with_time("2026.2.27 9:30")), "a.xlsx"),
    "dates in words": (xlsx(HEAD, with_time("2026年2月27日9时30分")), "a.xlsx"),
    "half of the day": (xlsx(HEAD, with_time("2026年2月27日 上午9:30")), "a.xlsx"),
    "full-width dates": (xlsx(HEAD, with_time("２０２６／２／２７　９：３０")), "a.xlsx"),
    "true dates": (xlsx(HEAD, with_time(datetime(2026, 2, 27, 9, 30))), "a.xlsx"),  # noqa: DTZ001
}  # fmt: skip
GUESSED = {
    "serial number": ("46080.39583333", AT),
    "no year": ("2月27日9时30分", AT),
    "two digits of the year": ("26.2.27 9:30", AT),
}


def _where(house: House, **more):
    return {
        "home": house.org("center"), "actor": house.actor("desk"), "at": house.at,
        "programme": "public_voice", "kind": "voice", **more,
    }  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_a_table_as_offices_make_it(house: House, shape):
    seen = intake.preview(*SHAPES[shape], **_where(house))
    (line,) = seen.lines
    assert line.problems == {}
    assert (line.status, line.subject, line.category, line.at) == ("ready", "路灯", "complaint", AT)
    assert (line.said["name"], line.guessed) == ("甲", ())
    assert set(seen.columns) == {"number", "name", "phone", "subject", "body", "category", "time"}


def test_who_imported_stands_in_the_log_and_what_was_guessed(house: House):
    content = xlsx(HEAD, *(with_time(text) for text, _ in GUESSED.values()))
    refused = intake.run(content, "a.xlsx", **_where(house))
    assert [set(line.problems) for line in refused.lines] == [{"time"}] * len(GUESSED)
    assert not Matter.objects.exists()
    done = intake.run(content, "a.xlsx", **_where(house, guesses=True))
    assert [line.at for line in done.lines] == [at for _, at in GUESSED.values()]
    first = audit.history(Matter.objects.get(pk=done.lines[0].matter_id).stream)[0]
    assert first.actor == house.actor("desk").ref
    assert audit.read(first)["origin"]["guessed"] == ["time"]
    # One row is one row, whoever brings it.
    again = intake.run(content, "a.xlsx", **_where(house, guesses=True, actor=SYSTEM))
    assert again.count("repeated") == len(GUESSED)


def test_all_faults_of_a_row_at_once(house: House):
    head = [*HEAD, "邮箱"]
    bad = [*ROW[:2], "1.38E+10", "路灯", "", "表扬信", "去年", "nobody"]
    bad[3] = ""
    for look in (intake.preview, intake.run):
        (line,) = look(xlsx(head, bad), "a.xlsx", **_where(house)).lines
        assert {"phone", "category", "time", "body"} <= set(line.problems)
    later = with_time("2027-02-27")
    (line,) = intake.preview(xlsx(HEAD, later), "a.xlsx", **_where(house)).lines
    assert line.problems["time"][0] == "intake.in_the_future"


@pytest.mark.parametrize("nothing", ["无", "-", "不愿透露", "/", "未留"])
def test_nothing_is_no_telephone(house: House, nothing):
    content = xlsx(HEAD, [ROW[0], nothing, nothing, *ROW[3:]])
    (line,) = intake.run(content, "a.xlsx", **_where(house)).lines
    assert line.status == "opened"
    assert (line.said["name"], line.said["phone"]) == ("", "")


def test_somebody_says_sheet_header_and_columns(house: House):
    content = xlsx(一月=[HEAD, ROW], 二月=[["甲", "乙"], ["丙", "丁"], ["x", "井盖松动"]])
    assert intake.preview(content, "a.xlsx", **_where(house)).picked.sheets == ("一月", "二月")
    with pytest.raises(intake.UnknownColumnsError) as asked:
        intake.preview(content, "a.xlsx", **_where(house, layout=intake.Layout("二月")))
    assert asked.value.picked.top[1] == ("丙", "丁")
    layout = intake.Layout("二月", 2, {"丁": "body"})
    (line,) = intake.preview(content, "a.xlsx", **_where(house, layout=layout, guesses=True)).lines
    assert (line.row, line.subject) == (3, "井盖松动")
    for wrong in (intake.Layout("三月"), intake.Layout("二月", 99)):
        with pytest.raises(TableError):
            intake.preview(content, "a.xlsx", **_where(house, layout=wrong))


def test_the_page_asks_which_column_is_the_text(house: House):
    client = house.client("desk")
    sent = io.BytesIO(xlsx(["甲", "乙"], ["x", "井盖松动"]))
    sent.name = "a.xlsx"
    home = f"{house.org('center').pk}.public_voice.voice"
    asked = client.post("/desk/import", {"home": home, "file": sent})
    assert asked.status_code == 422
    given = {"home": home, "ticket": asked.context["ticket"], "head": "1", "title": ["甲", "乙"], "column": ["", "body"]}  # fmt: skip
    seen = client.post("/desk/import", given)
    assert "井盖松动" in seen.content.decode()
    assert (seen.context["guessed"], Matter.objects.count()) == (1, 0)
    assert client.post("/desk/import", given | {"confirm": "1"}).context["bad"] == 1
    client.post("/desk/import", given | {"confirm": "1", "guesses": "1"})
    (row,) = matters.matters(house.actor("desk"), matters.Filter()).rows
    assert row.subject == "井盖松动"


@pytest.mark.parametrize(
    ("titles", "cells"),
    [
        (("日期", "时间"), ("2026-02-27", "9:30")),
        (("日期", "时间"), ("2026年2月27日", "上午9时30分")),
        (("来电日期", "来电时间"), ("2026.2.27", "09:30:00")),
        (("时间", "日期"), ("9点半", "2026-02-27")),
        (("受理日期", "时刻"), ("2026-02-27 00:00:00", "09:30")),
        # Two moments, not a day and its hour: the first is when it came.
        (("来电时间", "登记时间"), ("2026-02-27 09:30", "2026-02-28 10:00")),
        (("日期", "时间"), ("2026-02-27 09:30", "无")),
    ],
)
def test_a_day_and_its_hour_in_two_columns(house, titles, cells):
    content = xlsx([*titles, "内容", "类别"], [*cells, "路灯坏了三天。", "投诉"])
    (line,) = intake.preview(content, "a.xlsx", **_where(house)).lines
    assert (line.status, line.at, line.guessed) == ("ready", AT, ())


def test_what_somebody_said_of_a_header_is_not_asked_again(house):
    def table(day):
        return xlsx(["甲", "乙", "丙"], ["x", f"路灯坏了{day}天。", "投诉"])

    with pytest.raises(intake.UnknownColumnsError):
        intake.preview(table(1), "a.xlsx", **_where(house))
    said = intake.Layout(columns={"甲": "", "乙": "body", "丙": "category"})
    # Only looked at: nothing is remembered yet.
    intake.preview(table(1), "a.xlsx", **_where(house, layout=said))
    with pytest.raises(intake.UnknownColumnsError):
        intake.preview(table(1), "a.xlsx", **_where(house))
    first = intake.run(table(1), "a.xlsx", **_where(house, layout=said))
    assert (first.count("opened"), first.as_before) == (1, False)
    second = intake.run(table(2), "b.xlsx", **_where(house))
    assert (second.count("opened"), second.as_before) == (1, True)
    assert dict(second.columns) == {"body": "乙", "category": "丙"}
    # Another organisation said nothing yet; what is said anew takes its place.
    with pytest.raises(intake.UnknownColumnsError):
        intake.preview(
            table(3), "a.xlsx", **_where(house, home=house.org("neighbour_center"), actor=SYSTEM)
        )
    other = intake.Layout(columns={"甲": "subject", "乙": "body", "丙": "category"})
    intake.run(table(3), "c.xlsx", **_where(house, layout=other))
    third = intake.preview(table(4), "d.xlsx", **_where(house))
    assert dict(third.columns) == {"subject": "甲", "body": "乙", "category": "丙"}


@pytest.mark.parametrize("cells", [("2026-02-27", "中饭后"), ("2026-02-27", "25:61")])
def test_an_hour_that_is_none_is_told(house, cells):
    content = xlsx(["日期", "时间", "内容", "类别"], [*cells, "路灯坏了三天。", "投诉"])
    (line,) = intake.preview(content, "a.xlsx", **_where(house)).lines
    assert (line.status, set(line.problems)) == ("bad", {"hour"})


def test_an_empty_cell_of_the_time_is_a_guess(house):
    content = xlsx(["时间", "内容", "类别"], ["无", "路灯坏了三天。", "投诉"])
    (line,) = intake.preview(content, "a.xlsx", **_where(house)).lines
    assert (line.status, line.guessed) == ("bad", ("time",))
    (line,) = intake.run(content, "a.xlsx", **_where(house, guesses=True)).lines
    assert (line.status, line.guessed) == ("opened", ("time",))


def test_rows_that_differ_by_their_hour_are_two(house):
    rows = [["2026-02-27", hour, "路灯坏了三天。", "投诉"] for hour in ("09:30", "10:30")]
    titles = ["日期", "时间", "内容", "类别"]
    first = intake.run(xlsx(titles, rows[0]), "a.xlsx", **_where(house))
    both = intake.run(xlsx(titles, *rows), "b.xlsx", **_where(house))
    assert first.count("opened") == 1
    assert (both.count("repeated"), both.count("opened")) == (1, 1)

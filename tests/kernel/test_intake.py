"""Import and export of tables."""

import csv
import gzip
import io
from datetime import UTC, datetime

import openpyxl
import pytest
import xlsxwriter
from house import House

from bihuan.foundation.audit import api as audit
from bihuan.kernel.exchange import api as exchange
from bihuan.kernel.exchange import intake
from bihuan.kernel.exchange.models import KnownLayout
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Filter, Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.lib import tables
from bihuan.lib.tables import TableError
from bihuan.web import words

TEDDY = (
    "留言编号,留言用户,留言主题,留言时间,留言详情,反对数,点赞数\n"
    "188006,A1,咨询道路命名,2026/2/28 11:25:05,请问什么时候公示？,0,0\n"
    "188007,A2,投诉油烟扰民,2026/2/27 20:00:00,楼下饭店油烟扰民，已投诉多次。,0,1\n"
    "188008,A3,建议增加公交,2026/2/26,建议在新区增加一班公交。,0,1\n"
)
BROKEN = (
    "主题,内容,时间,邮箱,类别\n"
    "好的,路灯坏了。,2026-02-28,,投诉\n"
    "没有日期,路灯坏了。,上个月,,\n"
    "没有内容也没有,,,,\n"
    ",,,x@y.z,\n"
    "类别不对,路灯坏了。,,not-mail,表扬\n"
)


def _run(house: House, content: bytes, name: str = "a.csv", **more):
    where = {
        "home": house.org("center"),
        "programme": "public_voice",
        "kind": "voice",
        "guesses": True,
    }
    return intake.run(content, name, at=house.at, actor=house.actor("desk"), **{**where, **more})


def _preview(house: House, content: bytes, name: str = "a.csv", **more):
    where = {
        "home": house.org("center"),
        "programme": "public_voice",
        "kind": "voice",
        "guesses": True,
    }
    return intake.preview(
        content, name, at=house.at, actor=house.actor("desk"), **{**where, **more}
    )


def _xlsx(rows: list[list[object]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for n, row in enumerate(rows):
            page.write_row(n, 0, row)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (TEDDY.encode(), "a.csv"),
        (TEDDY.encode("gbk"), "a.csv"),
        (TEDDY.encode("utf-8-sig"), "a.csv"),
        (TEDDY.encode("utf-16"), "a.csv"),
        (TEDDY.replace(",", "\t").encode(), "a.txt"),
        (TEDDY.replace("\n", "\r\n").encode(), "a.csv"),
        (gzip.compress(TEDDY.encode()), "a.csv.gz"),
        (_xlsx([line.split(",") for line in TEDDY.splitlines()]), "a.xlsx"),
    ],
    ids=["utf-8", "gbk", "bom", "utf-16", "tabs", "crlf", "gz", "xlsx"],
)
def test_the_same_table_in_every_clothing(house: House, content, name):
    seen = _preview(house, content, name)
    assert [line.status for line in seen.lines] == ["ready"] * 3
    assert not Matter.objects.exists()
    done = _run(house, content, name)
    assert [line.category for line in done.lines] == ["consult", "complaint", "suggestion"]
    first = Matter.objects.get(pk=done.lines[0].matter_id)
    assert first.channel == "imported"
    assert first.opened_at == datetime(2026, 2, 28, 3, 25, 5, tzinfo=UTC)
    (event,) = audit.history(first.stream)
    assert event.actor == house.actor("desk").ref
    assert audit.read(event)["origin"] == {
        "row": 2,
        "number": "188006",
        "guessed": ["category"],
    }
    assert done.ignored == ("反对数", "点赞数")
    assert [line.status for line in _run(house, content, name).lines] == ["repeated"] * 3
    assert [line.status for line in _preview(house, content, name).lines] == ["repeated"] * 3
    assert Matter.objects.count() == 3
    assert not list(audit.everything())


def test_good_rows_in_bad_rows_back_with_reasons(house: House):
    expected = ["ready", "bad", "ready", "bad", "bad"]
    assert [line.status for line in _preview(house, BROKEN.encode()).lines] == expected
    done = _run(house, BROKEN.encode())
    assert [line.row for line in done.lines if line.status == "bad"] == [3, 5, 6]
    assert done.count("opened") == 2
    assert done.lines[1].problems == {"time": ("intake.not_a_time", {"text": "上个月"})}
    assert set(done.lines[4].problems) == {"email"} or "category" in done.lines[4].problems
    back = intake.rejects(
        done,
        "r.csv",
        reason="原因",
        tongue=exchange.listing.Tongue(words.text, words.of),
        home=house.org("center"),
        at=house.at,
    )
    rows = list(csv.reader(io.StringIO(back.decode("utf-8-sig"))))
    assert rows[0] == ["主题", "内容", "时间", "邮箱", "类别", "原因"]
    assert len(rows) == 4
    assert all(row[-1] and "intake." not in row[-1] and "input." not in row[-1] for row in rows)
    # Corrected there, the rejects can be imported as they are.
    mended = back.decode("utf-8-sig").replace("上个月", "2026-02-01")
    assert _run(house, mended.encode()).count("opened") == 1


def test_rejects_as_a_spreadsheet(house: House):
    done = _run(house, BROKEN.encode())
    back = intake.rejects(
        done,
        "r.xlsx",
        reason="原因",
        tongue=exchange.listing.Tongue(words.text, words.of),
        home=house.org("center"),
        at=house.at,
    )
    sheet = openpyxl.load_workbook(io.BytesIO(back)).active
    assert sheet.max_row == 4
    assert tables.read(back, "r.xlsx")[0].lines[0][-1] == "原因"


def test_equal_rows_are_two_matters_and_once_each(house: House):
    twice = b"body\nThe lamp is broken.\nThe lamp is broken.\n"
    assert _run(house, twice).count("opened") == 2
    assert _run(house, twice).count("repeated") == 2


def test_a_backlog_can_run_from_now(house: House):
    done = _run(house, TEDDY.encode(), own_time=False)
    row = Matter.objects.get(pk=done.lines[0].matter_id)
    assert row.opened_at == house.at
    origin = audit.read(audit.history(row.stream)[0])["origin"]
    assert origin["at"] == "2026-02-28T03:25:05.000000Z"


def test_rows_before_any_rule_are_refused_in_preview_too(house: House):
    old = "内容,时间\n路灯坏了。,2011-01-01\n".encode()
    for look in (_preview, _run):
        line = look(house, old).lines[0]
        assert line.status == "bad"
        assert line.problems[""][0] in ("programmes.not_in_force", "intake.no_rule_then")


def test_a_mapping_of_ones_own(house: House):
    content = "甲,乙\n路灯坏了。,x\n".encode()
    with pytest.raises(TableError) as refused:
        _preview(house, content)
    assert refused.value.key == "intake.no_text_column"
    assert _run(house, content, layout=intake.Layout(columns={"甲": "body"})).count("opened") == 1


@pytest.mark.parametrize(
    ("content", "name", "key"),
    [
        (b"", "a.csv", "intake.empty"),
        (b"\n\n ,\n", "a.csv", "intake.empty"),
        (_xlsx([]), "a.xlsx", "intake.empty"),
        (b"just words", "a.xlsx", "intake.not_a_spreadsheet"),
        (b"PK\x03\x04 broken", "a.xlsx", "intake.not_a_spreadsheet"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "a.csv", "intake.not_a_table"),
        (b"\x1f\x8b\x08 cut", "a.csv.gz", "intake.broken"),
        (gzip.compress(TEDDY.encode())[:-12], "a.csv.gz", "intake.broken"),
        (",".join(f"c{n}" for n in range(1000)).encode(), "a.csv", "intake.too_wide"),
        (_xlsx([[f"c{n}" for n in range(1000)]]), "a.xlsx", "intake.too_wide"),
        (b"body\n" + b"\xff\xff\xff", "a.csv", "intake.encoding"),
        (b'body\n"' + b"x" * 200_000, "a.csv", "intake.not_a_table"),
    ],
)
def test_what_is_no_table_is_told_apart(house: House, content, name, key):
    with pytest.raises(TableError) as refused:
        _preview(house, content, name)
    assert refused.value.key == key
    assert words.text(f"error.{key}", **refused.value.values) != f"error.{key}"


def test_formulas_stay_texts(house: House):
    cells = ["=HYPERLINK(1)", "+1", "-1", "@x", "=1+1"]
    content = _xlsx([["内容", "地点"], *[[f"路灯坏了{n}", ""] for n in range(2)]])
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["内容", "时间", "邮箱"])
        page.write_formula(1, 0, "=1+1", value="两盏路灯坏了")
        for n, cell in enumerate(cells):
            page.write_string(2 + n, 0, cell)
            page.write_string(2 + n, 2, "no mail")
    done = _run(house, out.getvalue(), "f.xlsx")
    assert done.lines[0].subject == "两盏路灯坏了"
    back = intake.rejects(
        done,
        "r.csv",
        reason="原因",
        tongue=exchange.listing.Tongue(words.text, words.of),
        home=house.org("center"),
        at=house.at,
    ).decode("utf-8-sig")
    for row in list(csv.reader(io.StringIO(back)))[1:]:
        assert row[0].startswith("'")
    assert {r[0] for r in tables.read(back.encode(), "r.csv")[0].lines[1:]} == set(cells)
    assert _run(house, content, "b.xlsx").count("opened") == 2


def test_a_sheet_is_texts_only(house: House):
    for body in ("=cmd|' /C calc'!A0", "@SUM(1)", "+86 130", "-1", "\t=1", "http://example.org"):
        house.open(body + " 路灯坏了")
    page = matters.matters(house.actor("leader"), Filter())
    content = exchange.export.sheet(
        ["编号", "标题"],
        [[m.number, m.subject] for m in page.rows],
        name="事项[清单]",
        author="中心",
        at=house.at,
    )
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet.title == "事项清单"
    assert sheet.max_row == 7
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            assert cell.data_type == "s"
            assert cell.hyperlink is None
            assert not cell.value.startswith("'")


def test_control_characters_and_long_texts_fit(house: House):
    content = exchange.export.sheet(
        ["a"], [["\x00\x0b" + "长" * 40_000]], name="x" * 50, author="\x00中心", at=house.at
    )
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet["A2"].value == "长" * exchange.export.MAX_CELL


def test_a_sheet_says_who_made_it_and_when_and_is_the_same_again(house: House):
    tongue = exchange.listing.Tongue(words.text, words.of)
    house.open("路灯坏了")
    made = [
        exchange.listing.workbook(house.actor("desk"), Filter(), tongue, limit=9, at=house.at)[0]
        for _ in range(2)
    ]
    assert made[0] == made[1]
    book = openpyxl.load_workbook(io.BytesIO(made[0]))
    about = book.properties
    assert (about.creator, about.title) == (house.org("center").name, words.text("list.title"))
    assert about.created == about.modified == house.at.replace(tzinfo=None)
    assert {cell.font.name for row in book.active.iter_rows() for cell in row} == {"宋体"}


def test_rows_from_before_own_fields_had_columns_are_known_again(house: House):
    held = programmes.held("public_voice", house.org("center").path, house.day).programme
    titles = [held.strings["zh-Hans"][f"fields.{name}"] for name in ("forms_issued", "visitors")]
    text = (
        f"内容,类别,渠道,时间,{','.join(titles)}\n"
        "在广场设点。,symposium,on_site,2026-02-26 09:00,40,12\n"
        "在广场设点。,symposium,on_site,2026-02-26 09:00,40,13\n"
        "在菜市场设点。,symposium,on_site,2026-02-27 09:00,,8\n"
    )
    # As the version did that left a kind's own fields out: nobody had said anything of the header.
    bare = intake.Layout(columns=dict.fromkeys(titles, ""))
    before = _run(house, text.encode(), kind="outreach", layout=bare)
    assert [line.status for line in before.lines] == ["opened"] * 3
    KnownLayout.objects.all().delete()
    seen = _preview(house, text.encode(), kind="outreach")
    assert {"forms_issued", "visitors"} <= seen.columns.keys()
    assert [line.status for line in seen.lines] == ["repeated"] * 3
    again = _run(house, text.encode(), kind="outreach")
    assert [line.status for line in again.lines] == ["repeated"] * 3
    assert [one.matter_id for one in again.lines] == [one.matter_id for one in before.lines]
    more = text + "在公园设点。,symposium,on_site,2026-02-28 09:00,5,6\n"
    once = _run(house, more.encode(), kind="outreach")
    assert [line.status for line in once.lines] == [*["repeated"] * 3, "opened"]
    assert Matter.objects.get(pk=once.lines[-1].matter_id).facts["visitors"] == 6
    twice = _run(house, more.encode(), kind="outreach")
    assert [line.status for line in twice.lines] == ["repeated"] * 4
    # What differs in an own column only is another row, unless it came when those did not count.
    other = _run(house, more.replace(",5,6", ",5,7").encode(), kind="outreach")
    assert [line.status for line in other.lines] == [*["repeated"] * 3, "opened"]

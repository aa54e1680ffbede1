"""What nobody sees of a table, or would not expect: hidden rows, columns and sheets, and further tables
in the same sheet. Every page, the interface and the command line tell of them and let one choose."""

import io
import re
from base64 import b64encode

import pytest
import xlsxwriter
from house import House

from bihuan import cli
from bihuan.foundation.access import api as access
from bihuan.kernel.exchange.models import KnownLayout
from bihuan.kernel.matters.api import Matter
from bihuan.lib.clock import now

HEAD = ["编号", "来电人", "诉求内容", "诉求类型", "来电时间"]
OTHER = ["诉求内容", "编号", "地址"]


def row(n, text):
    return [str(n), "甲", text, "投诉", "2026-02-27 09:30"]


LINES = [
    ["一月登记表"], HEAD, row(1, "路灯坏了"), row(2, "井盖松动"), row(3, "噪声扰民"), row(4, "积水"),
    [], ["二月登记表"], OTHER, ["漏水", "5", "人民路"], ["停电", "6", "中山路"],
]  # fmt: skip


def workbook(lines=LINES, *, gone=(), filtered=False, column=False, away=()):
    """The lines in 登记; `gone` are numbers of hidden rows, `away` hidden sheets with one row each."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name in away:
            page = book.add_worksheet(name)
            page.write_row(0, 0, HEAD)
            page.write_row(1, 0, row(9, f"{name}的来信"))
            page.very_hidden() if name == "宏" else page.hide()
        page = book.add_worksheet("登记")
        page.activate()
        page.set_first_sheet()
        for n, line in enumerate(lines):
            page.write_row(n, 0, line)
        for n in gone:
            page.set_row(n - 1, None, None, {"hidden": True})
        if filtered:
            page.autofilter(1, 0, len(lines) - 1, 4)
            page.filter_column(0, "x == 1")
        if column:
            page.set_column(1, 1, None, None, {"hidden": True})
    return out.getvalue()


@pytest.fixture
def today(house):
    del house
    return House(at=now())


def looked(today, content=b"", client=None, **given):
    """The page after a look at a file."""
    client = client or today.client("desk")
    given["home"] = f"{today.org('center').pk}.public_voice.voice"
    if content:
        given["file"] = io.BytesIO(content)
        given["file"].name = "a.xlsx"
    return client.post("/desk/import", given)


def told(answer):
    """What the page says beside the rows."""
    found = re.search(r'<ul [^>]*id="asides">(.*?)</ul>', answer.content.decode(), re.DOTALL)
    return re.findall("<li>(.*?)</li>", found[1]) if found else []


def again(answer, **more):
    """What the form of that page posts."""
    picked = answer.context["picked"]
    columns = answer.context["columns"]
    return {
        "ticket": answer.context["ticket"], "sheet": picked.sheet, "head": str(picked.table.head),
        "title": [title for title, _ in columns], "column": [name for _, name in columns], **more,
    }  # fmt: skip


def test_hidden_rows_are_read_and_said_where_they_are(today):
    answer = looked(today, workbook(LINES[:6], gone=(3, 4, 6)))
    assert told(answer) == ["文件里隐藏的行也会读入，共3行：第3–4、6行。"]
    page = answer.content.decode()
    assert len(answer.context["rows"]) == 4
    assert page.count('<span class="mark">隐藏</span>') == 3
    filtered = looked(today, workbook(LINES[:6], gone=(4,), filtered=True))
    assert told(filtered) == ["文件里设了筛选，看不见的行也会读入，共1行：第4行。"]
    # A header or a title that is hidden is no row.
    assert told(looked(today, workbook(LINES[:6], gone=(1, 2)))) == []
    done = looked(today, **again(answer, confirm="1"))
    assert told(done) == told(answer)
    assert Matter.objects.count() == 4
    english = today.client("desk", headers={"accept-language": "en"})
    assert "3–4, 6." in told(looked(today, workbook(LINES[:6], gone=(3, 4, 6)), english))[0]


def test_hidden_columns_are_read_and_named(today):
    answer = looked(today, workbook(LINES[:6], column=True))
    assert told(answer) == ["隐藏的列也会读入：来电人。"]
    assert answer.context["result"].lines[0].said["name"] == "甲"


def test_a_hidden_sheet_is_offered_and_not_read_first(today):
    content = workbook(LINES[:6], away=("旧表", "宏"))
    answer = looked(today, content)
    picked = answer.context["picked"]
    assert (picked.sheet, picked.sheets) == ("登记", ("登记", "旧表", "宏"))
    assert told(answer) == ["文件里有隐藏的工作表，没有读：旧表、宏。需要导入的，在“工作表”里选。"]
    assert '<option value="旧表">旧表 (隐藏)</option>' in answer.content.decode()
    chosen = looked(today, **again(answer, sheet="旧表", head=""))
    assert [one.subject for one in chosen.context["result"].lines] == ["旧表的来信"]
    assert told(chosen) == ["这张工作表在文件里是隐藏的。"]
    # What is shown holds no table at all: still the hidden one is not taken unasked.
    cover = looked(today, workbook([["填表说明"], ["甲", "乙"]], away=("旧表",)))
    assert cover.status_code == 422
    assert "旧表" in told(cover)[0]
    # Nothing is shown that has anything in it.
    only = looked(today, workbook([], away=("旧表",)))
    assert told(only) == ["这张工作表在文件里是隐藏的。"]


def test_of_two_tables_in_a_sheet_one_is_chosen(today):
    answer = looked(today, workbook())
    assert [one.subject for one in answer.context["result"].lines] == [
        "路灯坏了", "井盖松动", "噪声扰民", "积水",
    ]  # fmt: skip
    assert told(answer) == [
        "这张工作表里还有一张表没有读：第9行起“二月登记表”，共2行。要导入它，在“表头所在行”里选第9行。"
    ]
    assert (9, "诉求内容 | 编号 | 地址") in answer.context["tops"]
    done = looked(today, **again(answer, confirm="1"))
    assert Matter.objects.count() == 4
    # Done with the first, the second is chosen from the same page.
    assert 'id="head"' in done.content.decode()
    second = looked(today, **again(done, head="9"))
    assert [one.row for one in second.context["result"].lines] == [10, 11]
    assert "第2行起“一月登记表”，共4行" in told(second)[0]
    looked(today, **again(second, confirm="1", guesses="1"))
    assert Matter.objects.count() == 6
    assert not Matter.objects.filter(subject__in=["二月登记表", "诉求内容"]).exists()
    # Which of them was meant is said of this file, and not of the next one.
    assert not KnownLayout.objects.exists()
    assert looked(today, workbook()).context["picked"].table.head == 2


def test_a_table_far_below_is_chosen_by_its_line(today):
    lines = [HEAD, *(row(n, f"来信{n}") for n in range(1200)), [], OTHER, ["漏水", "5", "人民路"]]
    answer = looked(today, workbook(lines))
    assert "第1203行起" in told(answer)[0]
    second = looked(today, **again(answer, head="1203"))
    assert [one.row for one in second.context["result"].lines] == [1204]
    # And is still the one that is chosen in the form.
    assert '<option value="1203" selected>' in second.content.decode()


def test_words_nobody_knows_are_told(today):
    lines = [*LINES[:6], [], ["物资发放"], ["品名", "数量", "签收人"], ["口罩", "200", "丙"]]
    (one,) = told(looked(today, workbook(lines)))
    assert one.startswith("第9行“物资发放”像是另一张表的表头")


def test_hostile_titles_stay_texts(today):
    lines = [HEAD, row(1, "路灯坏了"), [], ["<script>alert(1)</script>"], OTHER, ["x", "1", "y"]]
    answer = looked(today, workbook(lines, away=("<b>",)))
    assert "<script>alert(1)" not in answer.content.decode()
    assert len(told(answer)) == 2
    many = [line for n in range(40) for line in ([f"表{n}"], OTHER[: 2 + n % 2], ["x", n, "y"], [])]
    answer = looked(today, workbook([HEAD, row(1, "路灯坏了"), [], *many]))
    assert len(told(answer)) <= 22


def test_the_interface_tells_of_it(today):
    secret = access.issue_token(
        today.person("desk").pk, "t", ["matters:read", "matters:write"],
        expires=today.after(days=9).date(), at=today.at, actor="system",
    )  # fmt: skip

    def asked(**more):
        content = workbook(gone=(4,), column=True, away=("旧表",))
        given = {"home": today.org("center").pk, "name": "a.xlsx", **more}
        given["content"] = b64encode(content).decode()
        headers = {"Authorization": f"Bearer {secret}"}
        return today.client().post(
            "/api/v1/imports", given, content_type="application/json", headers=headers
        )

    first = asked(dry=True).json()
    assert first["others"] == [{"head": 9, "title": "二月登记表", "rows": 2, "sure": True}]
    assert first["hidden"] == {
        "rows": [4], "columns": ["来电人"], "filtered": False, "sheet": False, "sheets": ["旧表"],
    }  # fmt: skip
    second = asked(head=9, guesses=True).json()
    assert (second["opened"], second["others"][0]["head"]) == (2, 2)
    away = asked(sheet="旧表").json()
    assert (away["opened"], away["hidden"]["sheet"]) == (1, True)
    assert asked(head=200_001).status_code == 422


def test_the_command_line_tells_of_it(today, tmp_path, capsys):
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook(gone=(4,), column=True, away=("旧表",)))
    run = ["import", str(path), "--org", str(today.org("center").pk), "--as", "desk", "--dry-run"]
    assert cli.main(run) == 0
    said = capsys.readouterr().out
    assert "1 hidden rows are read too: 4" in said
    assert "hidden columns are read too: 来电人" in said
    assert "hidden sheets, read only with --sheet: 旧表" in said
    assert "not read: another table “二月登记表”, 2 rows; import it with --head 9" in said
    assert "4 ready" in said
    assert cli.main([*run, "--head", "9", "--take-guesses"]) == 0
    assert "2 ready" in capsys.readouterr().out


SERVICES = ["事项编码", "事项名称", "法定时限", "承诺时限", "设定依据"]


def test_a_catalogue_of_services_is_read_the_same_way(today):
    lines = [
        ["公安局目录"], SERVICES, ["A-1", "补领号牌", "5", "3", "条例"], ["A-2", "变更登记", "5", "3", "条例"],
        [], ["民政局目录"], ["事项名称", *SERVICES[2:], "事项编码"], ["结婚登记", "5", "1", "条例", "B-1"],
    ]  # fmt: skip
    client = today.client("admin")
    under = today.org("center").pk
    sent = io.BytesIO(workbook(lines, gone=(4,), away=("旧表",)))
    sent.name = "a.xlsx"
    answer = client.post("/studio/services/import", {"under": under, "file": sent})
    assert answer.status_code == 200, answer.context.get("problem")
    hidden, sheets, block = told(answer)
    assert "第4行" in hidden
    assert "旧表" in sheets
    assert "第7行起“民政局目录”，共1行" in block
    assert [line.name for line, _ in answer.context["rows"]] == ["补领号牌", "变更登记"]
    given = again(answer, head="7", under=answer.context["under"].pk)
    second = client.post("/studio/services/import", given)
    assert [line.name for line, _ in second.context["rows"]] == ["结婚登记"]

"""Tables over HTTP: a list as a spreadsheet, messages taken in from one."""

import io
from base64 import b64decode, b64encode

import openpyxl
import pytest

from bihuan.kernel.exchange import api as exchange
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Filter, Matter

TABLE = "编号,来信内容,类别,时间\n1,路灯坏了,投诉,2026-02-27 09:00\n2,,投诉,\n3,噪音扰民,投诉,2026年3月\n"


def given(house, text=TABLE, **more):
    content = b64encode(text.encode()).decode()
    columns = {"来信内容": "body"}
    return {"home": house.org("center").pk, "name": "a.csv", "content": content, "columns": columns, **more}  # fmt: skip


def test_good_rows_become_matters_and_bad_ones_come_back(house, callers):
    desk = callers("desk")
    looked = desk.post("/imports", given(house, dry=True)).json()
    assert (looked["ready"], looked["bad"], Matter.objects.count()) == (1, 2, 0)
    assert looked["columns"] == {
        "number": "编号",
        "body": "来信内容",
        "category": "类别",
        "time": "时间",
    }
    done = desk.post("/imports", given(house)).json()
    assert (done["opened"], done["repeated"], done["bad"]) == (1, 0, 2)
    first, empty, wrong = done["rows"]
    opened = matters.matter(house.actor("desk"), first["id"])
    assert (opened.number, opened.category) == (first["number"], "complaint")
    assert first["at"].startswith("2026-02-27T")
    assert (empty["row"], empty["status"]) == (3, "bad")
    assert "2026年3月" in wrong["problem"]
    sheet = openpyxl.load_workbook(io.BytesIO(b64decode(done["rejects"]))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[0] for row in rows] == ["编号", "2", "3"]
    assert rows[2][-1] == wrong["problem"]
    again = desk.post("/imports", given(house), Idempotency_Key="k").json()
    assert (again["opened"], again["repeated"]) == (0, 1)
    assert Matter.objects.count() == 1
    # Corrected where it came back, it is taken.
    sheet["B2"], sheet["D3"] = "井盖松动", "2026-03-01"
    sheet["D2"] = "2026-03-01 10:00"
    out = io.BytesIO()
    sheet.parent.save(out)
    mended = given(house, name="b.xlsx", content=b64encode(out.getvalue()).decode())
    assert desk.post("/imports", mended).json()["opened"] == 2


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"content": "*"}, 422, "matters.input"),
        ({"content": b64encode(b"x" * 1_000_001).decode()}, 413, "files.too_large"),
        (
            {"content": b64encode(b"\x00\xff\x00").decode(), "name": "a.xlsx"},
            422,
            "intake.not_a_spreadsheet",
        ),
        ({"content": b64encode("甲,乙\n1,2\n".encode()).decode()}, 422, "intake.no_text_column"),
        ({"columns": {"甲": "nothing"}}, 422, "matters.input"),
        ({"home": 999_999}, 422, "matters.input"),
        ({"programme": "supervision", "kind": "directive"}, 403, "access.denied"),
        ({"kind": "bogus"}, 403, "access.denied"),
        ({"bogus": 1}, 422, "input.invalid"),
    ],
)
def test_what_is_no_table_for_this_desk_is_refused(house, callers, wrong, status, code):
    refused = callers("desk").post("/imports", {**given(house), **wrong})
    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
    assert refused.json()["error"]["advice"]
    assert Matter.objects.count() == 0


def test_a_list_is_a_spreadsheet_of_what_one_may_see(house, callers):
    for body in ("路灯坏了", "=1+1 噪音", "井盖松动"):
        house.open(body)

    def cells(who, query=""):
        answer = callers(who).get(f"/matters.xlsx{query}")
        assert answer.status_code == 200
        assert answer["Content-Disposition"].endswith('.xlsx"')
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        return [[cell.value for cell in row] for row in sheet.iter_rows()]

    rows = cells("desk")
    assert len(rows) == 4
    assert rows[0][:2] == ["Number", "Subject"]
    assert [row[1] for row in rows[1:]] == ["井盖松动", "=1+1 噪音", "路灯坏了"]
    assert [row[1] for row in cells("desk", "?text=路灯")[1:]] == ["路灯坏了"]
    assert len(cells("stranger")) == 1
    assert callers("desk").get("/matters.xlsx?level=bogus").status_code == 422


@pytest.mark.parametrize("order", ["newest", "due"])
def test_a_long_list_is_whole_and_without_repetition(house, monkeypatch, order):
    monkeypatch.setattr(exchange.listing, "MAX_ROWS", 2)
    for n in range(7):
        house.open(f"第{n}盏路灯坏了")
    tongue = exchange.listing.Tongue(str, lambda _, key: key)
    for wanted in (Filter(order=order), Filter(order=order, text="路灯")):
        for limit, expected in ((100, 7), (5, 5)):
            content, count = exchange.listing.workbook(
                house.actor("desk"), wanted, tongue, limit=limit, at=house.at
            )
            sheet = openpyxl.load_workbook(io.BytesIO(content)).active
            numbers = [row[0].value for row in sheet.iter_rows(min_row=2)]
            assert (count, len(set(numbers)), len(numbers)) == (expected, expected, expected)

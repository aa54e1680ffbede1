"""The matrix on the desk and in a branch: who sees what, each cell with what met it or the form to do it, who
is freed of it, the table taken out; the interface, the command line and a bulletin say the same."""

import io
import re
from datetime import UTC, date, datetime

import house as city
import owed
import pytest
import time_machine
from django.urls import reverse
from openpyxl import load_workbook

from bihuan.cli import main
from bihuan.foundation.access import api as access
from bihuan.kernel.obligations.models import Waiver
from bihuan.rules.periods import parse
from bihuan.spec.bulletin_blocks import BULLETIN_BLOCKS
from bihuan.web.desk import obligations as desk
from bihuan.web.member import obligations as member

pytestmark = pytest.mark.django_db
# Friday, 20 March 2026, ten o'clock.
NOW = datetime(2026, 3, 20, 2, tzinfo=UTC)


@pytest.fixture
def house(house):
    owed.land()
    owed.held(house, "cell_a", datetime(2026, 3, 10, 2, tzinfo=UTC), "lesson")
    with time_machine.travel(NOW, tick=False):
        yield house


def cells(body):
    """name: what its cells say, of every line of a matrix."""
    found = {}
    for row in re.findall(r"<tr data-row>(.*?)</tr>", body, re.DOTALL):
        name = re.search(r'class="subject"[^>]*>([^<]*)<', row)
        said = re.findall(r'<span class="visually-hidden">([^<]*)</span>', row)
        found[name[1]] = said
    return found


def page(client, name, *args, **query):
    answer = client.get(reverse(f"desk:{name}", args=args), query)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return answer.content.decode()


def cell(house, code="cell_b", full=owed.SITTINGS, period="2026-03"):
    return reverse("desk:obligation_cell", args=[full, house.org(code).pk, period])


def test_organisations_by_obligations_in_a_month(house):
    found = cells(page(house.client("vvv_above"), "obligations"))
    assert found == {
        "第一小组": ["已完成", "已完成"],
        "第二小组": ["待完成", "待完成"],
        "第三小组": ["待完成", "待完成"],
    }
    # A keeper sees their own cell, and nobody else's.
    assert set(cells(page(house.client("vvv_a"), "obligations"))) == {"第一小组"}
    for who in ("stranger", "desk"):
        assert house.client(who).get(reverse("desk:obligations")).status_code == 403
        assert house.client(who).get(cell(house)).status_code == 404
    assert house.client("vvv_a").get(cell(house)).status_code == 404
    last = cells(page(house.client("vvv_above"), "obligations", period="2026-02"))
    assert last["第一小组"] == ["未完成", "已完成"]


def test_one_obligation_through_a_year_and_by_unit(house):
    client = house.client("vvv_above")
    body = page(client, "obligation", owed.SITTINGS, year="2026")
    assert cells(body)["第一小组"] == ["未完成", "未完成", "已完成", *["尚未开始"] * 9]
    streets = house.org("streets")
    assert set(cells(page(client, "obligation", owed.SITTINGS, unit=streets.pk))) == {
        "第一小组",
        "第二小组",
    }
    below = page(client, "obligation_below", owed.SITTINGS)
    rows = [re.findall(r">([^<>]+)<", row) for row in re.findall(r"<tr data-row>.*?</tr>", below)]
    # Met, made up late, due, missed, exempt.
    assert [[one.strip() for one in row if one.strip()] for row in rows] == [
        ["城管局", "1", "0", "1", "4", "0"],
        ["教育局", "0", "0", "1", "2", "0"],
        ["合计", "1", "0", "2", "6", "0"],
    ]
    weeks = cells(page(client, "obligation", owed.WALKS, year="2026"))
    assert len(weeks) == 6
    assert len(weeks["庚庚a"]) == 53
    assert client.get(reverse("desk:obligation", args=["vvv_owed.nothing"])).status_code == 404


def test_a_cell_opens_what_met_it_and_the_form_to_do_it(house):
    above, keeper = house.client("vvv_above"), house.client("vvv_b")
    met = above.get(cell(house, "cell_a")).content.decode()
    assert re.search(r'href="/desk/matters/\d+"><span class="subject">VS2026-', met)
    assert "同时计入：每季一课" in met
    lacking = keeper.get(cell(house)).content.decode()
    door = f"/desk/open/vvv_owed/sitting?home={house.org('cell_b').pk}"
    assert f'href="{door}"' in lacking
    assert "还没有记录" in lacking
    posted = {"home": house.org("cell_b").pk, "field-category": "plain", "body": "开会。"}
    form = keeper.get(door)
    assert form.status_code == 200
    name = re.search(r'name="([^"]*category[^"]*)"', form.content.decode())[1]
    done = keeper.post("/desk/open/vvv_owed/sitting", {**posted, name: "plain"}, follow=True)
    assert done.status_code == 200
    pk = int(done.redirect_chain[-1][0].rstrip("/").rpartition("/")[2])
    house.act(pk, "write_up", "vvv_b", at=NOW)
    assert "已完成" in keeper.get(cell(house)).content.decode()
    assert above.get(cell(house, period="2026-W09")).status_code == 404
    assert above.get(cell(house, period="nonsense")).status_code == 404


def test_freed_from_the_page_of_a_cell_and_shown_with_its_reason(house):
    above, keeper = house.client("vvv_above"), house.client("vvv_b")
    given = {
        "reason": "flooded",
        "start": "2026-03-01",
        "end": "2026-03-31",
        "note": "大水",
        "key": "one",
    }
    assert "免予完成" not in keeper.get(cell(house)).content.decode()
    assert keeper.post(cell(house), given).status_code == 422
    assert above.post(cell(house), {**given, "end": "2026-02-01"}).status_code == 422
    for _ in range(2):
        assert above.post(cell(house), given).status_code == 302
    row = Waiver.objects.get()
    shown = keeper.get(cell(house)).content.decode()
    assert "免予完成：受灾" in shown
    assert "2026-03-01至2026-03-31：受灾，由庚庚一登记" in shown
    assert cells(page(above, "obligations"))["第二小组"][0] == "免予（受灾）"
    assert above.post(cell(house), {"do": "end", "waiver": row.pk}).status_code == 302
    row.refresh_from_db()
    assert row.end == date(2026, 3, 20)


def test_taken_out_as_a_spreadsheet(house):
    answer = house.client("vvv_above").get(
        reverse("desk:obligation_export", args=[owed.SITTINGS]), {"year": "2026"}
    )
    sheet = load_workbook(io.BytesIO(answer.content)).active
    rows = [[one.value for one in row] for row in sheet.iter_rows()]
    assert rows[0][:3] == ["单位或人员", "2026年1月", "2026年2月"]
    assert rows[1][:4] == ["第一小组", "未完成", "未完成", "已完成"]
    assert rows[1][13:19] == [1, 0, 0, 2, 0, 0]


def test_a_branch_sees_its_row_and_what_is_missing_one_press_away(house):
    keeper = house.client("vvv_b")
    body = keeper.get("/m/branch").content.decode()
    row = body.partition('id="owed"')[2].partition("</section>")[0]
    assert re.findall(r'class="subject">([^<]*)<.*?badge-state">([^<]*)<', row) == [
        ("每月例会", "待完成"),
        ("每季一课", "待完成"),
    ]
    door = f"/desk/open/vvv_owed/sitting?home={house.org('cell_b').pk}"
    assert door in row
    lacking = body.partition('id="lacking"')[2].partition("</section>")[0]
    assert "每月例会 2026年2月" in lacking
    assert "期限已过，还差1次" in lacking
    assert "每月例会 2026年3月" in lacking
    assert "每周走访 2026年第12周" in lacking
    assert "2人还未完成" in lacking
    assert door in lacking
    for face in ("/desk/today", "/m/"):
        told = keeper.get(face).content.decode()
        assert "规定动作待完成" in told
        assert "规定动作未按期完成" in told
    # Who belongs to a cell and keeps nothing has their own walk to do.
    access.end(
        access.grants_of(house.person("vvv_b").pk, date(2026, 3, 20))[0].pk,
        on=date(2026, 3, 19),
        at=NOW,
        actor="system",
    )
    own = reverse(
        "desk:obligation_person",
        args=[owed.WALKS, house.org("cell_b").pk, "2026-W12", house.person("vvv_b").pk],
    )
    day = keeper.get("/m/").content.decode()
    assert own in day
    # What was missed leads to what was missed, not to what is due.
    tiles = dict(
        re.findall(r'href="([^"]+)"[^>]*>(?:(?!</a>).)*?(未按期完成|待完成)', day, re.DOTALL)
    )
    assert tiles[own.replace("W12", "W11")] == "未按期完成"
    assert tiles[own] == "待完成"
    assert "待完成" in keeper.get(own).content.decode()
    assert set(cells(page(keeper, "obligation", owed.WALKS))) == {"庚庚b"}
    assert keeper.get(reverse("desk:obligation", args=[owed.SITTINGS])).status_code == 404
    assert keeper.get(cell(house)).status_code == 404


def test_the_interface_says_the_same(house):
    secret = access.issue_token(
        house.person("vvv_above").pk,
        "t",
        ["matters:read"],
        expires=date(2027, 1, 1),
        at=city.BUILT,
        actor="system",
    )
    client, bearer = house.client(), {"Authorization": f"Bearer {secret}"}

    def get(path, **query):
        return client.get(f"/api/v1/obligations{path}", query, headers=bearer)

    assert [one["obligation"] for one in get("").json()["items"]] == [
        owed.SITTINGS,
        owed.LESSONS,
        owed.WALKS,
    ]
    answer = get("/owed", obligation=owed.SITTINGS, period="2026", limit=2).json()
    assert (answer["count"], len(answer["items"]), len(answer["periods"])) == (3, 2, 12)
    first = answer["items"][0]
    assert [one["state"] for one in first["cells"]][:4] == ["missed", "missed", "in_time", "ahead"]
    assert first["cells"][2] == {
        "period": "2026-03",
        "state": "in_time",
        "owed": 1,
        "done": 1,
        "late": 0,
        "due": "2026-04-03",
        "reason": "",
    }
    assert (
        get("/owed", obligation=owed.LESSONS, period="2026-Q1", org=house.org("cell_b").pk).json()[
            "items"
        ][0]["cells"][0]["state"]
        == "due"
    )
    assert get("/owed", obligation=owed.SITTINGS, period="2026-Q1").status_code in (400, 422)
    assert get("/owed", obligation="vvv_owed.none", period="2026").status_code == 404
    assert (
        get(
            "/owed", obligation=owed.SITTINGS, period="2026", org=house.org("neighbour").pk
        ).status_code
        == 404
    )


def test_the_command_line_says_the_same(house, capsys):
    assert main(["obligations", owed.SITTINGS, "--period", "2026-02", "--missing"]) == 0
    told = capsys.readouterr().out
    assert "vvv_owed.sittings: 3 owe it, 2026-02 to 2026-02: 3 missed" in told
    assert "第二小组\t2026-02 missed (1)" in told
    assert main(["obligations", "vvv_owed", "--org", "cell_a", "--recount"]) == 0
    told = capsys.readouterr().out
    assert "2 steps counted anew" in told
    assert "vvv_owed.walks: 2 owe it, 2026-W01 to 2026-W12" in told
    for wrong, said in (
        (["nothing"], "vvv_owed.sittings"),
        ([owed.WALKS, "--period", "soon"], "no period"),
    ):
        assert main(["obligations", *wrong]) == 2
        assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("day", "weeks", "months"),
    [
        (1, "2026-W01 to 2026-W53", "2027-01 to 2027-01"),
        (4, "2027-W01 to 2027-W01", "2027-01 to 2027-01"),
    ],
)
def test_the_command_line_on_the_first_days_of_a_year(house, capsys, day, weeks, months):
    with time_machine.travel(datetime(2027, 1, day, 2, tzinfo=UTC), tick=False):
        assert main(["obligations", "vvv_owed"]) == 0
    told = capsys.readouterr().out
    assert f"walks: 6 owe it, {weeks}" in told
    assert f"sittings: 3 owe it, {months}" in told


def test_a_bulletin_prints_it(house):
    block = BULLETIN_BLOCKS["obligations"]
    programme = owed.obligations.find(owed.SITTINGS).programme
    printed = block.gathered(programme, house.org("city"), parse("2026-02"), "zh-Hans")
    assert printed.title == "规定动作完成情况"
    assert printed.rows[:2] == (
        ("规定动作", "已完成", "补做", "待完成", "未完成", "免予"),
        ("每月例会", "0", "0", "3", "0", "0"),
    )
    assert [row[0] for row in printed.rows] == ["规定动作", "每月例会", "每周走访"]
    assert block.gathered(programme, house.org("neighbour"), parse("2026-02"), "zh-Hans") is None


def own_cell(house, full, code, period, who):
    args = [full, house.org(code).pk, period, house.person(who).pk]
    return reverse("desk:obligation_person", args=args)


def test_what_people_owe_is_theirs_and_no_key_to_what_organisations_do(house, monkeypatch):
    keeper, other, above = (house.client(who) for who in ("vvv_a", "vvv_b", "vvv_above"))
    # Their own number opens no other organisation's cell, nor one of no such person.
    assert (
        keeper.get(own_cell(house, owed.SITTINGS, "cell_b", "2026-03", "vvv_a")).status_code == 404
    )
    mine = own_cell(house, owed.WALKS, "cell_a", "2026-W12", "vvv_a2")
    given = {"reason": "flooded", "start": "2026-03-16", "end": "2026-03-22", "key": "w"}
    assert above.post(mine, given).status_code == 422
    assert (
        keeper.post(own_cell(house, owed.WALKS, "cell_a", "2026-W12", "vvv_b2"), given).status_code
        == 404
    )
    unknown = mine.rpartition("/")[0] + "/99999999"
    assert keeper.post(unknown, {**given, "key": "u"}).status_code == 404
    assert keeper.post(mine, {"do": "end", "waiver": "99999"}).status_code == 404
    assert Waiver.objects.count() == 0
    assert keeper.post(mine, {**given, "start": "2026-03-01"}).status_code == 422
    assert keeper.post(mine, given).status_code == 302
    assert "免予完成：受灾" in keeper.get(mine).content.decode()
    # Who may not free them reads that they are free, and not why.
    seen = above.get(mine).content.decode()
    assert "免予" in seen
    assert "受灾" not in seen
    body = page(above, "obligation", owed.WALKS, year="2026")
    assert (
        cells(body)["辛辛a"][11],
        cells(page(keeper, "obligation", owed.WALKS))["辛辛a"][11],
    ) == (
        "免予",
        "免予（受灾）",
    )
    assert '<span class="form-text d-block">第一小组</span>' in body
    # The table says where each belongs, and that it was cut.
    monkeypatch.setattr(desk, "MOST", 2)
    address = reverse("desk:obligation_export", args=[owed.WALKS])
    sheet = load_workbook(io.BytesIO(above.get(address, {"year": "2026"}).content)).active
    rows = [[one.value for one in row] for row in sheet.iter_rows()]
    assert [row[:2] for row in rows[:3]] == [
        ["单位或人员", "单位"],
        ["庚庚a", "第一小组"],
        ["辛辛a", "第一小组"],
    ]
    assert rows[2][13] == "免予"
    assert rows[3][0] == "表格只列出前2行，共6行；请选择下级单位分别导出。"
    # All are counted, some are named.
    monkeypatch.setattr(member, "PEOPLE", 1)
    lacking = other.get("/m/branch").content.decode().partition('id="lacking"')[2]
    assert "2人还未完成" in lacking
    assert "辛辛b" not in lacking.partition("</section>")[0]

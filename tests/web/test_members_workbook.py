"""Lists of members in workbooks: who may, what becomes of each row, what contradicts; twice, half, out and in."""

import base64
import io
from datetime import date, timedelta

import branches as place
import pytest
import xlsxwriter
from branches import PARTY
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate
from openpyxl import load_workbook

from bihuan.cli import main
from bihuan.foundation.access import governing
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.models import Event
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import memberships
from bihuan.foundation.orgs.models import Exemption, Membership, Person
from bihuan.kernel.directory import api as directory
from bihuan.lib.clock import now
from tests.web.test_workbook import taken

pytestmark = pytest.mark.django_db

HEAD = (
    "姓名",
    "工号",
    "用户名",
    "单位",
    "成员身份",
    "状态",
    "起",
    "最早加入",
    "止",
    "免除",
    "免除到",
)


@pytest.fixture
def town(db):
    return place.build()


def book(**sheets):
    """The bytes of an .xlsx: rows by the name of the sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        for name, rows in sheets.items():
            page = made.add_worksheet(name)
            for n, row in enumerate(rows):
                page.write_row(n, 0, row)
    return out.getvalue()


def roll(*rows, **more):
    return book(名册=[HEAD, *rows], **more)


def row(name, org="第一支部", status="正式党员", *, code="", username="", of="", **more):
    told = {"start": "", "since": "", "end": "", "exempt": "", "until": "", **more}
    return (name, code, username, org, of, status, *told.values())


def sent(client, under, content, url="/studio/workbook"):
    file = SimpleUploadedFile("a.xlsx", content)
    return client.post(url, {"under": under.pk, "file": file}).content.decode()


def looked(town, content, by="registrar", under="root"):
    """What each row of the first sheet of members would become: (status, keys of its faults)."""
    sheets = directory.opened(content, "a.xlsx")
    who = SYSTEM if by == "system" else town.actor(by, localdate())
    found = directory.look(sheets, under=town.org(under), at=now(), actor=who)
    return [
        (line.status, sorted(said.key for said in line.faults))
        for one in found.sheets
        if one.reading.kind == "members"
        for line in one.lines
    ]


def test_organisations_people_and_members_come_with_one_workbook(town):
    client, root = town.client("registrar"), town.org("root")
    content = roll(
        row("路一", "第四支部", code="p1", start="2020年7月1日", since="2019/7/1", exempt="请长假"),
        row("钱二", "第四支部", "full member", code="p2", start="20210701"),
        row("孙三", "第四支部", "入党申请人"),
        row("安一"),
        机构=[("名称", "机构类型"), ("第四支部", "党支部")],
        人员=[
            ("姓名", "用户名", "工号", "机构", "角色"),
            ("路一", "无账号", "p1", "第四支部", ""),
            ("钱二", "qian2", "p2", "机关党委", ""),
        ],
    )
    seen = sent(client, root, content)
    assert "名册：新增3行，修改0行，调整0行，不变1行，有问题0行" in seen
    assert "现在在册、但表里没有的成员 6 人" in seen
    assert "系统里没有此人" in seen
    assert not Person.objects.filter(name="路一").exists()
    assert "已导入" in taken(client, seen).content.decode()
    (fourth,) = orgs.find_orgs("第四支部")
    held = {one.person.name: one for one in Membership.objects.filter(org=fourth)}
    assert held.keys() == {"路一", "钱二", "孙三"}
    first = held["路一"]
    assert (first.status, first.start, first.since) == ("full", date(2020, 7, 1), date(2019, 7, 1))
    assert (first.person.username, first.person.code) == (None, "p1")
    assert held["钱二"].person.username == "qian2"
    assert held["孙三"].person.has_account is False
    assert Exemption.objects.get(person=first.person).reason == "leave"
    # The same again, and half of it: nothing changes, nobody is ended unasked.
    events = Event.objects.count()
    half = roll(row("路一", "第四支部", code="p1"))
    for again, same in ((content, 4), (half, 1)):
        assert looked(town, again) == [("same", [])] * same
    # What is taken out comes in as it went out, by code, by user name and by name.
    out = client.get("/studio/workbook.xlsx").content
    rows = list(load_workbook(io.BytesIO(out))["名册"].iter_rows(values_only=True))
    assert rows[0] == HEAD
    assert next(r for r in rows if r[0] == "路一")[:4] == ("路一", "p1", "无账号", "第四支部")
    done = taken(client, sent(client, root, out)).content.decode()
    assert "新增0行，修改0行，调整0行，不变10行，有问题0行" in done
    assert Event.objects.count() == events + 2, "only that it was taken out, and in"
    assert list(audit.everything()) == []


def test_what_is_there_changes_moves_ends_and_is_exempt(town):
    client, root, today = town.client("registrar"), town.org("root"), localdate()
    content = roll(
        row("曹三", username="member-c"),
        row("鄂六", "第一支部", username="member-e", start="2026-06-01"),
        row("白二", end="2026-08-31"),
        row("丁四", exempt="年老体弱", until=f"{today + timedelta(days=9)}"),
        row("万五", status="入党积极分子", start="2026-05-04"),
        row("安一", since="2010-07-01"),
    )
    seen = sent(client, root, content)
    assert "新增0行，修改4行，调整1行，不变1行，有问题0行" in seen
    for told in ("状态：预备党员 → 正式党员", "单位：第二支部 → 第一支部", "免除：年老体弱"):
        assert told in seen
    assert "现在在册、但表里没有的成员 1 人" in seen
    done = taken(client, seen, ending=["members"]).content.decode()
    assert "已停用或结束1个，未能办理0个" in done
    told = {
        one.person.name: (one.org.name, one.status, one.start, one.end)
        for one in Membership.objects.order_by("start", "pk")
    }
    assert told["曹三"] == ("第一支部", "full", today, None)
    assert told["鄂六"] == ("第一支部", "full", date(2026, 6, 1), None)
    assert told["白二"][3] == date(2026, 8, 31)
    assert told["方七"][3] == today - timedelta(days=1)
    moved = Membership.objects.get(person=town.stage.people["e"], end=None)
    assert moved.since == date(2010, 7, 1)
    free = Exemption.objects.get(person=town.stage.people["d"])
    assert (free.reason, free.end) == ("infirm", today + timedelta(days=9))
    # Who left stays on the list of then: the row tells of days that are over.
    assert looked(town, roll(row("曹三", username="member-c"), row("安一"))) == [("same", [])] * 2
    assert list(audit.everything()) == []


def test_every_fault_of_a_row_is_told_at_once_and_nobody_is_guessed(town):
    for code, name in (("k1", "钟离新"), ("k1", "司徒南"), ("k2", "欧阳北")):
        governing.add_person(name, place=town.org("two"), code=code, at=place.AT, actor=SYSTEM)
    governing.add_person("重名", place=town.org("two"), at=place.AT, actor=SYSTEM)
    governing.add_person("重名", place=town.org("three"), at=place.AT, actor=SYSTEM)
    found = looked(
        town,
        roll(
            row("", "没有的支部", start="那年", until="2030-01-01"),
            # Which list is meant is told by the status, where it is one of theirs.
            row("安一", status="名誉党员", exempt="生病"),
            row("安一", status="名誉党员", exempt="生病", of="党员"),
            row("钟离新", code="k1"),
            row("别人", code="k2"),
            row("没有", username="nobody"),
            row("安一", start="2009-01-01", since="2001-07-01"),
            row("重名"),
            row("欧阳北", "第二支部", start="2999-01-01"),
            row("鄂六", "第一支部"),
        ),
    )
    prefixed = [
        (status, [key.removeprefix("directory.") for key in keys]) for status, keys in found
    ]
    assert prefixed == [
        ("bad", ["bad_day", "no_person", "org_unknown", "until_of_nothing"]),
        ("bad", ["membership_wanted"]),
        ("bad", ["unknown_word", "unknown_word"]),
        ("bad", ["code_of_another"]),
        ("bad", ["code_of_another"]),
        ("bad", ["no_username"]),
        ("bad", ["day_stays", "day_stays"]),
        ("bad", ["member_unsure"]),
        ("bad", ["people.no_such_day"]),
        ("bad", ["member_unsure"]),
    ]


def test_rows_of_one_person_that_contradict_are_both_faulty_in_whatever_sheets(town):
    content = book(
        名册=[HEAD, row("安一", username="member-a"), row("路一", code="p1")],
        名册二=[
            HEAD,
            row("安一", "第二支部", username="member-a"),
            row("路一", "第三支部", code="p1", start="2020-07-01"),
            row("白二", "第二支部", "预备党员", start="2009-07-01", end="2009-12-31"),
        ],
    )
    found = looked(town, content)
    assert found[:4] == [("bad", ["directory.contradicts_in"])] * 4
    client = town.client("registrar")
    seen = sent(client, town.org("root"), content)
    assert "与工作表“名册二”第2行矛盾" in seen
    assert "与工作表“名册”第3行矛盾" in seen
    before = Membership.objects.count()
    taken(client, seen)
    assert Membership.objects.filter(person=town.stage.people["a"]).count() == 1
    assert not Person.objects.filter(name="路一").exists()
    # Days that do not meet are a history.
    history = roll(
        row("路一", "第三支部", "预备党员", code="p1", start="2020-07-01", end="2021-06-30"),
        row("路一", "第三支部", code="p1", start="2021-07-01"),
    )
    taken(client, sent(client, town.org("root"), history))
    assert Membership.objects.count() == before + 2
    assert Person.objects.filter(name="路一").count() == 1
    assert looked(town, history) == [("same", [])] * 2
    # One name at one place twice is told; the same person named in two ways cannot be in two places.
    assert looked(town, roll(row("某甲"), row("某甲"))) == [
        ("new", []),
        ("bad", ["directory.person_twice"]),
    ]
    governing.change_person(town.person("a"), code="c1", at=place.AT, actor=SYSTEM)
    named = roll(row("安一", code="c1"), row("安一", "第二支部", username="member-a"))
    assert looked(town, named) == [("same", []), ("bad", ["directory.contradicts"])]
    # A code of two names is nobody's.
    both = roll(row("张甲", code="z1"), row("李乙", code="z1"))
    assert looked(town, both) == [("bad", ["directory.code_of_several"])] * 2


def test_nobody_is_entered_in_the_place_of_somebody_whose_row_is_faulty(town):
    """Corrected later, that row would make them a second time."""
    content = roll(
        row("路一"),
        row("路一", "第二支部", code="p1"),
        row("钱二", code="p2"),
        人员=[
            ("姓名", "工号", "机构", "用户名", "角色"),
            ("路一", "", "没有的局", "", ""),
            ("钱二", "p2", "第一支部", "无账号", "没有的角色"),
        ],
    )
    found = looked(town, content)
    assert found == [("bad", ["directory.person_row"])] * 3
    taken(town.client("registrar"), sent(town.client("registrar"), town.org("root"), content))
    assert not Person.objects.filter(name__in=("路一", "钱二")).exists()


def test_who_keeps_a_list_takes_in_that_alone_for_their_own(town):
    client, one = town.client("one_secretary"), town.org("one")
    assert 'href="/desk/members/import"' in client.get("/desk/members").content.decode()
    assert town.client("head").get("/desk/members/import").status_code == 403
    assert "第一支部" in client.get("/desk/members/import").content.decode()
    content = roll(
        row("新来", status="入党申请人", code="p9"),
        row("安一"),
        row("己副书", status="预备党员"),
        row("鄂六", username="member-e"),
        row("戊支书", status="入党申请人"),
        row("万五", "第二支部", "入党积极分子"),
        机构=[("名称",), ("第九支部",)],
        人员=[("姓名", "机构"), ("外人", "第一支部")],
    )
    seen = sent(client, one, content, "/desk/members/import")
    assert "新增1行，修改0行，调整0行，不变1行，有问题4行" in seen
    for told in (
        "须经规定程序",
        "此人现在在“第二支部”",
        "不能登记自己的",
        "没有叫“第二支部”的机构",
    ):
        assert told in seen
    assert seen.count("没有读这张工作表") == 2
    assert ">机构</option>" not in seen
    posted = {**fields_of(seen), "do": "take"}
    done = client.post("/desk/members/import", posted).content.decode()
    assert "已导入" in done
    assert Membership.objects.get(person__code="p9").org_id == one.pk
    assert not orgs.find_orgs("第九支部").exists()
    assert not Person.objects.filter(name="外人").exists()
    # Not elsewhere, and not by who only reads.
    elsewhere = sent(client, town.org("two"), content, "/desk/members/import")
    assert "已导入" not in elsewhere
    assert 'name="seen"' not in elsewhere
    out = client.get("/desk/members.xlsx").content
    again = sent(client, one, out, "/desk/members/import")
    assert "新增0行，修改0行，调整0行，不变6行，有问题0行" in again


def fields_of(page):
    from tests.web.test_workbook import fields

    return fields(page)


def test_the_interface_and_the_command_line_take_a_list_in(town, tmp_path, capsys):
    until = localdate() + timedelta(days=90)
    token = governing.issue_token(
        "t",
        ["matters:read", "matters:write"],
        expires=until,
        at=now(),
        actor=town.actor("one_secretary", localdate()),
    )
    asked = {"headers": {"Authorization": f"Bearer {token}"}, "content_type": "application/json"}
    content = roll(row("新来", status="applicant", code="p9"), row("鄂六", username="member-e"))
    said = {
        "under": town.org("one").pk,
        "name": "a.xlsx",
        "content": base64.b64encode(content).decode(),
    }
    client = town.client("one_secretary")
    told = client.post("/api/v1/admin/directory/imports", {**said, "dry": True}, **asked).json()
    assert (told["new"], told["bad"]) == (1, 1)
    assert not Person.objects.filter(code="p9").exists()
    two = {**said, "under": town.org("two").pk}
    assert client.post("/api/v1/admin/directory/imports", two, **asked).status_code == 403
    told = client.post("/api/v1/admin/directory/imports", said, **asked).json()
    assert told["new"] == 1
    assert {one["name"] for one in told["left"][0]["items"]} >= {"安一"}
    file = tmp_path / "a.xlsx"
    file.write_bytes(content)
    assert main(["import-directory", str(file), "--org", "committee", "--as", "registrar"]) == 0
    assert "1 moved, 1 same" in capsys.readouterr().out
    (now_at,) = [
        one.org.name
        for one in memberships.memberships_of(town.stage.people["e"].pk)
        if one.kind == PARTY and one.end is None
    ]
    assert now_at == "第一支部"
    assert main(["import-directory", str(file), "--org", "committee", "--as", "registrar"]) == 0
    assert "2 same" in capsys.readouterr().out
    assert list(audit.everything()) == []

"""Organisations and people as one workbook: page, interface and command line; looked at, taken in."""

import base64
import io
import re

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate
from openpyxl import load_workbook

from bihuan.cli import main
from bihuan.foundation.access import api as access
from bihuan.foundation.access import governing
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.models import Event
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.models import Org, Person, Post

pytestmark = pytest.mark.django_db

ORG_HEAD = ("名称", "上级", "编码", "简称", "机构类型")
PEOPLE_HEAD = ("姓名", "用户名", "机构", "职务", "邮箱", "角色")


def book(**sheets):
    """The bytes of an .xlsx: rows by the name of the sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        for name, rows in sheets.items():
            page = made.add_worksheet(name)
            for n, row in enumerate(rows):
                page.write_row(n, 0, row)
    return out.getvalue()


def both(orgs_, people):
    return book(机构=[ORG_HEAD, *orgs_], 人员=[PEOPLE_HEAD, *people])


def sent(client, under, content, name="a.xlsx", **more):
    file = SimpleUploadedFile(name, content)
    answer = client.post("/studio/workbook", {"under": under.pk, "file": file, **more})
    return answer.content.decode()


def fields(page):
    """What the page's own form would post."""
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'name="seen"' in f)
    data: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', form):
        data.setdefault(name, []).append(value)
    for name, inside in re.findall(r'<select[^>]*name="([\w-]+)">(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        data.setdefault(name, []).append(chosen.group(1) if chosen else "")
    return data


def taken(client, page, do="take", **more):
    return client.post("/studio/workbook", {**fields(page), "do": do, **more})


def test_one_workbook_brings_organisations_and_their_people_wherever_rows_stand(house):
    client, city = house.client("admin"), house.org("city")
    content = both(
        [
            ("供水科", "水务局", "w-2", "", "科室"),
            ("水务局", "", "w-1", "水务", "部门"),
            ("怪科", "没有的局", "w-3", "", ""),
            ("某镇", "", "w-4", "", "无此级"),
            ("甲", "乙", "", "", ""),
            ("乙", "甲", "", "", ""),
        ],
        [
            ("钟离新", "", "供水科", "科员", "zhong@example.org", "民意直通·承办单位经办"),
            ("钟离新", "", "供水科", "", "", ""),
            ("", "", "", "", "无", "仙人"),
            ("周映棠", "", "城管局", "", "", ""),
        ],
    )
    seen = sent(client, city, content)
    assert "新增2行，修改0行，调整0行，不变0行，有问题4行" in seen
    assert "新增2行，修改0行，调整0行，不变0行，有问题2行" in seen
    for told in ("没有的局", "没有“无此级”这个机构类型", "成了循环", "分不清是不是同一个人"):
        assert told in seen
    # Every fault of a row at once.
    for told in ("没有写姓名", "没有写所在机构", "没有“仙人”这个角色", "不是有效的电子邮箱"):
        assert told in seen
    assert "也有一位周映棠" in seen
    assert not orgs.orgs_coded("w-1"), "only looked at"
    done = taken(client, seen).content.decode()
    assert "已导入" in done
    (below,) = orgs.orgs_coded("w-2")
    assert (orgs.parent_of(below).name, below.level) == ("水务局", "section")
    made = orgs.find_people("钟离新").get()
    assert (made.username, made.has_usable_password()) == ("zhonglixin", False)
    (grant,) = access.grants_of(made.pk, house.day)
    assert (grant.role, grant.programme, grant.org_id) == ("handler", "public_voice", below.pk)
    events = Event.objects.count()
    again = sent(client, city, content)
    assert "新增0行，修改0行，调整0行，不变2行，有问题4行" in again
    assert Event.objects.count() == events
    assert Event.objects.get(type="directory.imported")
    assert list(audit.everything()) == []


def test_faulty_rows_come_back_with_reasons_and_come_in_when_corrected(house):
    client, city = house.client("admin"), house.org("city")
    seen = sent(
        client, city, both([("水务局", "没有的局", "w-1", "", "")], [("", "", "", "", "", "")])
    )
    answer = taken(client, seen, do="rejects")
    page = load_workbook(io.BytesIO(answer.content))["机构"]
    rows = list(page.iter_rows(values_only=True))
    assert rows[0] == (*ORG_HEAD, "未导入的原因")
    assert "没有叫“没有的局”的机构" in rows[1][-1]
    page["B2"] = "平安市"
    out = io.BytesIO()
    page.parent.save(out)
    assert "新增1行" in sent(client, city, out.getvalue())


def test_who_moved_and_what_moved_is_told_and_carried_out(house):
    client, city = house.client("admin"), house.org("city")
    handler, vehicles = house.person("handler"), house.org("vehicles")
    start = orgs.post_paths(handler.pk, localdate())
    schools = house.org("schools")
    content = both(
        [(vehicles.name, schools.name, vehicles.code, "", "")],
        [(handler.name, handler.username, schools.name, "副科长", "", "")],
    )
    seen = sent(client, city, content)
    assert "调整1行" in seen
    assert f"→ {schools.name}" in seen
    taken(client, seen)
    assert orgs.parent_of(orgs.org(vehicles.pk)).pk == schools.pk
    now = orgs.post_paths(handler.pk, localdate())
    assert now != start
    assert Post.objects.get(person=handler, org=schools).title == "副科长"
    assert "不变1行，有问题0行" in sent(client, city, content)
    # Two rows are two posts: nobody moves.
    two = [
        (handler.name, handler.username, o.name, "", "", "") for o in (schools, house.org("center"))
    ]
    taken(client, sent(client, city, both([], two)))
    assert len(orgs.post_paths(handler.pk, localdate())) == 2
    assert list(audit.everything()) == []


def test_what_is_left_is_only_told_and_ended_where_somebody_ticks_it(house):
    client, city = house.client("admin"), house.org("city")
    governing.create_org("水务局", parent=city, at=house.at, actor=SYSTEM)
    known = [
        (o.name, "", o.code, "", "") for o in Org.objects.filter(code__in=("vehicles", "center"))
    ]
    people = [
        (p.name, p.username, "", "", "", "") for p in Person.objects.filter(posts__org__path__startswith=city.path)
        if p.username != "handler"
    ]  # fmt: skip
    seen = sent(client, city, both(known, people))
    assert "现有、但表里没有的机构" in seen
    assert "现有、但表里没有的人员 1 人" in seen
    taken(client, seen)
    assert orgs.post_paths(house.person("handler").pk, localdate())
    faulty = sent(
        client,
        city,
        both([], [*people, (house.person("handler").name, "", "没有的局", "", "", "")]),
    )
    assert "可能说的就是他们" in faulty
    taken(client, faulty, ending=["people"])
    assert orgs.post_paths(house.person("handler").pk, localdate()), (
        "a faulty row may be about them"
    )
    done = taken(client, seen, ending=["orgs", "people"]).content.decode()
    assert "已停用或结束1个" in done
    handler = house.person("handler")
    assert not access.grants_of(handler.pk, localdate())
    assert not Org.objects.get(name="水务局").active
    assert Org.objects.get(code="vehicles").active
    assert orgs.post_paths(house.person("admin").pk, localdate())


def test_what_goes_out_comes_in_unchanged_roles_of_all_programmes_too(house):
    client, city = house.client("admin"), house.org("city")
    who = house.person("handler")
    governing.give(
        who.pk, "admin", house.org("vehicles").pk, start=house.day, at=house.at, actor=SYSTEM
    )
    content = client.get("/studio/workbook.xlsx").content
    pages = load_workbook(io.BytesIO(content))
    rows = {page.title: list(page.iter_rows(values_only=True)) for page in pages}
    assert "受理中心" in {row[0] for row in rows["机构"]}
    people = {row[1]: row for row in rows["人员"]}
    assert "全部载体·" in people["desk"][6]
    assert "管理员" in people["handler"][6]
    assert not {"邻市", "温邻川"} & {row[0] for row in (*rows["机构"], *rows["人员"])}, (
        "another city's"
    )
    seen = sent(client, city, content)
    assert seen.count("新增0行，修改0行，调整0行") >= 2
    assert "有问题0行" in seen
    fresh = [("钟离新", "", "城管局", "", "", people["desk"][6])]
    taken(client, sent(client, city, both([], fresh)))
    (grant,) = access.grants_of(orgs.find_people("钟离新").get().pk, house.day)
    assert (grant.role, grant.programme) == ("desk", "")
    assert Event.objects.filter(type="directory.exported").exists()


def test_a_hidden_sheet_is_left_out_until_somebody_says_what_it_is(house):
    client, city = house.client("admin"), house.org("city")
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        for name, row in (("机构", ("水务局",)), ("人员", ("钟离新", "城管局"))):
            page = made.add_worksheet(name)
            page.write_row(0, 0, ("姓名", "机构") if name == "人员" else ("名称",))
            page.write_row(1, 0, row)
        page.hide()
    seen = sent(client, city, out.getvalue())
    assert "没有读这张工作表" in seen
    taken(client, seen)
    assert not orgs.find_people("钟离新").exists()
    posted = {**fields(seen), "kind-2": ["people"], "do": "look"}
    taken(client, client.post("/studio/workbook", posted).content.decode())
    assert orgs.find_people("钟离新").exists()


def test_other_words_titles_and_totals_are_understood_in_a_plain_table(house):
    text = (
        "平安市机构一览表,,,\n序号,单位名称,隶属单位,单位代码,单位级别\n"
        "1,水务局,平安市,w-1,部门\n2,和平街道,,w-2,街道\n3,,平安市,w-3,\n合计,2个,,,\n"
    )
    seen = sent(house.client("admin"), house.org("city"), text.encode(), "a.csv")
    assert "新增2行" in seen
    assert "没有写机构名称" in seen
    assert "不当作数据的行" in seen


def test_somebody_says_which_column_is_which_and_looks_again_before_it_is_taken(house):
    client, city = house.client("admin"), house.org("city")
    seen = sent(client, city, "谁,在哪\n钟离新,城管局\n".encode(), "a.csv")
    assert "没有认得出的机构表、人员表或名册" in seen
    posted = fields(seen)
    posted |= {"kind-1": ["people"]}
    seen = client.post("/studio/workbook", {**posted, "do": "look"}).content.decode()
    assert "缺少“姓名、机构”" in seen
    posted = {**fields(seen), "column-1": ["name", "org"]}
    seen = client.post("/studio/workbook", {**posted, "do": "take"}).content.decode()
    assert "还没有保存" in seen
    assert not orgs.find_people("钟离新").exists()
    assert "已导入" in taken(client, seen).content.decode()
    assert orgs.find_people("钟离新").exists()


def test_a_row_about_somebody_who_is_there_gives_what_they_lack_and_never_more_room(house):
    client, city = house.client("admin"), house.org("city")
    place, handler = house.org("vehicles"), house.person("handler")
    role = "民意直通·承办单位经办；民意直通·受理员"
    seen = sent(
        client, city, both([], [(handler.name, "", place.name, "", "lin@example.org", role)])
    )
    assert "修改1行" in seen
    taken(client, seen)
    held = {(g.role, g.org_id) for g in access.grants_of(handler.pk, house.day)}
    assert held == {("handler", place.pk), ("desk", place.pk)}
    assert orgs.person(handler.pk).email == "lin@example.org"
    wider = sent(client, city, both([], [(handler.name, "", city.name, "", "", "民意直通·受理员")]))
    assert "不变1行" in wider, "held below already: not given over the whole city"
    own = house.person("admin")
    oneself = sent(
        client, city, both([], [(own.name, own.username, "", "", "", "民意直通·受理员")])
    )
    assert "有问题1行" in oneself


def test_a_code_that_comes_later_is_given_to_the_one_of_that_name(house):
    client, city = house.client("admin"), house.org("city")
    taken(client, sent(client, city, "名称\n水务局\n".encode(), "a.csv"))
    seen = sent(client, city, "名称,编码\n水务局,w-1\n".encode(), "a.csv")
    assert "新增0行，修改1行" in seen
    taken(client, seen)
    (row,) = orgs.find_orgs("水务局")
    assert row.code == "w-1"
    other = sent(client, city, "名称,编码\n水务局,w-9\n".encode(), "a.csv")
    assert "新增1行" in other, "another of the same name"


def test_people_are_known_by_their_staff_number_and_may_have_no_account(house):
    client, city = house.client("admin"), house.org("city")
    handler = house.person("handler")
    head = ("姓名", "用户名", "工号", "机构", "角色")
    role = "民意直通·承办单位经办"

    def people(*rows, **more):
        return book(人员=[head, *rows], **more)

    content = people(
        ("钟离新", "无账号", "k1", "城管局", ""),
        ("钟离新", "", "k2", "城管局", ""),
        (handler.name, handler.username, "k3", "", ""),
        ("司徒南", "无账号", "", "教育局", role),
        ("欧阳北", "不开通", "k4", "教育局", ""),
    )
    seen = sent(client, city, content)
    assert "新增3行，修改1行，调整0行，不变0行，有问题1行" in seen
    assert "工号：k3" in seen
    assert "没有账号" in seen, "nobody without an account has a role"
    taken(client, seen)
    made = {one.code: one for one in Person.objects.exclude(code="")}
    assert [made[f"k{n}"].has_account for n in (1, 2, 3, 4)] == [False, True, True, False]
    assert "新增0行，修改0行，调整0行，不变4行，有问题1行" in sent(client, city, content)
    # By the number wherever they work; a number of another, or of two, is told with names.
    seen = sent(
        client,
        city,
        people(
            ("欧阳北", "", "k4", "城管局", ""),
            ("别人", "", "k3", "城管局", ""),
            ("钟离新", "zlx", "k1", "城管局", ""),
            (handler.name, "", "", "城管局", ""),
            ("张甲", "", "z1", "城管局", ""),
            ("李乙", "", "z1", "教育局", ""),
            人员二=[head, ("王丙", "", "y1", "城管局", ""), ("欧阳北", "", "k4", "教育局", "")],
        ),
    )
    assert f"工号“k3”已是{handler.name} (" in seen
    assert "请在人员页面发邀请" in seen
    assert "写在几个姓名下：张甲, 李乙" in seen
    taken(client, seen)
    assert len(orgs.post_paths(made["k4"].pk, localdate())) == 2, "two rows are two posts"
    # Ticked, whoever has no user name is only entered.
    bare = people(("独孤东", "", "k7", "城管局", ""), ("上官", "", "", "城管局", role))
    seen = sent(client, city, bare)
    assert "新增2行" in seen
    seen = taken(client, seen, register="1").content.decode()
    assert "预览，还没有保存" in seen, "another answer is looked at first"
    assert "新增1行，修改0行，调整0行，不变0行，有问题1行" in seen
    done = taken(client, seen, register="1").content.decode()
    assert "已导入" in done
    assert not Person.objects.get(code="k7").has_account
    assert not Person.objects.filter(name="上官").exists()
    out = client.get("/studio/workbook.xlsx").content
    rows = list(load_workbook(io.BytesIO(out))["人员"].iter_rows(values_only=True))
    assert ("欧阳北", "无账号", "k4") in {row[:3] for row in rows}
    again = sent(client, city, out)
    assert again.count("新增0行，修改0行，调整0行") >= 2
    assert "有问题0行" in again
    assert list(audit.everything()) == []


def test_first_passwords_are_handed_over_once_and_noted(house):
    client, city = house.client("admin"), house.org("city")
    rows = [(f"新人{c}", "", "城管局", "", "", "") for c in "甲乙"]
    done = taken(client, sent(client, city, both([], rows))).content.decode()
    assert "生成首次密码并下载" in done
    assert "生成首次密码并下载" in client.get("/studio/people?standing=none").content.decode()
    answer = client.post("/studio/passwords", {"under": city.pk})
    assert answer["Cache-Control"] == "no-store"
    told = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert told[0] == ("姓名", "机构", "用户名", "首次密码")
    given = {row[2]: row[3] for row in told[1:]}
    who = Person.objects.get(username="xinrenjia")
    assert who.check_password(given["xinrenjia"])
    assert who.must_change
    assert Event.objects.filter(type="passwords.listed").count() == 1
    assert client.post("/studio/passwords", {"under": city.pk}).status_code == 302
    assert list(audit.everything()) == []


def test_the_interface_and_the_command_line_take_the_same_workbook(house, tmp_path, capsys):
    city = house.org("city")
    token = governing.issue_token(
        "t",
        ["admin"],
        expires=house.day.replace(year=house.day.year + 1),
        at=house.at,
        actor=house.actor("admin"),
    )
    asked = {"headers": {"Authorization": f"Bearer {token}"}, "content_type": "application/json"}
    content = both(
        [("水务局", "", "w-1", "", "党支部")], [("钟离新", "zlx", "w-1", "", "", ""), ("无处", "", "", "", "", "")]
    )  # fmt: skip
    said = {"under": city.pk, "name": "a.xlsx", "content": base64.b64encode(content).decode()}
    client = house.client("admin")
    told = client.post("/api/v1/admin/directory/imports", {**said, "dry": True}, **asked).json()
    assert (told["new"], told["bad"]) == (2, 1)
    assert told["sheets"][1]["rows"][0]["problems"]
    assert told["rejects"]
    assert not orgs.orgs_coded("w-1")
    file = tmp_path / "a.xlsx"
    file.write_bytes(content)
    assert main(["import-directory", str(file), "--org", "city", "--dry-run"]) == 1
    assert "1 new, 1 bad" in capsys.readouterr().out
    told = client.post("/api/v1/admin/directory/imports", said, **asked).json()
    assert told["new"] == 2
    assert Person.objects.get(username="zlx").posts.get().org.code == "w-1"
    assert main(["import-directory", str(file), "--org", "city"]) == 1
    assert "1 same, 1 bad" in capsys.readouterr().out
    out = tmp_path / "b.xlsx"
    assert main(["export-directory", str(out), "--as", "admin"]) == 0
    assert main(["import-directory", str(out), "--org", "city", "--as", "admin"]) == 0
    wrong = {**said, "sheets": {"人员": {"kind": "people", "columns": {"姓名": "who"}}}}
    assert client.post("/api/v1/admin/directory/imports", wrong, **asked).status_code == 422

"""Organisations and people as spreadsheets, through the studio's pages."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from bihuan.foundation.access import api as access
from bihuan.foundation.audit.models import Event
from bihuan.foundation.orgs import api as orgs

pytestmark = pytest.mark.django_db


def sent(house, kind, text, **more):
    client, under = house.client("admin"), house.org("city").pk
    file = SimpleUploadedFile("a.csv", text.encode())
    answer = client.post(f"/studio/sheets/{kind}", {"under": under, "file": file, **more})
    return client, answer.content.decode()


def confirmed(client, page, kind):
    """Posts the page's own confirmation."""
    form = next(f for f in re.findall(r"<form.*?</form>", page, re.DOTALL) if 'name="confirm"' in f)
    hidden = re.findall(r'type="hidden" name="([a-z]+)" value="([^"]*)"', form)
    data: dict[str, list[str]] = {"confirm": ["1"]}
    for name, value in hidden:
        data.setdefault(name, []).append(value)
    return client.post(f"/studio/sheets/{kind}", data).content.decode()


def test_organisations_come_in_parents_first_and_only_when_confirmed(house):
    text = "机构名称,上级单位,编码,层级\n水务局,,w-1,\n供水科,水务局,w-2,\n怪科,没有的局,w-3,\n某镇,,w-4,无此级\n"
    client, seen = sent(house, "orgs", text)
    assert "新增2行" in seen
    assert "没有的局" in seen
    assert "无此级" in seen
    assert not orgs.orgs_coded("w-1"), "only looked at"
    assert "新增2行" in confirmed(client, seen, "orgs")
    (below,) = orgs.orgs_coded("w-2")
    assert orgs.parent_of(below).name == "水务局"
    _, again = sent(house, "orgs", "名称,编码,简称\n水务局,w-1,水务\n供水科,w-2,\n")
    assert "修改1行，不变1行" in again


def test_people_come_in_with_posts_and_roles_and_the_same_table_changes_nothing(house):
    text = "姓名,单位,职务,角色\n钟离新,城管局,科员,民意直通·承办单位经办\n陈无门,没有的局,,\n吕无角,城管局,,民意直通·仙人\n"
    client, seen = sent(house, "people", text)
    assert "新增1行" in seen
    assert "有问题2行" in seen
    confirmed(client, seen, "people")
    made = orgs.find_people("钟离新").get()
    assert not made.has_usable_password()
    (grant,) = access.grants_of(made.pk, house.day)
    assert (grant.role, grant.programme) == ("handler", "public_voice")
    _, again = sent(house, "people", text)
    assert "不变1行" in again
    assert Event.objects.filter(type="roster.imported").count() == 1


def test_a_table_without_a_good_row_offers_no_confirmation(house):
    _, seen = sent(house, "people", "姓名,单位\n陈无门,没有的局\n")
    assert 'name="confirm"' not in seen
    _, lacking = sent(house, "people", "什么,什么\n1,2\n")
    assert "机构" in lacking


@pytest.mark.parametrize(("kind", "word"), [("orgs", "受理中心"), ("people", "林望舒")])
def test_what_goes_out_comes_in_unchanged(house, kind, word):
    client = house.client("admin")
    content = client.get(f"/studio/sheets/{kind}.xlsx").content
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert word in {row[0] for row in rows}
    assert not {"邻市", "温邻川"} & {row[0] for row in rows}, "another city's"
    file = SimpleUploadedFile("a.xlsx", content)
    data = {"under": house.org("city").pk, "file": file}
    told = client.post(f"/studio/sheets/{kind}", data).content.decode()
    assert "新增0行，修改0行" in told
    assert Event.objects.filter(type="roster.exported").exists()


def test_titles_totals_and_other_words_for_columns_and_levels_are_understood(house):
    text = (
        "平安市机构一览表,,,\n序号,单位名称,隶属单位,单位代码,单位级别\n"
        "1,水务局,平安市,w-1,部门\n2,和平街道,,w-2,街道\n3,,平安市,w-3,\n合计,2个,,,\n"
    )
    _, seen = sent(house, "orgs", text)
    assert "新增2行" in seen
    assert "没有写机构名称" in seen
    assert "不当作数据的行" in seen


def test_a_roster_says_what_is_wrong_with_a_row_and_how_it_is_written(house):
    text = (
        "姓名,所在部门,角色,用户名\n,城管局,,\n吕无部,,,\n吕无角,城管局,仙人,\n周假名,城管局,,desk\n"
        "钟离新,城管局,民意直通：承办单位经办、民意直通/受理员,\n"
    )
    _, seen = sent(house, "people", text)
    for told in ("没有写姓名", "没有写所在机构", "请写成“载体·角色”", "已是周映棠的"):
        assert told in seen
    assert "新增1行" in seen


def test_a_row_about_somebody_who_is_there_gives_what_they_lack_and_never_more_room(house):
    place, handler = house.org("vehicles"), house.person("handler")
    text = f"姓名,单位,角色,邮箱\n{handler.name},{place.name},%s,lin@example.org\n"
    client, seen = sent(house, "people", text % "民意直通·承办单位经办；民意直通·受理员")
    assert "修改1行" in seen
    confirmed(client, seen, "people")
    held = {(g.role, g.org_id) for g in access.grants_of(handler.pk, house.day)}
    assert held == {("handler", place.pk), ("desk", place.pk)}
    assert orgs.person(handler.pk).email == "lin@example.org"
    _, again = sent(house, "people", text % "民意直通·承办单位经办")
    assert "不变1行" in again
    city = f"姓名,单位,角色\n{handler.name},{house.org('city').name},民意直通·受理员\n"
    _, wider = sent(house, "people", city)
    assert "不变1行" in wider, "held below already: not given over the whole city"


def test_a_code_that_comes_later_is_given_to_the_one_of_that_name(house):
    client, seen = sent(house, "orgs", "名称\n水务局\n")
    confirmed(client, seen, "orgs")
    client, seen = sent(house, "orgs", "名称,编码\n水务局,w-1\n")
    assert "新增0行，修改1行" in seen
    confirmed(client, seen, "orgs")
    (row,) = orgs.find_orgs("水务局")
    assert row.code == "w-1"
    _, other = sent(house, "orgs", "名称,编码\n水务局,w-9\n")
    assert "新增1行" in other, "another of the same name"

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

"""Choosing organisations and people by what is typed: with the list and without scripts."""

import re

import pytest

from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters

pytestmark = pytest.mark.django_db


@pytest.fixture
def accepted(house):
    opened = house.open()
    house.act(opened, "accept", "desk")
    return opened.matter.pk


def page(response):
    return response.content.decode()


def unit_of(house, pk):
    return matters.matter(house.actor("leader"), pk).unit.code


def dispatch(house, pk, **data):
    return house.client("desk").post(f"/desk/matters/{pk}/act/dispatch", data)


def made(house, name, code="", parent="city"):
    return orgs.create_org(name, parent=house.org(parent), code=code, at=house.at, actor="system")


@pytest.mark.parametrize("text", ["车辆管理所", " vehicles ", "VEHICLES", "车辆管理所（vehicles）"])
def test_a_name_or_code_that_is_typed_is_enough(house, accepted, text):
    assert dispatch(house, accepted, **{"unit-text": text}).status_code == 302
    assert unit_of(house, accepted) == "vehicles"


def test_what_is_picked_counts_and_not_what_the_field_shows(house, accepted):
    data = {"unit": house.org("schools").pk, "unit-text": "教育局（schools）"}
    assert dispatch(house, accepted, **data).status_code == 302
    assert unit_of(house, accepted) == "schools"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("管理所", "没有正好叫“管理所”的单位。相近的有：车辆管理所（vehicles）"),
        ("不存在的局", "没有叫“不存在的局”的单位"),
        ("邻市受理中心", "没有叫“邻市受理中心”的单位"),
        ("", "必须填写"),
    ],
)
def test_what_is_not_clear_is_told_and_stays_typed(house, accepted, text, told):
    answer = dispatch(house, accepted, **{"unit-text": text, "remark": "请尽快"})
    assert answer.status_code == 422
    assert told in page(answer)
    assert f'value="{text}"' in page(answer)
    assert "请尽快" in page(answer)


def test_two_of_one_name_are_told_apart(house, accepted):
    made(house, "综合科", "zh-1", "streets")
    made(house, "综合科", parent="schools")
    told = page(dispatch(house, accepted, **{"unit-text": "综合科"}))
    assert "综合科（zh-1）、综合科（教育局）" in told
    assert dispatch(house, accepted, **{"unit-text": "综合科（教育局）"}).status_code == 302


def test_a_person_is_found_by_name_and_by_user_name(house, accepted):
    data = {"unit-text": "vehicles", "person-text": "林望舒"}
    assert dispatch(house, accepted, **data).status_code == 302
    assert matters.matter(house.actor("leader"), accepted).assignee == house.person("handler")


def test_a_foreign_organisation_cannot_be_picked_by_its_id(house, accepted):
    foreign = house.org("neighbour_center").pk
    assert dispatch(house, accepted, unit=foreign).status_code == 422
    assert dispatch(house, accepted, unit="x").status_code == 422


def test_several_units_are_typed_or_picked(house):
    opened = house.handling()
    answer = house.client("leader").post(
        f"/desk/matters/{opened.matter.pk}/act/co_handle",
        {"units": [house.org("schools").pk], "units-text": "城管局、受理中心"},
    )
    assert answer.status_code == 302
    told = page(house.client("leader").get(f"/desk/matters/{opened.matter.pk}"))
    assert re.search("受理中心、城管局、教育局", told)


def test_one_mistake_among_several_keeps_the_others(house):
    opened = house.handling()
    told = page(
        house.client("leader").post(
            f"/desk/matters/{opened.matter.pk}/act/co_handle",
            {"units": [house.org("schools").pk], "units-text": "城管局、没有的局"},
        )
    )
    assert re.search(r'name="units" value="\d+" checked> 教育局', told)
    assert "城管局、没有的局" in told


def test_the_list_holds_only_what_may_be_chosen(house, accepted):
    client = house.client("desk")
    base = f"/desk/matters/{accepted}/choose"
    assert "车辆管理所" in page(client.get(f"{base}/org?q=车辆"))
    assert "车辆管理所" in page(client.get(f"{base}/org?q=vehicles"))
    assert "邻市" not in page(client.get(f"{base}/org?q=邻市"))
    assert "林望舒" in page(client.get(f"{base}/person?q=望舒"))
    assert "温邻川" not in page(client.get(f"{base}/person?q=温"))
    assert client.get(f"{base}/matter?q=1").status_code == 404
    assert "苏木槿" in page(house.client("admin").get("/studio/choose/person?q=admin"))
    assert "邻市" not in page(house.client("admin").get("/studio/choose/org?q=邻市"))


def test_the_exact_name_stands_first_among_thousands(house, accepted):
    entries = [orgs.Entry(f"n{i}", f"第{i}教育局") for i in range(3000)]
    orgs.load_tree(entries, at=house.at, actor="system", under=house.org("center"))
    listed = page(house.client("desk").get(f"/desk/matters/{accepted}/choose/org?q=教育局"))
    assert re.findall(r'data-label="([^"]+)"', listed)[0] == "教育局（schools）"
    assert listed.count("<li") == 20
    assert page(house.client("desk").get(f"/desk/matters/{accepted}")).count("第1教育局") == 0


def test_studio_takes_a_typed_name_and_keeps_what_was_typed(house):
    client = house.client("admin")
    form = {"parent-text": "没有的局", "name": "新设科室", "code": "new-2"}
    answer = client.post("/studio/orgs", form)
    assert answer.status_code == 422
    assert 'value="新设科室"' in page(answer)
    assert "没有叫“没有的局”的单位" in page(answer)
    assert client.post("/studio/orgs", {**form, "parent-text": "教育局"}).status_code == 302
    assert orgs.parent_of(orgs.find_orgs("new-2").get()) == house.org("schools")

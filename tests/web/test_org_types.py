"""Types of organisations: a dictionary that is chosen from, by page, interface and command line."""

import pytest

from bihuan.cli.__main__ import main
from bihuan.foundation.access import governing
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import org_types
from bihuan.foundation.orgs.models import Org, OrgType

pytestmark = pytest.mark.django_db


def names():
    return [one.name for one in org_types.every()]


def test_whoever_is_over_the_house_names_adds_orders_and_retires_types(house):
    client = house.client("keeper")
    page = client.get("/studio/org-types").content.decode()
    assert "党支部" in page
    assert 'value="retire"' in page
    sent = {"do": "add", "name": "街道办事处", "name_en": "Subdistrict office"}
    assert client.post("/studio/org-types", sent).status_code == 302
    assert names()[-1] == "街道办事处"
    made = org_types.every()[-1]
    assert made.code == "jiedaobanshichu"
    client.post("/studio/org-types", {"do": "up", "code": made.code})
    assert names()[-2] == "街道办事处"
    client.post(
        "/studio/org-types", {"do": "save", "code": made.code, "name": "街道", "name_en": ""}
    )
    assert "街道" in names()
    client.post("/studio/org-types", {"do": "retire", "code": "city"})
    assert ("city", "市") not in org_types.choices()
    # What has it keeps it, and may be changed otherwise; nobody else gets it.
    place = house.org("city")
    assert ("city", "市") in org_types.choices(place.level)
    governing.change_org(place.pk, level="city", short="平安", at=house.at, actor=SYSTEM)
    said = {"parent": place.pk, "name": "新城", "level": "city"}
    refused = client.post("/studio/orgs", said)
    assert refused.status_code == 422
    assert "已经停用" in refused.content.decode()
    assert list(audit.everything()) == []


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"do": "add", "name": " "}, "名称没有填"),
        ({"do": "add", "name": "党支部"}, "已经有叫"),
        ({"do": "add", "name": "某类", "code": "Team 1"}, "不能作机构类型的代码"),
        ({"do": "add", "name": "某类", "code": "team"}, "已经有叫"),
        ({"do": "save", "code": "team", "name": "长" * 41}, "太长"),
    ],
)
def test_what_cannot_be_a_type_is_said_and_nothing_typed_is_lost(house, sent, told):
    before = OrgType.objects.count()
    refused = house.client("keeper").post("/studio/org-types", sent)
    assert refused.status_code == 422
    assert told in refused.content.decode()
    assert OrgType.objects.count() == before


def test_an_administrator_of_a_city_reads_them_and_is_told_who_sets_them(house):
    client = house.client("admin")
    page = client.get("/studio/org-types").content.decode()
    assert 'value="retire"' not in page
    assert "江守拙" in page
    assert client.post("/studio/org-types", {"do": "retire", "code": "team"}).status_code == 403


def test_a_level_is_chosen_by_every_door(house, capsys):
    client = house.client("admin")
    sent = {"parent": house.org("city").pk, "name": "新局", "level": "countyy"}
    refused = client.post("/studio/orgs", sent).content.decode()
    assert "没有“countyy”这个机构类型" in refused
    assert "党支部 party_branch" in refused
    assert not Org.objects.filter(name="新局").exists()
    assert main(["org", "create", "第一支部", "--level", "党支部", "--code", "zb-1"]) == 0
    assert Org.objects.get(code="zb-1").level == "party_branch"
    assert main(["org", "create", "第二支部", "--level", "支部"]) != 0
    assert "party_branch" in capsys.readouterr().err
    assert main(["org", "types"]) == 0
    assert "party_branch\t党支部\tParty branch\t1" in capsys.readouterr().out


def test_an_older_house_keeps_what_stands_and_has_a_word_for_it(house):
    OrgType.objects.all().delete()
    Org.objects.filter(code="schools").update(level="village")
    Org.objects.filter(code="vehicles").update(level="bureau")
    made = org_types.install(at=house.at, actor="system", also=["squad", "team"])
    assert made == len(org_types.usual()) + 2
    assert org_types.called("village") == "村（社区）"
    assert (org_types.called("bureau"), org_types.called("squad")) == ("bureau", "squad")
    org_types.change_type("bureau", name="局", at=house.at, actor="system")
    org_types.change_type("team", active=False, at=house.at, actor="system")
    assert org_types.install(at=house.at, actor="system", also=["squad", "team"]) == 0
    assert org_types.called("bureau") == "局"
    assert "局" in house.client("admin").get("/studio/orgs").content.decode()


def test_the_interface_lists_them_and_names_those_there_are(house):
    client = house.client("keeper")
    token = governing.issue_token(
        "t",
        ["admin", "matters:read", "matters:write"],
        expires=house.day.replace(year=house.day.year + 1),
        at=house.at,
        actor=house.actor("keeper"),
    )
    asked = {"headers": {"Authorization": f"Bearer {token}"}, "content_type": "application/json"}
    listed = client.get("/api/v1/org-types", **asked).json()["items"]
    assert {
        k: v
        for k, v in next(one for one in listed if one["code"] == "team").items()
        if k != "order"
    } == {"code": "team", "name": "班组", "name_en": "Team", "active": True}
    wanted = {"name": "某队", "parent": house.org("city").pk, "level": "tram"}
    refused = client.post("/api/v1/admin/orgs", wanted, **asked)
    assert refused.status_code == 422
    assert "party_branch" in refused.content.decode()
    made = client.post("/api/v1/admin/orgs", {**wanted, "level": "team"}, **asked).json()
    assert (made["level"], made["level_name"]) == ("team", "班组")
    added = client.post(
        "/api/v1/admin/org-types", {"name": "街道办事处", "code": "street"}, **asked
    )
    assert added.status_code == 201, added.content
    changed = client.patch("/api/v1/admin/org-types/street", {"order": 1, "active": False}, **asked)
    assert (changed.json()["order"], changed.json()["active"]) == (1, False)
    assert orgs.org(made["id"]).level == "team"

"""The list of members and each one's page: what who is shown, what is recorded there, what comes out."""

import io
import json
import zipfile

import branches as place
import openpyxl
import pytest
import time_machine
from branches import AT, ON

from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.people import api as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db):
    with time_machine.travel(AT, tick=False):
        yield place.build()


def page(town, by, address="/desk/members", **asked):
    return town.client(by).get(address, asked).content.decode()


def test_a_secretary_records_changes_and_ends(town):
    client = town.client("one_secretary")
    told = client.post(
        "/desk/members",
        {
            "person-text": "己副书",
            "org-text": "第一支部",
            "status": f"{place.PARTY}:applicant",
            "start": "2026-03-02",
            "since": "1998-07-01",
        },
        follow=True,
    ).content.decode()
    assert "己副书" in told
    row = people.listed(town.actor("one_secretary"), people.Wanted(text="己副书"), ON).rows[0][0]
    assert (row.status, row.since.year) == ("applicant", 1998)
    address = f"/desk/members/{town.memberships['a']}"
    sent = client.post(
        address, {"do": "exempt", "reason": "infirm", "start": "2026-03-02", "note": "八十五岁"}
    )
    assert sent.status_code == 302
    assert "年老体弱" in page(town, "one_secretary", exempt="1")
    assert "八十五岁" in page(town, "one_secretary", address)
    assert client.post(address, {"do": "leave", "last": "2026-03-01"}).status_code == 302
    assert "安一" not in page(town, "one_secretary")
    assert "安一" in page(town, "one_secretary", address)


def test_somebody_new_needs_no_account(town):
    whole = {
        "person-text": "新来人",
        "org-text": "第一支部",
        "status": f"{place.PARTY}:applicant",
        "start": "2026-03-02",
        "code": "A-17",
    }
    client = town.client("one_secretary")
    assert client.post("/desk/members", whole).status_code == 422
    assert client.post("/desk/members", {**whole, "new": "1"}).status_code == 302
    row = people.listed(town.actor("office"), people.Wanted(text="新来人"), ON).rows[0][0]
    assert (row.person.username, row.person.code) == (None, "A-17")
    # Whoever administers there finds them, and may invite them.
    found = page(town, "registrar", "/studio/people", q="新来人")
    assert f"/studio/people/{row.person_id}" in found
    invited = town.client("registrar").get(f"/studio/people/{row.person_id}/invite")
    assert invited.status_code == 200
    # Refused, nobody new is left behind.
    refused = {**whole, "new": "1", "person-text": "无此类", "status": f"{place.PARTY}:full"}
    assert client.post("/desk/members", refused).status_code == 422
    assert not orgs.find_people("无此类")


def test_what_is_told_to_themselves_and_on_pages_of_people(town):
    address = f"/desk/members/{town.memberships['a']}"
    client = town.client("one_secretary")
    client.post(address, {"do": "exempt", "reason": "away", "start": "2026-03-02", "note": "驻村"})
    own = town.client("a")
    archive = zipfile.ZipFile(io.BytesIO(own.post("/desk/me/data").content))
    told = json.loads(next(archive.read(n) for n in archive.namelist() if n.endswith(".json")))
    assert told["parts"]["memberships"][0]["joined"] == "2010-07-01"
    assert told["parts"]["exemptions"][0]["note"] == "驻村"
    text = next(archive.read(n) for n in archive.namelist() if n.endswith(".html")).decode()
    assert "正式党员" in text
    assert "外出流动" in text
    someone = f"/desk/people/{town.person('a')}"
    assert "正式党员" in page(town, "one_secretary", someone)
    assert "正式党员" in page(town, "a", "/desk/people/me")
    assert town.client("two_secretary").get(someone).status_code == 404
    branch = f"/desk/orgs/{town.org('one').pk}"
    assert "预备党员 1" in page(town, "head", branch)
    assert "预备党员" not in page(town, "a", branch)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"status": f"{place.PARTY}:full"}, "须经规定程序"),
        ({"status": f"{place.PARTY}:baron"}, "没有“baron”"),
        ({"status": "nothing.such:x"}, "没有“nothing.such”"),
        ({"start": "2026-03-09"}, "日期2026-03-09不对"),
        ({"start": "1899-03-09"}, "日期"),
        ({"person-text": "无此人"}, "无此人"),
        ({"org-text": "第二支部"}, "第二支部"),
    ],
)
def test_what_is_refused_says_why_and_keeps_what_was_typed(town, sent, said):
    whole = {
        "person-text": "己副书",
        "org-text": "第一支部",
        "status": f"{place.PARTY}:applicant",
        "start": "2026-03-02",
        **sent,
    }
    answer = town.client("one_secretary").post("/desk/members", whole)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert whole["person-text"] in text
    assert whole["org-text"] in text


def test_who_is_shown_what(town):
    assert "第二支部" not in page(town, "one_secretary")
    assert "鄂六" in page(town, "head")
    # Whoever only reads has nothing to press.
    assert 'id="new"' not in page(town, "head")
    own = page(town, "a")
    assert "第一支部：正式党员" in own
    assert "白二" not in own
    address = f"/desk/members/{town.memberships['a']}"
    assert town.client("two_secretary").get(address).status_code == 404
    assert town.client("two_secretary").post(address, {"do": "leave"}).status_code == 404
    assert town.client("head").post(address, {"do": "leave"}).status_code == 403
    assert "no-store" in town.client("head").get(address)["Cache-Control"]


def test_the_table_says_who_took_it_out(town):
    client = town.client("office")
    sent = client.get("/desk/members.xlsx", {"status": f"{place.PARTY}:probationary"})
    rows = list(openpyxl.load_workbook(io.BytesIO(sent.content)).active.values)
    assert [row[0] for row in rows[:2]] == ["姓名", "曹三"]
    assert "甲组织" in rows[-1][0]
    assert "2026-03-02 09:00" in rows[-1][0]
    assert town.client("a").get("/desk/members.xlsx").status_code == 403

"""The types of fields at every door: interface, tables out and in, the same as last time."""

import base64
import html
import io
import json
import re
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

import aliens
from aliens.test_faces import PDF, again, filled, newest, spec, text_of
from bihuan.foundation.access import api as access
from bihuan.foundation.audit import api as audit
from bihuan.foundation.files import api as files
from bihuan.kernel.exchange import intake, listing
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.values.api import Tongue
from bihuan.web import words

pytestmark = pytest.mark.django_db
PAPER = {"name": "图纸.pdf", "content": base64.b64encode(PDF).decode()}


@pytest.fixture
def house(house):
    return aliens.land()


def caller(house, role):
    """Somebody who speaks to the interface: (method, path, body) → answer."""
    token = access.issue_token(
        house.person(role).pk,
        "types",
        ["matters:read", "matters:write"],
        expires=date(2099, 1, 1),
        at=house.at,
        actor="system",
    )
    client = house.client()
    client.raise_request_exception = False

    def call(method, path, body=None):
        headers = {"authorization": f"Bearer {token}", "accept-language": "zh-CN"}
        more = (
            {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        )
        return client.generic(method, f"/api/v1{path}", headers=headers, **more)

    return call


def chore(house, **fields):
    city = house.org("city")
    plain = {
        "brief": "搬东西",
        "weight": "heavy",
        "rounds": 3,
        "first_day": "2026-04-05",
        "place_of_work": house.org("streets").pk,
        "neighbours": [city.pk],
        "foreman": house.person("handler").pk,
        "for_offer": house.service("plate").pk,
        "loads": "12.5",
        "budget": "1,200.50",
    }
    return {
        "programme": "aaa_wishes",
        "kind": "chore",
        "home": city.pk,
        "body": "正文。",
        "fields": plain | fields,
    }


def tools(house):
    lent = {"from_whom": house.org("streets").pk, "lent_by": house.person("handler").pk}
    return [{"what": "铁锹", "price": "35"} | lent, {"what": "手套；线的"}]


def test_the_interface_takes_and_tells_every_type(house):
    call = caller(house, "aaa_doer")
    given = chore(
        house,
        begins="9:05",
        due_month="2026年3月",
        span_of_work="2026年第3季度",
        sketch="图纸.pdf",
        tools=tools(house),
    )
    made = call("POST", "/matters", given | {"files": [PAPER]})
    assert made.status_code == 201, made.content
    found = call("GET", f"/matters/{made.json()['id']}").json()
    assert found["facts"]["budget"] == 120050
    assert found["facts"]["loads"] == "12.5"
    assert found["facts"]["span_of_work"] == "2026-Q3"
    spade, gloves = tools(house)
    assert found["facts"]["tools"] == [spade | {"price": 3500}, gloves]
    sketch = found["facts"]["sketch"]
    assert sketch["name"] == "图纸.pdf"
    assert sketch["key"] in {one["key"] for one in found["files"]}
    kept = call("GET", f"/matters/{found['id']}/files/{sketch['key']}")
    assert b"".join(kept.streaming_content) == PDF
    told = found["told"]
    assert (told["budget"], told["due_month"]) == ("1,200.50元", "2026年3月")
    first = told["tools"].splitlines()[0]
    assert "35.00元" in first
    assert house.org("streets").name in first
    assert first.endswith(house.person("handler").name)
    assert told["sketch"] == "图纸.pdf"


HOSTILE = [
    {"budget": "0.001"},
    {"budget": {"fen": 5}},
    {"budget": None},
    {"budget": "50000.01"},
    {"loads": "1e3"},
    {"loads": [1]},
    {"begins": "25:00"},
    {"begins": {"hour": 9}},
    {"due_month": "2026-00"},
    {"span_of_work": "2026-Q5"},
    {"span_of_work": ["2026"]},
    {"sketch": "not-sent.pdf"},
    {"sketch": {"key": "open-1", "name": "x"}},
    {"tools": "a;b;c;d"},
    {"tools": [["a", "b", "c"]]},
    {"tools": [{"price": 1}]},
    {"tools": [{"what": "x", "price": "<script>"}]},
    {"tools": [{"what": {"deep": 1}}]},
    {"tools": {"what": "x"}},
    {"tools": [{"what": "x", "from_whom": 10**15}]},
    {"tools": [{"what": "x", "from_whom": "街道"}]},
    {"tools": [{"what": "x", "lent_by": [1]}]},
    {"tools": [{"what": "x", "lent_by": -1}]},
    {"tools": [{"what": "x"}] * 51},
    {"tools": [{"what": "x", "=cmd": "y"}]},
]


@pytest.mark.parametrize("fields", HOSTILE, ids=str)
def test_a_hostile_value_is_refused_field_by_field(house, fields):
    call = caller(house, "aaa_doer")
    before = Matter.objects.count()
    refused = call("POST", "/matters", chore(house, **fields))
    assert refused.status_code == 422, refused.content
    named = refused.json()["error"]["fields"]
    (name,) = fields
    assert name in named
    assert all(text and "input." not in text and "{" not in text for text in named.values())
    assert Matter.objects.count() == before


def test_a_file_is_asked_for_beside_the_other_fields_and_refused_when_missing(house):
    about = house.open().matter
    client = house.client()
    key = f"{house.org('center').pk}.aaa_wishes.wish"
    posted, _ = filled(spec("aaa_wishes").kinds["wish"], house, about)
    posted |= {"to": key, "body": "路灯坏了。", "phone": "13900000000"}
    paper = posted.pop("paper")
    page = client.post("/ask", posted)
    assert page.status_code == 422
    assert "这一项要附上文件" in text_of(page)
    assert 'type="file"' in page.content.decode()
    elsewhere = client.post("/ask", posted | {"paper-2": paper})
    assert elsewhere.status_code == 422
    # Whoever leaves no contact sends pictures only, kept without their names.
    dot = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
    posted.pop("phone")
    taken = client.post(
        "/ask", posted | {"paper": SimpleUploadedFile("我家.png", dot, "image/png")}
    )
    assert taken.status_code == 200, text_of(taken)
    (kept,) = files.of(newest().stream)
    assert newest().facts["paper"] == {"key": kept.key, "name": kept.name}
    assert "我家" not in kept.name


def opened(house):
    call = caller(house, "aaa_doer")
    more = {
        "begins": "9:05",
        "due_month": "2026-03",
        "span_of_work": "2026-Q3",
        "tools": tools(house),
    }
    made = call("POST", "/matters", chore(house, **more))
    assert made.status_code == 201, made.content
    return Matter.objects.get(pk=made.json()["id"])


def exported(house, language="zh-CN"):
    client = house.client("aaa_doer")
    answer = client.get(
        "/desk/export.xlsx?tab=all&kind=chore", headers={"accept-language": language}
    )
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.content)).active


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_list_of_one_kind_has_its_fields_as_what_they_are(house, language):
    opened(house)
    sheet = exported(house, language)
    locale = "en" if language == "en" else "zh-Hans"
    strings = spec("aaa_wishes").strings[locale]
    titles = [cell.value for cell in sheet[1]]
    row = dict(zip(titles, sheet[2], strict=True))

    def cell(name):
        return row[strings[f"fields.{name}"]]

    assert (cell("budget").data_type, cell("budget").value) == ("n", 1200.5)
    assert cell("budget").number_format == "0.00"
    assert (cell("loads").value, cell("rounds").value) == (12.5, 3)
    assert cell("first_day").value.date() == date(2026, 4, 5)
    assert cell("place_of_work").value == house.org("streets").name
    assert cell("begins").value == "09:05"
    assert cell("tools").value.startswith("铁锹;")
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_was_exported_is_imported_the_same(house, language):
    first = opened(house)
    sheet = exported(house, language)
    out = io.BytesIO()
    book = openpyxl.Workbook()
    # Its own fields; number, state and the like are what the house gives.
    own = len(listing.COLUMNS)
    book.active.append([*(cell.value for cell in sheet[1][own:]), "正文"])
    book.active.append([*(cell.value for cell in sheet[2][own:]), "再来一次。"])
    for cell, origin in zip(book.active[2], sheet[2][own:], strict=False):
        cell.number_format = origin.number_format
    book.save(out)
    result = intake.run(
        out.getvalue(),
        "list.xlsx",
        home=house.org("city"),
        actor=house.actor("aaa_doer"),
        at=house.at,
        programme="aaa_wishes",
        kind="chore",
        own_time=False,
        guesses=True,
    )
    tongue = Tongue(words.text, words.of)
    assert [one.status for one in result.lines] == ["opened"], [
        intake.describe(result, one, tongue) for one in result.lines
    ]
    assert newest().pk != first.pk
    assert newest().facts == first.facts


def test_a_bad_cell_of_a_table_is_named_by_what_its_field_is_called(house):
    strings = spec("aaa_wishes").strings["zh-Hans"]
    headers = ["正文", strings["fields.budget"], strings["fields.tools"], strings["fields.foreman"]]
    book = openpyxl.Workbook()
    book.active.append(headers)
    book.active.append(["搬一下。", "很多", "铁锹;贵;没有这里;没有那个人\n;3", "没有这个人"])
    out = io.BytesIO()
    book.save(out)
    result = intake.preview(
        out.getvalue(),
        "list.xlsx",
        home=house.org("city"),
        actor=house.actor("aaa_doer"),
        at=house.at,
        programme="aaa_wishes",
        kind="chore",
        guesses=True,
    )
    told = intake.describe(result, result.lines[0], Tongue(words.text, words.of))
    for name in ("budget", "tools", "foreman", "loads"):
        assert strings[f"fields.{name}"] in told
    for name in ("price", "from_whom", "lent_by"):
        assert strings[f"columns.tools.{name}"] in told
    assert "没有叫“没有那个人”的人员" in told
    assert "没有叫“没有这个人”的人员" in told
    assert "field." not in told


def test_the_optional_fields_of_the_last_one_are_filled_in_again(house):
    about = house.open().matter
    client = house.client("aaa_doer")
    address = "/desk/open/aaa_wishes/chore"
    assert "again=1" not in client.get(address).content.decode()
    posted, _ = filled(spec("aaa_wishes").kinds["chore"], house, about, of_sender=False)
    posted |= {"home": str(house.org("city").pk), "body": "正文。"}
    assert client.post(address, posted).status_code == 302
    assert "again=1" in client.get(address).content.decode()
    filled_in = client.get(f"{address}?again=1").content.decode()
    for name, typed in {
        "begins": "09:05",
        "due_month": "2026-03",
        "tools-0-price": "35000.00",
        "tools-1-what": "三号楼；二单元",
    }.items():
        assert f'name="{name}" value="{typed}"' in filled_in, name
    for name, typed in {
        "from_whom": house.org("streets"),
        "lent_by": house.person("handler"),
    }.items():
        assert f'name="tools-1-{name}-text" data-field value="{typed.name}"' in filled_in
    # What must be thought of anew each time stays empty.
    assert 'name="budget" value=""' in filled_in
    assert house.client("aaa_doer").get(f"{address}?again=1").status_code == 200
    # What was offered and left as it was, nobody typed.
    hidden = dict(re.findall(r'name="(offered-[^"]+)" value="([^"]*)"', filled_in))
    offered = {
        name.removeprefix("offered-"): html.unescape(value) for name, value in hidden.items()
    }
    kept = {name: html.unescape(value) for name, value in hidden.items()}

    def post(**changed):
        fresh, _ = filled(spec("aaa_wishes").kinds["chore"], house, about, of_sender=False)
        sent = {**fresh, "home": posted["home"], "body": "正文。", **offered, **kept, **changed}
        assert client.post(address, sent).status_code == 302

    post()
    typed = [audit.read(audit.history(one.stream)[0])["typed"] for one in newest_of("chore", 2)]
    assert typed[0] < typed[1]
    post(begins="10:00")
    (last,) = newest_of("chore", 1)
    assert audit.read(audit.history(last.stream)[0])["typed"] == typed[0] + 1


def newest_of(kind, count):
    return Matter.objects.filter(kind=kind).order_by("-pk")[:count]


def test_whoever_is_not_found_in_a_row_is_told_there_and_nothing_is_lost(house):
    posted, _ = filled(
        spec("aaa_wishes").kinds["chore"], house, house.open().matter, of_sender=False
    )
    posted |= {
        "home": str(house.org("city").pk),
        "body": "正文。",
        "tools-2-lent_by-text": "没有这个人",
    }
    before = newest().pk
    address = "/desk/open/aaa_wishes/chore"
    page = house.client("aaa_doer").post(address, posted)
    told = page.content.decode()
    assert (page.status_code, newest().pk) == (422, before)
    assert "没有叫“没有这个人”的人员" in told
    assert 'name="tools-2-lent_by-text" data-field value="没有这个人"' in told
    # Who is picked from the list is sent by id: one that may not be chosen is none.
    posted["tools-2-lent_by"] = "99999999"
    assert house.client("aaa_doer").post(address, again(posted)).status_code == 422
    posted["tools-2-lent_by"] = str(house.person("leader").pk)
    assert house.client("aaa_doer").post(address, again(posted)).status_code == 302
    assert newest().facts["tools"][1]["lent_by"] == house.person("leader").pk

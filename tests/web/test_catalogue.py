"""The catalogue's pages: what everybody reads and what administrators keep."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bihuan.kernel.services import api as services

pytestmark = pytest.mark.django_db
URL = "/studio/services"
GIVEN = {
    "do": "offer", "org-text": "教育局", "code": "JY-1", "name": "教师资格认定", "statutory": "30",
    "promised": "15", "clause": "教师法 §13", "materials": "身份证\n学历证书", "start": "2026-01-01",
}  # fmt: skip
TABLE = (
    "部门,事项编码,事项名称,法定时限,承诺时限,设定依据\n"
    "教育局,JY-2,学籍证明,5,1,学籍管理办法 §9\n教育局,JY-3,太长,5,9,某办法\n"
)


def test_what_is_promised_is_read_by_everybody(house):
    page = house.client().get("/services").content.decode()
    for text in ("补领机动车号牌", "5个工作日", "道路交通安全法第八条", "当场办结"):
        assert text in page
    assert "补领" not in house.client().get("/services?q=备案").content.decode()
    assert "查看全部事项" in house.client().get("/services?q=没有这样的").content.decode()


def test_a_service_is_found_by_whom_it_is_for_and_what_comes_of_it(house):
    given = {
        "applicants": "餐饮服务、食品销售经营者",
        "result": "食品经营许可证",
        "name": "食品经营登记",
    }
    assert house.client("admin").post(URL, {**GIVEN, **given}).status_code == 302
    for word in ("餐饮", "许可证", "食品"):
        assert "食品经营登记" in house.client().get(f"/services?q={word}").content.decode(), word


def test_an_administrator_offers_and_ends(house):
    admin = house.client("admin")
    assert admin.post(URL, GIVEN).status_code == 302
    row = services.find(house.day, "JY-1", limit=2)[0]
    assert (row.promised, row.materials) == (15, ["身份证", "学历证书"])
    admin.post(URL, {"do": "end", "service": row.pk})
    assert services.service(row.pk).end is not None


def test_a_promise_longer_than_the_law_comes_back_with_what_was_typed(house):
    answer = house.client("admin").post(URL, {**GIVEN, "promised": "31"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "承诺时限不能长于法定时限（30个工作日）" in page
    assert "教师资格认定" in page
    assert services.find(house.day, "JY-1", limit=2) == []


def test_a_table_of_services_is_taken_in_and_its_bad_rows_named(house):
    sent = SimpleUploadedFile("services.csv", TABLE.encode())
    admin, url = house.client("admin"), f"{URL}/import"
    looked = admin.post(url, {"under-text": "平安市", "file": sent})
    page = looked.content.decode()
    assert "新增或调整1项，未变0项，有误1项" in page
    assert "太长" in page
    assert services.history_of([house.org("schools").path]) == []
    given = {"under": house.org("city").pk, "ticket": looked.context["ticket"], "confirm": "1"}
    assert "新增或调整1项，未变0项，有误1项" in admin.post(url, given).content.decode()
    assert len(services.history_of([house.org("schools").path])) == 1


def test_columns_that_are_not_known_are_asked_for(house):
    strange = TABLE.replace("事项编码", "甲")
    sent = SimpleUploadedFile("services.csv", strange.encode())
    admin, url = house.client("admin"), f"{URL}/import"
    asked = admin.post(url, {"under-text": "平安市", "file": sent})
    assert asked.status_code == 422
    assert "事项编码" in asked.content.decode()
    said = {"title": ["甲"], "column": ["code"], "ticket": asked.context["ticket"]}
    page = admin.post(url, {**said, "under": house.org("city").pk}).content.decode()
    assert "新增或调整1项" in page

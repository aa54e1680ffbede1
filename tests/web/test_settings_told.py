"""Settings in words: what each does, by which clause, since when, who set it; and found by a word."""

import pytest
from django.utils import timezone

from bihuan.kernel.programmes import api as programmes

pytestmark = pytest.mark.django_db
PAGE = "/studio/programmes/public_voice"


def test_a_setting_says_what_it_is_for_its_bounds_its_clause_and_since_when(house):
    page = house.client("admin").get(PAGE, {"q": "答复期限"}).content.decode()
    assert "用于" in page
    assert "可设为1至60" in page
    assert "2018年11月1日" in page
    assert "已核对原文" in page
    assert "最多转办次数" not in page


def test_what_an_organisation_set_names_it_and_who_entered_it(house):
    spec = next(p for p in programmes.known() if p.id == "public_voice")
    programmes.override(
        spec,
        "limit_answer",
        3,
        org=house.org("city"),
        start=timezone.localdate(),
        clause="市府办〔2026〕1号",
        at=house.at,
        actor=house.actor("admin"),
    )
    page = house.client("admin").get(PAGE).content.decode()
    assert f"平安市设定，{house.person('admin').name}录入" in page
    assert "市府办〔2026〕1号" in page


def test_settings_of_all_programmes_are_found_by_a_word_or_a_clause(house):
    client = house.client("admin")
    found = client.get("/studio/programmes", {"q": "签发"}).content.decode()
    assert "答复须第二人签发" in found
    assert f'href="{PAGE}?q=' in found
    none = client.get("/studio/programmes", {"q": "没有这样的参数"}).content.decode()
    assert "没有找到这样的参数" in none

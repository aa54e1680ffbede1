"""A form with a field of every type, in a real browser: on a phone and at a desk, with and without
scripts."""

import aliens
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FORM = "/desk/open/aaa_wishes/chore"
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 800}


@pytest.fixture
def house(house):
    return aliens.land()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_type_is_filled_in_on_any_screen(visit, log_in, house, axe, size):
    page = visit("/", viewport=size)
    log_in(page, "aaa_doer")
    page.goto(FORM)
    lines = page.locator("[data-line]:visible")
    expect(lines).to_have_count(1)
    page.locator("[name=tools-0-what]").fill("铁锹")
    page.locator("[data-add-line]").click()
    expect(lines).to_have_count(2)
    expect(page.locator("[name=tools-1-what]")).to_be_focused()
    for _ in range(6):
        page.locator("[data-add-line]").click()
    # Beyond the lines that came with the page: found as in the first.
    page.locator("[name=tools-7-lent_by-text]").press_sequentially(house.person("handler").name)
    page.locator(".choose-list:visible [data-value]").first.click()
    expect(page.locator("[name=tools-7-lent_by]")).to_have_value(str(house.person("handler").pk))
    expect(page.locator("[name=tools-6-lent_by]")).to_have_value("")
    page.locator("[name=tools-7-price]").fill("很多")
    expect(page.get_by_role("group", name="第8行")).to_be_visible()
    assert axe(page) == []
    page.locator("[name=budget]").fill("0.001")
    page.locator("[name=body]").fill("正文。")
    page.locator("form.card button[type=submit]").evaluate("one => one.form.noValidate = true")
    page.locator("form.card button[type=submit]").click()
    price = page.locator("[name=tools-7-price]")
    expect(price).to_have_value("很多")
    expect(price).to_have_attribute("aria-invalid", "true")
    beside = price.get_attribute("aria-describedby")
    assert "金额" in page.locator(f"[id='{beside}']").inner_text()
    assert axe(page) == []


def test_rows_are_filled_in_without_scripts(visit, log_in, house):
    page = visit("/", viewport=PHONE, java_script_enabled=False)
    log_in(page, "aaa_doer")
    page.goto(FORM)
    expect(page.locator("[name=tools-4-what]")).to_be_visible()
    expect(page.locator("[data-add-line]")).to_be_hidden()

"""The desk in a browser: parts of pages are swapped in, and going back still works."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
# Without scripts each is a plain form, as tests of pages post it.
BOTH = [True, pytest.param(False, marks=pytest.mark.again)]

DESKTOP = {"width": 1280, "height": 900}


def test_the_queue_is_filtered_in_place_and_back_goes_back(visit, log_in, today):
    first = today.open()
    second = today.open("公园长椅坏了。", category="suggestion")
    page = visit("/", viewport=DESKTOP)
    log_in(page, "desk")
    page.goto("/desk/?tab=new")
    page.evaluate("window.stayed = true")
    page.locator("#f-text").fill(second.matter.number)
    page.locator("#f-text").press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator("[data-row]")).to_contain_text(second.matter.number)
    assert second.matter.number in page.url
    page.locator("#tab-all").click()
    expect(page.locator("#tab-all")).to_have_attribute("aria-current", "true")
    expect(page.locator("[data-row]")).to_have_count(2)
    assert page.evaluate("window.stayed")
    page.go_back()
    expect(page.locator("[data-row]")).to_have_count(1)
    # A page that is still loading does not hear that one goes back again.
    page.wait_for_load_state()
    page.go_back()
    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator("#tab-new")).to_have_attribute("aria-current", "true")
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('htmx'))") == []
    page.locator("[data-row] a", has_text=first.matter.subject).click()
    expect(page.locator("#matter")).to_be_visible()


@pytest.mark.parametrize("scripts", BOTH, ids=["scripts", "no-scripts"])
def test_a_matter_is_dispatched_to_a_unit_by_its_name(visit, log_in, today, scripts):
    opened = today.open()
    today.act(opened, "accept", "desk")
    page = visit("/", viewport=DESKTOP, java_script_enabled=scripts)
    log_in(page, "desk")
    page.goto(f"/desk/matters/{opened.matter.pk}")
    page.locator("details:has(form[action$='/act/dispatch']) > summary").click()
    form = page.locator("form[action$='/act/dispatch']")
    form.locator("[name=unit-text]").fill("车辆管理所")
    form.locator("[name=person-text]").fill("没有这个人")
    form.locator("button[type=submit].btn-primary").click()
    expect(page.locator("#dispatch-person-error")).to_contain_text("没有叫“没有这个人”的人员")
    expect(form.locator("[name=unit-text]")).to_have_value("车辆管理所")
    form.locator("[name=person-text]").fill("林望舒")
    form.locator("button[type=submit].btn-primary").click()
    expect(page.locator("[role=status]", has_text="已完成")).to_be_visible()
    expect(page.locator("#matter dl.facts").first).to_contain_text("林望舒")


@pytest.mark.parametrize("scripts", BOTH, ids=["scripts", "no-scripts"])
def test_what_is_picked_is_done_in_bulk(visit, log_in, today, scripts):
    """What can be done is that of the picked ones, though another stands first in the list."""
    picked = [today.open(f"{n}号路灯不亮。") for n in range(2)]
    today.act(today.open("公园长椅坏了。"), "accept", "desk")
    page = visit("/", viewport=DESKTOP, java_script_enabled=scripts)
    log_in(page, "desk")
    page.goto("/desk/?tab=all" if scripts else "/desk/?tab=new")
    if not scripts:
        page.locator("#bulk > summary").click()
        page.locator("#bulk a").click()
    for one in picked:
        page.locator(f"[name=pick][value='{one.matter.pk}']").check()
    if scripts:
        page.locator("#bulk > summary").click()
    go = page.locator("#bulk button[type=submit]")
    expect(go).to_have_text("对选中的 2 件执行" if scripts else "对选中的事项执行")
    # Only the fields of the step that is chosen; without scripts those of each, under its name.
    merge = page.locator("#bulk [data-step=merge]")
    expect(merge).to_be_visible(visible=not scripts)
    page.locator("#b-action").select_option("merge")
    expect(merge).to_be_visible()
    page.locator("#b-action").select_option("accept")
    go.click()
    expect(page.locator("[role=status]", has_text="已处理 2 件")).to_be_visible()


def test_units_are_picked_one_after_another(visit, log_in, today):
    opened = today.handling()
    page = visit("/", viewport=DESKTOP)
    log_in(page, "leader")
    page.goto(f"/desk/matters/{opened.matter.pk}")
    page.locator("details:has(form[action$='/act/co_handle']) > summary").click()
    form = page.locator("form[action$='/act/co_handle']")
    for typed, name in (("教育", "教育局"), ("城管", "城管局")):
        form.locator("[name=units-text]").press_sequentially(typed)
        form.locator("[role=option]", has_text=name).click()
    expect(form.locator(".chosen li")).to_have_count(2)
    form.locator(".chosen input").first.uncheck()
    form.locator("button[type=submit].btn-primary").click()
    expect(page.locator("[role=status]", has_text="已完成")).to_be_visible()
    expect(page.locator(".timeline-list")).to_contain_text("城管局")
    expect(page.locator(".timeline-list")).not_to_contain_text("教育局")


def test_a_draft_is_kept_while_one_thinks_and_the_page_stays(visit, log_in, today):
    opened = today.handling()
    page = visit("/", viewport=DESKTOP)
    log_in(page, "handler")
    page.goto(f"/desk/matters/{opened.matter.pk}")
    details = page.locator("details:has(form[action$='/act/reply'])")
    if details.get_attribute("open") is None:
        details.locator("summary").first.click()
    form = details.locator("form")
    form.locator("[name=reply]").press_sequentially("经查，")
    expect(form.locator("[hx-post]")).to_contain_text("草稿")
    form.locator("[name=reply]").press_sequentially("已修复。")
    expect(form.locator("[name=reply]")).to_have_value("经查，已修复。")
    expect(page.locator(".timeline-list")).to_be_visible()


def test_a_lost_connection_is_told_and_loses_nothing(visit, log_in, today):
    opened = today.handling()
    page = visit("/", viewport=DESKTOP)
    log_in(page, "handler")
    page.goto(f"/desk/matters/{opened.matter.pk}")
    page.locator("summary", has_text="内部备注").click()
    page.locator("#note").fill("已电话联系。")
    button = page.locator("form[action$='/note'] button")
    page.context.set_offline(True)
    button.click()
    expect(page.locator("#offline")).to_be_focused()
    expect(page.locator("#note")).to_have_value("已电话联系。")
    page.context.set_offline(False)
    expect(button).to_be_enabled()
    button.click()
    expect(page.locator(".timeline-list")).to_contain_text("已电话联系。")
    expect(page.locator("#offline")).to_be_hidden()

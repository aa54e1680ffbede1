"""The citizen's journey in a real browser: phone width, with and without scripts, by keyboard."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from bihuan.foundation.files import api as files
from bihuan.kernel.matters import api as matters
from bihuan.outcomes.publicity import api as publicity
from bihuan.web.portal import proof

pytestmark = pytest.mark.browser

BODY = "人民路与建设街交叉口的红绿灯坏了三天，早晚高峰很堵，请尽快派人修理。"


def photo() -> dict:
    image = io.BytesIO()
    Image.new("RGB", (20, 20), "green").save(image, "JPEG")
    return {"name": "路口.jpg", "mimeType": "image/jpeg", "buffer": image.getvalue()}


def send(page: Page) -> str:
    """Sends the form; returns the code on the receipt."""
    page.locator("form[data-draft] button[type=submit]").click()
    return page.locator(".code-big").inner_text().replace(" ", "")


def look_up(page: Page, code: str) -> None:
    page.locator("#code").fill(code)
    page.locator("#main form button[type=submit]").first.click()


def publish(house, body=BODY):
    opened = house.open(body)
    house.answered(opened, "经查，控制箱进水，已经修复。")
    house.act(opened, "publish", "desk")
    (row,) = publicity.of_subject(opened.matter.stream)
    return publicity.publish(
        row.pk, version=row.version, actor=house.actor("publisher"), at=house.at
    )


def large() -> dict:
    """A photo of 12 megapixels, as phones take them, that says how it was held and what is on it."""
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "my home", 6
    image = io.BytesIO()
    noise = Image.effect_noise((1008, 756), 60).convert("RGB")
    noise.resize((4032, 3024)).save(image, "JPEG", exif=exif, quality=90)
    return {"name": "路口.jpg", "mimeType": "image/jpeg", "buffer": image.getvalue()}


def test_a_receipt_is_copied_and_kept_as_a_picture(visit, today):
    page = visit("/ask", permissions=["clipboard-read", "clipboard-write"])
    page.locator("#ask-body").fill(BODY)
    page.locator("input[name=category][value=complaint]").check()
    code = send(page)
    page.locator("[data-copy]").click()
    expect(page.locator("[data-copy]")).to_contain_text("已复制")
    assert page.evaluate("navigator.clipboard.readText()").replace(" ", "") == code
    with page.expect_download() as kept:
        page.locator("[data-keep-picture]").click()
    image = Image.open(kept.value.path())
    assert (image.format, image.width) == ("PNG", 720)
    dark = sum(image.convert("L").histogram()[:100])
    assert dark > 10_000, "the text and the square code are drawn"


def test_a_large_photo_is_made_small_before_it_is_sent(visit, today):
    page = visit("/ask")
    page.locator("#ask-body").fill(BODY)
    page.locator("input[name=category][value=complaint]").check()
    given = large()
    assert len(given["buffer"]) > 1024 * 1024
    page.locator("#ask-files").set_input_files([given])
    # Sent at once: the form waits for the photo.
    with page.expect_request(lambda r: r.method == "POST" and r.url.endswith("/ask")) as asked:
        page.locator("form[data-draft] button[type=submit]").click()
    assert int(asked.value.header_value("content-length") or 0) < len(given["buffer"]) / 2
    expect(page.locator(".code-big")).to_be_visible()
    found = matters.by_code(page.locator(".code-big").inner_text().replace(" ", ""))
    (kept,) = files.of(found.stream)
    with Image.open(files.path_of(kept.sha256)) as image:
        assert image.size == (1920, 2560), "upright, and at most 2560 long"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_whole_journey_on_a_phone(visit, today, scripts):
    page = visit("/", java_script_enabled=scripts)
    page.locator("#main .doors a[href^='/ask']").first.click()
    assert page.locator("form[data-draft] [required]:not([type=radio])").count() == 1
    page.locator("#ask-body").fill(BODY)
    page.locator("input[name=category][value=complaint]").check()
    page.locator("#ask-files").set_input_files([photo()])
    page.locator("#main details summary").first.click()
    page.locator("#ask-place").fill("人民路")
    page.locator("#ask-phone").fill("13900000001")
    code = send(page)
    assert re.fullmatch(r"[A-Z0-9]{10}", code)
    assert code not in page.url
    expect(page.locator(".qr svg")).to_be_visible()
    assert page.locator(".days li.last").count() == 1
    matter = matters.by_code(code)
    assert (matter.category, matter.anonymous) == ("complaint", False)
    assert len(files.of(matter.stream)) == 1

    page.locator("header a[href='/follow']").click()
    look_up(page, f"{code[:5].lower()} {code[5:].lower()}")
    expect(page.locator("h1")).to_contain_text("红绿灯")
    assert code not in page.url
    page.locator("summary", has_text="补充说明").click()
    page.locator("#add-text").fill("东侧的灯也不亮了。")
    page.locator("form", has=page.locator("#add-text")).locator("button").click()
    expect(page.locator("[role=status]")).to_be_visible()
    expect(page.locator(".timeline-list")).to_contain_text("东侧的灯也不亮了。")

    opened = matters.Opened(matters.by_code(code), code)
    today.answered(opened, "经查，已修复。")
    page.goto("/follow")
    look_up(page, code)
    expect(page.locator(".timeline-list")).to_contain_text("经查，已修复。")
    page.locator("input[name=rating][value=satisfied]").check()
    page.locator("form", has=page.locator("input[name=rating]")).locator("button").click()
    expect(page.locator("[role=status]")).to_be_visible()
    assert matters.by_code(code).state == "closed"


def test_supplement_reopen_and_withdraw_without_scripts(visit, today):
    opened = today.handling()
    today.act(opened, "ask_more", "handler", missing="路口照片")
    page = visit("/follow", java_script_enabled=False)
    look_up(page, opened.code)
    expect(page.locator(".timeline-list")).to_contain_text("路口照片")
    page.locator("#supplement-text").fill("照片在附件里。")
    page.locator("#supplement-files").set_input_files([photo()])
    page.locator("form", has=page.locator("#supplement-text")).locator("button").click()
    link = page.locator("a[href^='/follow/file/']")
    expect(link).to_have_text("路口.jpg")
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "路口.jpg"

    today.act(opened, "reply", "handler", reply="经查，情况属实。")
    page.goto("/follow")
    look_up(page, opened.code)
    page.locator("input[name=rating][value=not_satisfied]").check()
    page.locator("#rate-reason").fill("灯还是不亮。")
    page.locator("form", has=page.locator("input[name=rating]")).locator("button").click()
    expect(page.locator(".timeline-list")).to_contain_text("灯还是不亮。")
    assert matters.by_code(opened.code).state == "handling"

    second = today.open()
    page.goto("/follow")
    look_up(page, second.code)
    page.locator("summary", has_text="撤回").click()
    page.locator("form", has=page.locator("#withdraw-reason")).locator("button").click()
    expect(page.locator("[role=status]")).to_be_visible()
    assert matters.by_code(second.code).state == "withdrawn"


def test_a_refused_action_keeps_what_was_typed(visit, today):
    opened = today.open()
    page = visit("/follow", java_script_enabled=False)
    look_up(page, opened.code)
    page.locator("summary", has_text="补充说明").click()
    page.locator("#add-text").fill("东侧的灯也不亮了。")
    bad = {"name": "x.exe", "mimeType": "application/octet-stream", "buffer": b"MZ" * 200}
    page.locator("#add-files").set_input_files([bad])
    page.locator("form", has=page.locator("#add-text")).locator("button").click()
    expect(page.locator("#main [role=alert]:visible")).to_contain_text("x.exe")
    expect(page.locator("#add-text")).to_have_value("东侧的灯也不亮了。")


def test_staff_names_and_remarks_never_reach_the_sender(visit, today):
    opened = today.open()
    today.act(opened, "accept", "desk")
    today.act(
        opened, "dispatch", "desk", unit=today.org("vehicles").pk, remark="此人多次来访，注意方式。"
    )
    page = visit("/follow")
    look_up(page, opened.code)
    text = page.content()
    assert "注意方式" not in text
    assert today.person("desk").name not in text


def test_by_keyboard_alone(visit, today):
    page = visit("/ask")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    page.keyboard.press("Enter")

    def tab_to(selector: str) -> None:
        for _ in range(40):
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(selector)

    tab_to("#ask-body")
    page.keyboard.type("The street lamp is broken")
    tab_to("input[name=category]")
    page.keyboard.press("ArrowRight")
    tab_to("form[data-draft] button[type=submit]")
    page.keyboard.press("Enter")
    code = page.locator(".code-big").inner_text().replace(" ", "")
    assert matters.by_code(code).category == "complaint"
    tab_to("header a[href='/follow']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/follow")
    tab_to("#code")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("The street lamp is broken")


def test_no_page_scrolls_sideways_on_the_smallest_phone(visit, today):
    row = publish(today)
    page = visit("/", viewport={"width": 320, "height": 640}, language="en")
    for path in ("/", "/ask", "/follow", "/published", f"/published/{row.pk}", "/promise"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_the_code_of_the_qr_fills_the_field_and_leaves_the_address(visit, today):
    opened = today.open()
    page = visit(f"/follow#{opened.code}")
    expect(page.locator("#code")).to_have_value(opened.code)
    assert page.url.endswith("/follow")
    page.locator("#main form button[type=submit]").first.click()
    expect(page.locator("h1")).to_contain_text("红绿灯")
    assert opened.code not in page.url


def test_a_mistake_keeps_what_was_typed(visit, today):
    page = visit("/ask", java_script_enabled=False)
    page.locator("#ask-body").fill(BODY)
    page.locator("#main details summary").first.click()
    page.locator("#ask-phone").fill("abc")
    page.locator("input[name=category][value=suggestion]").check()
    page.locator("form[data-draft] button[type=submit]").click()
    expect(page.locator("#ask-body")).to_have_value(BODY)
    expect(page.locator("#ask-phone")).to_have_value("abc")
    expect(page.locator("#ask-phone")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("input[value=suggestion]")).to_be_checked()


def test_a_draft_survives_leaving_the_page_is_the_tabs_own_and_goes_when_sent(visit, today):
    page = visit("/ask")
    page.locator("#ask-body").fill(BODY)
    page.goto("/")
    page.goto("/ask")
    expect(page.locator("#ask-body")).to_have_value(BODY)
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator("#ask-body")).to_have_value("")
    assert other.evaluate("Object.keys(localStorage)") == []
    other.close()
    send(page)
    page.goto("/ask")
    expect(page.locator("#ask-body")).to_have_value("")


def test_a_draft_survives_a_lost_connection(visit, today):
    page = visit("/ask")
    page.locator("#ask-body").fill(BODY)
    page.route("**/ask", lambda route: route.abort())
    page.locator("form[data-draft] button[type=submit]").click()
    page.wait_for_url("chrome-error://**")
    page.unroute("**/ask")
    page.goto("/ask")
    expect(page.locator("#ask-body")).to_have_value(BODY)


def test_a_published_answer_to_the_same_shows_while_typing(visit, today):
    row = publish(today)
    page = visit("/ask")
    page.locator("#ask-body").press_sequentially(BODY)
    expect(page.locator(f"#alike a[href='/published/{row.pk}']")).to_be_visible()


def test_what_fills_the_hidden_field_is_turned_away(visit, today):
    page = visit("/ask")
    page.locator("#ask-body").fill(BODY)
    page.evaluate("document.querySelector('[name=website]').value = 'x'")
    page.locator("form[data-draft] button[type=submit]").click()
    expect(page.locator("#main [role=alert]:visible")).to_be_visible()
    expect(page.locator(".code-big")).to_have_count(0)


def test_sending_the_receipt_again_registers_nothing_twice(visit, today):
    page = visit("/ask", java_script_enabled=False)
    page.locator("#ask-body").fill(BODY)
    code = send(page)
    page.reload()
    assert page.locator(".code-big").inner_text().replace(" ", "") == code
    expect(page.locator("[role=status]:visible").first).to_contain_text("没有重复登记")


def test_the_language_can_be_changed_and_stays(visit, today):
    page = visit("/promise", java_script_enabled=False)
    page.locator("footer button[value=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("/promise")
    page.goto("/ask")
    expect(page.locator("h1")).to_have_text("Write to us")


def test_the_browser_proves_its_work_by_itself(visit, today, settings, axe, monkeypatch):
    settings.PROOF_OF_WORK = "always"
    # That it is done, not for how long.
    monkeypatch.setattr(proof, "DIFFICULTY", 300)
    page = visit("/ask")
    page.locator("#ask-body").fill(BODY)
    page.locator("input[name=category][value=complaint]").check()
    expect(page.locator(".altcha[data-state=verified]")).to_be_visible(timeout=30_000)
    assert page.locator("input[name=altcha]").input_value()
    assert not axe(page)
    assert re.fullmatch(r"[A-Z0-9]{10}", send(page))


def test_without_scripts_the_message_goes_the_plain_way(visit, today, settings):
    settings.PROOF_OF_WORK = "always"
    page = visit("/ask", java_script_enabled=False)
    page.locator("#ask-body").fill(BODY)
    page.locator("input[name=category][value=complaint]").check()
    assert re.fullmatch(r"[A-Z0-9]{10}", send(page))

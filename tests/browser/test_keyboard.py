"""By keyboard alone: a clerk's call, an administrator's setting, a citizen's question."""

import re

import house as city
import pytest
from keys import Keys
from playwright.sync_api import Page, expect
from testing_settings import PROVING

from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.senders import api as senders

pytestmark = pytest.mark.browser

DESKTOP = {"width": 1280, "height": 900}
MATTER = re.compile(r"/desk/matters/\d+$")
CALL = "人民路三号楼下的路灯不亮了。"


def log_in_by_keys(keys: Keys, name: str) -> None:
    assert keys.on("#username")
    keys.type(name)
    keys.to("#password")
    keys.type(city.PASSWORD)
    keys.load()


def log_out(keys: Keys) -> None:
    keys.page.context.clear_cookies()
    keys.page.goto("/desk/login")


def open_form(keys: Keys, action: str) -> str:
    """Opens an action's form if it is folded; returns the form's selector."""
    form = f"form[action$='/act/{action}']"
    if keys.page.locator(f"details[open] {form}").count() == 0:
        keys.to(f"details:has({form}) > summary")
        keys.press("Enter")
    return form


def send(keys: Keys, form: str) -> None:
    keys.to(f"{form} button[type=submit]")
    keys.press("Enter")


def told(page: Page, text: str) -> None:
    expect(page.locator("[role=status]", has_text=text)).to_be_focused()


def register(keys: Keys) -> str:
    """A call with a slip of the finger in it; returns its number."""
    page = keys.page
    keys.press("n")
    page.wait_for_url("**/desk/register")
    assert keys.on("#body")
    # What decides a limit is chosen for nobody: back over the channel to the sort of message.
    keys.press("Shift+Tab", "Shift+Tab", "Space")
    keys.to("#body")
    keys.type(CALL)
    keys.to("#phone")
    keys.type("abc")
    send(keys, "form[data-draft=register]")
    expect(page.locator("#phone")).to_be_focused()
    expect(page.locator("#phone")).to_have_value("abc")
    expect(page.locator("#body")).to_have_value(CALL)
    keys.press("Control+a")
    keys.type("13900000001")
    send(keys, "form[data-draft=register]")
    page.wait_for_url(MATTER)
    return page.locator("#matter .nowrap").first.inner_text()


def find_in_queue(keys: Keys, number: str) -> None:
    keys.press("q")
    keys.page.wait_for_url("**/desk/")
    keys.press("/")
    assert keys.on("#f-text")
    keys.type(number)
    keys.load()
    expect(keys.page.locator("[data-row]")).to_have_count(1)
    keys.to("[data-row] a")
    keys.load()


def dispatch(keys: Keys) -> None:
    form = open_form(keys, "dispatch")
    unit = keys.page.locator(f"{form} [name=unit-text]")
    keys.to(f"{form} [name=unit-text]")
    keys.type("车辆")
    expect(unit).to_have_attribute("aria-expanded", "true")
    keys.press("ArrowDown", "Enter")
    expect(unit).to_have_value("车辆管理所（vehicles）")
    keys.to(f"{form} [name=remark]")
    keys.type("请今天去看。")
    send(keys, form)


def reply(keys: Keys) -> None:
    """An answer that is previewed, taken back to be corrected, and sent."""
    form = open_form(keys, "reply")
    keys.to(f"{form} textarea")
    keys.type("经查，灯已修好。")
    send(keys, form)
    expect(keys.page.locator("button[name=confirm]")).to_be_visible()
    keys.to("button[name=edit]")
    keys.press("Enter")
    expect(keys.page.locator("#reply-reply")).to_have_value("经查，灯已修好。")
    keys.to("#reply-reply")
    keys.press("Control+End")
    keys.type("谢谢。")
    send(keys, form)
    expect(keys.page.locator("button[name=confirm]")).to_be_visible()
    keys.to("button[name=confirm]")
    keys.press("Enter")


def test_a_clerk_and_a_handler_bring_a_call_to_its_answer(visit, today):
    page = visit("/desk/login", viewport=DESKTOP)
    keys = Keys(page)
    log_in_by_keys(keys, "desk")
    find_in_queue(keys, register(keys))
    page.evaluate("window.stayed = true")
    send(keys, open_form(keys, "accept"))
    told(page, "受理")
    dispatch(keys)
    told(page, "派")
    assert page.evaluate("window.stayed"), "acting loads no whole page"
    pk = int(page.url.rpartition("/")[2])
    assert matters.matter(today.actor("desk"), pk).unit == today.org("vehicles")

    log_out(keys)
    log_in_by_keys(keys, "handler")
    page.goto(f"/desk/matters/{pk}")
    send(keys, open_form(keys, "sign"))
    told(page, "签收")
    reply(keys)
    told(page, "答复")
    matter = matters.matter(today.actor("handler"), pk)
    assert (matter.state, senders.last_reply(matter)) == ("answered", "经查，灯已修好。谢谢。")


def test_a_refused_step_puts_the_focus_on_the_mistake(visit, log_in, today):
    opened = today.open()
    today.act(opened, "accept", "desk")
    page = visit("/")
    log_in(page, "desk")
    page.goto(f"/desk/matters/{opened.matter.pk}")
    keys = Keys(page)
    form = open_form(keys, "dispatch")
    keys.to(f"{form} [name=unit-text]")
    keys.type("管理所")
    keys.press("Escape")
    expect(page.locator("#dispatch-unit-list")).to_be_hidden()
    keys.to(f"{form} [name=remark]")
    keys.type("请今天去看。")
    send(keys, form)
    expect(page.locator(f"{form} [name=unit-text]")).to_be_focused()
    keys.focus()
    expect(page.locator("#dispatch-unit-error")).to_contain_text("车辆管理所（vehicles）")
    expect(page.locator(f"{form} [name=remark]")).to_have_value("请今天去看。")
    assert page.url.endswith(f"/desk/matters/{opened.matter.pk}")


def test_an_administrator_sets_a_local_value(visit, today):
    page = visit("/desk/login", viewport=DESKTOP)
    keys = Keys(page)
    log_in_by_keys(keys, "admin")
    keys.to("nav a[href='/studio/']")
    keys.load()
    keys.to("nav a[href='/studio/programmes']")
    keys.load()
    keys.to("a[href='/studio/programmes/public_voice']")
    keys.load()
    keys.to("a[href='/studio/programmes/public_voice/local']")
    keys.load()
    keys.to("details:has(#set-value) > summary")
    keys.press("Enter")
    keys.to("#set-value")
    keys.type("3")
    keys.to("form:has(#set-value) [name=clause]")
    keys.type("市府办〔2026〕1号")
    keys.press("Enter")
    expect(page.locator(".notice-box.good")).to_be_visible()
    assert [o.clause for o in programmes.overrides("public_voice")] == ["市府办〔2026〕1号"]


def test_a_citizen_asks_follows_and_rates(visit, today):
    page = visit("/")
    keys = Keys(page)
    keys.to("#main a[href^='/ask']")
    keys.load()
    keys.to("#ask-body")
    keys.type(CALL)
    keys.to("input[name=category]")
    keys.press("ArrowRight")
    keys.to("form[data-draft] details summary")
    keys.press("Enter")
    keys.to("#ask-phone")
    keys.type("abc")
    keys.to("form[data-draft] button[type=submit]")
    keys.press("Enter")
    expect(page.locator("#ask-phone")).to_be_focused()
    expect(page.locator("#ask-body")).to_have_value(CALL)
    keys.press("Control+a", "Delete")
    keys.to("form[data-draft] button[type=submit]")
    keys.press("Enter")
    code = page.locator(".code-big").inner_text().replace(" ", "")

    def look_up() -> None:
        keys.to("header a[href='/follow']")
        keys.load()
        keys.to("#code")
        keys.type(code)
        keys.load()

    look_up()
    expect(page.locator("h1")).to_contain_text("路灯")
    today.answered(matters.Opened(matters.by_code(code), code))
    look_up()
    keys.to("input[name=rating]")
    keys.press("Space")
    keys.to("form:has([name=rating]) button[type=submit]")
    keys.load()
    expect(page.locator("[role=status]")).to_be_visible()
    assert matters.by_code(code).state == "closed"


def test_no_page_is_a_trap_and_each_begins_with_the_way_to_its_content(visit, log_in, today):
    opened = today.handling()
    pages = {
        "": ["/", "/ask", "/published"],
        "handler": [f"/desk/matters/{opened.matter.pk}", "/desk/me"],
        "desk": ["/desk/import"],
        "admin": ["/studio/", f"/studio/orgs/{today.org('center').pk}"],
    }
    if PROVING:
        pages[""] += ["/follow", "/promise"]
        pages["handler"] += ["/desk/?tab=all"]
        pages["desk"] += ["/desk/inbox", "/desk/publications"]
        pages["admin"] += ["/studio/people", "/studio/calendar", "/studio/upkeep"]
    for who, paths in pages.items():
        page = visit("/", viewport=DESKTOP)
        log_in(page, who)
        for path in paths:
            page.goto(path)
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            stops = Keys(page).round()
            assert 'class="skip"' in stops[0], path
            assert 'name="language"' in stops[-1], path


def test_a_focus_that_is_not_seen_is_told(visit, today):
    page = visit("/follow", bypass_csp=True)
    page.add_style_tag(content="main * { outline: none !important; box-shadow: none !important }")
    with pytest.raises(AssertionError, match="the focus is not seen"):
        Keys(page).round()

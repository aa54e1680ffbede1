"""What is typed and not sent, in a real browser: kept for whoever typed it, shown to nobody else."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

TYPED = "三号窗口的人昨天收了我的钱，没有给票。"
DESK = {"width": 1280, "height": 900}


# The fields one types words into, on a page as it stands: neither secrets nor choosers, which keep an id.
FIELDS = """[...document.querySelectorAll("main form[method=post] textarea, main form[method=post] input:not([type])")]
    .filter(one => one.id && one.offsetParent && !one.readOnly && !one.dataset.field
        && !one.form.querySelector("input[type=password], input[name=code]:not([type=hidden])"))
    .map(one => one.id)"""


def end_session(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def log_in_here(page: Page, who: str) -> None:
    page.locator("#username").fill(who)
    page.locator("#password").fill("Bihuan-loop-2026")
    with page.expect_navigation():
        page.locator("main button[type=submit]").click()


def kept(page: Page) -> int:
    return page.evaluate(
        "Object.keys(sessionStorage).filter(one => one.startsWith('draft:')).length"
    )


def register(page: Page, text: str = TYPED) -> None:
    page.goto("/desk/register")
    page.locator("textarea[name=body]").fill(text)


def test_a_reload_and_a_lost_session_lose_nothing(visit, today, log_in):
    page = visit("/", viewport=DESK)
    log_in(page, "desk")
    register(page)
    page.locator("input[name=category][value=complaint]").check()
    page.reload()
    expect(page.locator("textarea[name=body]")).to_have_value(TYPED)
    expect(page.locator("input[name=category][value=complaint]")).to_be_checked()
    end_session(page)
    page.locator("form[data-draft=register] button[type=submit]").first.click()
    expect(page.locator("#password")).to_be_visible()
    log_in_here(page, "desk")
    page.goto("/desk/register")
    expect(page.locator("textarea[name=body]")).to_have_value(TYPED)


def test_the_next_clerk_is_shown_nothing(visit, today, log_in):
    page = visit("/", viewport=DESK)
    log_in(page, "desk")
    register(page)
    # Logged out by the button: what was typed goes along, for the same person too.
    page.locator("details.who summary").click()
    with page.expect_navigation():
        page.locator("form[data-leave] button").click()
    page.goto("/desk/register")
    log_in_here(page, "desk2")
    page.goto("/desk/register")
    expect(page.locator("textarea[name=body]")).to_have_value("")
    register(page)
    end_session(page)
    page.goto("/desk/register")
    log_in_here(page, "desk")
    page.goto("/desk/register")
    expect(page.locator("textarea[name=body]")).to_have_value("")
    assert kept(page) == 0
    page.go_back()
    page.go_back()
    assert TYPED not in page.content()


def test_what_was_sent_is_no_draft_any_more(visit, today, log_in):
    page = visit("/", viewport=DESK)
    log_in(page, "desk")
    opened = today.handling()
    page.goto(f"/desk/matters/{opened.matter.pk}")
    note = page.locator("form[action$='/note'] [name=note]")
    page.locator("details:has(form[action$='/note']) > summary").click()
    note.fill("已电话核实。")
    page.locator("form[action$='/note'] button[type=submit]").click()
    expect(page.locator("#matter")).to_contain_text("已电话核实。")
    page.goto(f"/desk/matters/{opened.matter.pk}")
    expect(note).to_have_value("")


def test_every_form_one_types_into_keeps_it(visit, today, log_in):
    """One mechanism for all: the pages with a long text or several fields, each reloaded."""
    opened = today.handling()
    pages = (
        ("desk", "/desk/register"),
        ("handler", f"/desk/matters/{opened.matter.pk}"),
        ("admin", f"/studio/orgs/{today.org('center').pk}"),
        ("", "/ask"),
    )
    for who, path in pages:
        page = visit("/", viewport=DESK)
        log_in(page, who)
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        ids = page.evaluate(FIELDS)
        assert ids, path
        for one in ids:
            page.locator(f"[id='{one}']").fill(f"打到一半 {one}")
        page.reload()
        for one in ids:
            assert page.locator(f"[id='{one}']").input_value() == f"打到一半 {one}", (path, one)


def shared(visit) -> Page:
    page = visit("/terminal")
    page.locator("input[name=seconds][value='60']").check()
    page.locator("main button[type=submit]").click()
    expect(page.locator(".notice-box.good")).to_be_visible()
    return page


def test_a_shared_computer_clears_itself(visit, today):
    page = shared(visit)
    page.clock.install()
    page.goto("/ask")
    page.locator("#ask-body").fill(TYPED)
    assert page.locator("#ask-name").get_attribute("autocomplete") == "off"
    page.clock.run_for(45_000)
    expect(page.locator("#still-here")).to_be_visible()
    page.locator("#still-here button").click()
    expect(page.locator("#still-here")).not_to_be_visible()
    expect(page.locator("#ask-body")).to_have_value(TYPED)
    page.clock.run_for(61_000)
    page.wait_for_url("**/")
    assert kept(page) == 0
    page.goto("/ask")
    expect(page.locator("#ask-body")).to_have_value("")


def test_back_on_a_shared_computer_shows_nothing_of_the_last_visitor(visit, today):
    page = shared(visit)
    page.goto("/ask")
    page.locator("#ask-body").fill(TYPED)
    page.locator("input[name=category][value=complaint]").check()
    page.locator("form[data-draft=ask] button[type=submit]").click()
    code = page.locator(".code-big").inner_text().replace(" ", "")
    page.goto("/follow")
    page.locator("#code").fill(code)
    page.locator("#main form button[type=submit]").first.click()
    expect(page.locator("h1")).to_contain_text("三号窗口")
    page.locator("footer [data-afresh]").click()
    page.wait_for_url("**/")
    for _ in range(6):
        page.go_back()
        shown = page.content() + "".join(
            page.locator("input, textarea").nth(at).input_value()
            for at in range(page.locator("input:not([type=hidden]), textarea").count())
        )
        assert TYPED not in shown
        assert code not in shown.replace(" ", "")


def test_a_machine_begins_again_after_a_number(visit, today):
    hall = today.org("center").pk
    page = visit("/terminal")
    page.locator("input[name=seconds][value='60']").check()
    page.locator("[name=hall]").select_option(str(hall))
    page.locator("main button[type=submit]").click()
    expect(page.locator(".notice-box.good")).to_be_visible()
    page.clock.install()
    page.goto(f"/halls/{hall}")
    page.locator(".ways button").first.click()
    expect(page.locator(".slip")).to_be_visible()
    page.clock.run_for(21_000)
    expect(page.locator(".slip")).to_have_count(0)
    expect(page.locator(".ways button").first).to_be_visible()


def test_clearing_the_form_leaves_nothing(visit, today):
    page = visit("/ask")
    page.locator("#ask-body").fill(TYPED)
    page.once("dialog", lambda asked: asked.dismiss())
    page.locator("[data-clear]").click()
    assert page.locator("#ask-body").input_value(), "one press loses nothing"
    page.once("dialog", lambda asked: asked.accept())
    page.locator("[data-clear]").click()
    expect(page.locator("#ask-body")).to_have_value("")
    assert kept(page) == 0


def test_a_computer_says_that_it_is_shared_no_more(visit, today):
    page = shared(visit)
    page.locator("main button[type=submit]").click()
    expect(page.locator("input[name=seconds]").first).to_be_visible()
    assert page.locator("[data-afresh]").count() == 0


def test_a_log_out_in_another_tab_leads_back_with_what_was_typed(visit, today, log_in):
    opened = today.handling()
    page = visit("/", viewport=DESK)
    log_in(page, "handler")
    page.goto(f"/desk/matters/{opened.matter.pk}")
    answer = page.locator("textarea[name=reply]")
    page.evaluate("document.querySelectorAll('#matter details').forEach(one => one.open = true)")
    answer.fill(TYPED)
    other = page.context.new_page()
    other.goto("/desk/me")
    other.locator(".who summary").click()
    with other.expect_navigation():
        other.locator("form[data-leave] button").click()
    other.close()
    page.bring_to_front()
    page.locator("form", has=answer).locator("button[type=submit]").first.click()
    # The log-in has the whole page, not the matter's part of it, and says what became of the text.
    expect(page.locator("#password")).to_be_visible()
    expect(page.locator("main")).to_contain_text("登录后回到刚才的页面")
    assert page.locator(".strip").count() == 0
    log_in_here(page, "handler")
    assert page.url.endswith(f"/desk/matters/{opened.matter.pk}")
    expect(page.locator("textarea[name=reply]")).to_have_value(TYPED)
    # The form of a tab from before the new log-in is refused by a page of the house, not a bare one.
    page.locator("input[name=csrfmiddlewaretoken]").evaluate_all(
        "all => all.forEach(one => { one.value = 'x'.repeat(64); })"
    )
    page.locator("form", has=page.locator("textarea[name=reply]")).locator(
        "button[type=submit]"
    ).first.click()
    expect(page.locator("h1")).to_have_text("页面已过期，没有提交")
    page.get_by_role("link", name="回到原来的页面").click()
    expect(page.locator("textarea[name=reply]")).to_have_value(TYPED)


def test_the_way_down_to_a_form_types_nothing_into_it(visit, today, log_in):
    page = visit("/", viewport=DESK)
    log_in(page, "admin")
    page.goto("/studio/orgs")
    page.locator("a[href='#new']").click()
    expect(page.locator("#new")).to_be_in_viewport()
    expect(page.locator("#code")).to_have_value("")
    page.reload()
    expect(page.locator("#code")).to_have_value("")


def test_on_a_phone_what_sends_a_call_is_at_hand(visit, log_in, today):
    """Wherever one is in the form, the button stands above the bar; what one jumps to is not under it."""
    del today
    page = visit("/", viewport={"width": 390, "height": 844})
    log_in(page, "desk")
    page.goto("/desk/register")
    send, bar = page.locator(".send-bar [type=submit]").first, page.locator(".bottom")
    for field in ("#body", "#answer"):
        page.locator(field).focus()
        told, below = send.bounding_box(), bar.bounding_box()
        typed = page.locator(field).bounding_box()
        assert told["y"] + told["height"] <= below["y"]
        assert typed["y"] + typed["height"] <= told["y"]
    # What few calls need is folded, and open where something stands in it.
    expect(page.locator("#complained")).to_be_hidden()
    expect(page.locator("#files")).to_be_hidden()

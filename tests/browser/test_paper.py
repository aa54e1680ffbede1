"""A bulletin is written on its paper: words are typed there, what comes from the records cannot be."""

import pytest

from bihuan.insight import api as insight
from bihuan.lib.clock import now
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.rules import periods

pytestmark = pytest.mark.browser


@pytest.fixture
def draft(today):
    for _ in range(5):
        today.closed()
    insight.export(insight.store())
    period = periods.parse(f"{now():%Y-%m}")
    center, desk = today.org("center"), today.actor("desk")
    return bulletins.draft("public_voice", "monthly", center, period, actor=desk, at=now())


def text_of(house, row):
    return bulletins.read(house.actor("desk"), row.pk).text


def lines_of(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def opened(visit, log_in, row):
    page = visit(viewport={"width": 1280, "height": 900})
    log_in(page, "desk")
    page.goto(f"/desk/bulletins/{row.pk}")
    return page


def save(page):
    with page.expect_navigation():
        page.locator("form button[value=save]").click()


def test_what_is_typed_on_the_paper_is_the_text_and_all_else_stays(today, draft, visit, log_in):
    before = lines_of(draft.text)
    page = opened(visit, log_in, draft)
    paper = page.locator("[data-paper]")
    assert paper.get_attribute("role") == "textbox"
    assert not page.locator("#text").is_visible()
    first = paper.locator("p").first
    first.click()
    page.keyboard.press("End")
    page.keyboard.type("　以上情况已通报各单位。")
    page.keyboard.press("Enter")
    page.keyboard.type("附带说一句")
    page.get_by_role("button", name="小标题").click()
    title = page.locator("[data-paper-title]")
    title.click()
    page.keyboard.press("End")
    page.keyboard.type("（改）")
    save(page)
    after = lines_of(text_of(today, draft))
    assert after[0] == before[0] + " 以上情况已通报各单位。"
    assert after[1] == "# 附带说一句"
    assert after[2:] == before[1:], "tags, tables and charts as they were"
    assert bulletins.read(today.actor("desk"), draft.pk).title.endswith("（改）")


def test_numbers_are_put_in_and_taken_out_but_never_typed(today, draft, visit, log_in):
    page = opened(visit, log_in, draft)
    paper = page.locator("[data-paper]")
    chip = paper.locator("p [data-wrote=received]").first
    assert chip.get_attribute("contenteditable") == "false"
    shown = chip.inner_text()
    paper.locator("p").last.click()
    page.keyboard.press("End")
    page.keyboard.type("共")
    page.get_by_label("插入数字").select_option("received")
    page.keyboard.type("件。")
    assert paper.locator("p").last.inner_text().endswith(f"共{shown}件。")
    save(page)
    assert lines_of(text_of(today, draft))[-1].endswith("共{{received}}件。")
    paper.locator("p").last.locator("[data-wrote=received]").evaluate("(chip) => chip.remove()")
    paper.dispatch_event("input")
    save(page)
    assert lines_of(text_of(today, draft))[-1].endswith("共件。")


def test_pasted_looks_stay_outside(today, draft, visit, log_in):
    page = opened(visit, log_in, draft)
    paper = page.locator("[data-paper]")
    paper.locator("p").last.click()
    page.keyboard.press("End")
    paper.evaluate(
        """(one) => {
            const held = new DataTransfer();
            held.setData("text/plain", "粘贴的话 <b>不粗</b>");
            held.setData("text/html", "<b onclick='alert(1)'>粘贴的话</b>");
            one.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true }));
        }"""
    )
    assert paper.locator("b").count() == 0
    save(page)
    assert lines_of(text_of(today, draft))[-1].endswith("粘贴的话 <b>不粗</b>")


def test_what_is_refused_stays_on_the_paper(today, draft, visit, log_in):
    page = opened(visit, log_in, draft)
    page.locator("[data-paper] p").last.click()
    page.keyboard.press("End")
    page.keyboard.type("写错的{{nonsense}}标签")
    save(page)
    assert page.locator(".notice-box.bad[autofocus]").is_visible()
    assert "写错的" in page.locator("[data-paper]").inner_text()
    assert "nonsense" not in text_of(today, draft)


def test_another_s_change_in_between_is_told_and_nothing_typed_is_lost(today, draft, visit, log_in):
    page = opened(visit, log_in, draft)
    leader = today.actor("leader")
    given = {"title": draft.title, "version": draft.version, "actor": leader, "at": now()}
    bulletins.edit(draft.pk, text=f"{draft.text}\n领导加的一句。", **given)
    page.locator("[data-paper] p").last.click()
    page.keyboard.press("End")
    page.keyboard.type("我加的一句。")
    save(page)
    assert "我加的一句。" in page.locator("[data-paper]").inner_text()
    assert lines_of(text_of(today, draft))[-1] == "领导加的一句。"


def test_without_scripts_the_text_is_edited_in_a_field(today, draft, visit, log_in):
    page = visit(java_script_enabled=False)
    log_in(page, "desk")
    page.goto(f"/desk/bulletins/{draft.pk}")
    page.locator("#text").fill("只有一句{{received}}。")
    page.locator("form button[value=save]").click()
    assert text_of(today, draft) == "只有一句{{received}}。"

"""The big screen alone for days: it turns, keeps its picture without a network, begins anew daily."""

import pytest
from playwright.sync_api import expect

from bihuan.insight import api as insight
from bihuan.web.desk import cockpit

pytestmark = pytest.mark.browser
WALL = {"width": 1920, "height": 1080}


def test_a_screen_nobody_stands_at(visit, today):
    today.closed()
    today.act(today.handling(), "supervise", "supervisor", words="速办", days=3)
    insight.export(insight.store())
    page = visit("/healthz", viewport=WALL)
    page.clock.install()
    page.goto(f"/screen/{cockpit.wall(today.actor('leader'), today.org('city'))}")
    slides, lost = page.locator("[data-slide]"), page.locator("#lost")
    expect(slides).to_have_count(2)
    expect(slides.first).to_be_visible()
    expect(slides.nth(1)).to_be_hidden()
    expect(page.locator("canvas").first).to_be_visible()
    size = page.evaluate("[document.body.scrollWidth, document.body.scrollHeight]")
    assert size[0] <= WALL["width"]
    assert size[1] <= WALL["height"]
    page.clock.fast_forward("00:21")
    expect(slides.nth(1)).to_be_visible()
    expect(slides.first).to_be_hidden()
    # Whoever wants to read stops it.
    page.locator("#halt").click()
    page.clock.fast_forward("00:21")
    expect(slides.nth(1)).to_be_visible()
    page.locator("#halt").click()

    page.context.set_offline(True)
    page.clock.fast_forward("05:01")
    expect(lost).to_be_visible()
    expect(lost).to_contain_text("网络中断")
    assert page.locator("section.card").count() == 7
    page.evaluate("window.before = true")
    today.act(today.handling(), "reply", "handler", reply="已修复。")
    insight.export(insight.store())
    # It recovers by itself, with what has happened since and on the page it stood at.
    page.context.set_offline(False)
    expect(lost).to_be_hidden()
    received = page.locator("section", has_text="来信总数").locator(".number").first
    expect(received).to_have_text("3")
    expect(page.locator("canvas").first).to_be_attached()
    assert page.evaluate("window.before") is True

    # Once a day all of it anew; not while there is no page to be had.
    page.context.set_offline(True)
    page.clock.fast_forward("24:00:00")
    expect(lost).to_be_visible()
    assert page.evaluate("window.before") is True
    with page.expect_navigation():
        page.context.set_offline(False)
    assert page.evaluate("window.before") is None
    expect(lost).to_be_hidden()
    assert page.locator("section.card").count() == 7

"""The interface's pages as a developer uses them: a call tried, choices filled by a token, the list narrowed."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from bihuan.foundation.access import governing
from bihuan.lib.clock import now


@pytest.mark.long
def test_calls_are_tried_and_operations_found(house, visit):
    opened = house.open()
    token = governing.issue_token(
        "tried",
        ["matters:read"],
        expires=(now() + timedelta(days=30)).date(),
        at=now(),
        actor=house.actor("desk"),
    )
    page = visit("/api/#errors", language="en")
    # Its address stays: nothing takes the hash for a query code.
    assert page.url.endswith("#errors")
    call = page.locator("section[aria-labelledby=call-answers]")
    call.get_by_role("button").click()
    expect(call.locator("[data-status]")).to_contain_text("200 OK")

    page.fill("#api-token", token)
    page.press("#api-token", "Tab")
    matter = page.locator("section[aria-labelledby=call-matter]")
    expect(matter.locator("select")).to_contain_text(opened.matter.number)
    matter.get_by_role("button").click()
    expect(matter.locator("pre").first).to_contain_text(f'"number": "{opened.matter.number}"')

    follow = page.locator("section[aria-labelledby=call-follow]")
    follow.locator("input").fill("AAAAAAAAAA")
    follow.get_by_role("button").click()
    expect(follow.locator("[data-message]")).to_contain_text("no such query code")
    expect(follow.locator("[data-explained]")).to_have_attribute("href", "#status-404")

    page.goto("/api/operations/#explain_clock")
    expect(page.locator("#explain_clock")).to_be_visible()
    page.fill("#filter-operations", "webhook post")
    expect(page.locator("[data-operation]:visible")).to_have_count(2)
    page.fill("#filter-operations", "nothing like it")
    expect(page.locator("#no-operations")).to_be_visible()

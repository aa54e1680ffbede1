"""The mobile unit's phone: it loses the network, enters matters, gets it back; twice over."""

import pytest
from playwright.sync_api import expect
from test_barriers import outing

from bihuan.foundation.audit.api import vault
from bihuan.kernel.matters.api import Matter

pytestmark = pytest.mark.browser
ENTRIES = """() => new Promise(done => {
  const open = indexedDB.open('mobile', 1)
  open.onsuccess = () => {
    const all = open.result.transaction('entries').objectStore('entries').getAll()
    all.onsuccess = () => { open.result.close(); done(all.result) }
  }
})"""


def enter(page, today, name, *, service="plate", phone="13900000001"):
    page.locator("#m-service").select_option(str(today.service(service).pk))
    page.fill("#m-name", name)
    page.fill("#m-phone", phone)
    page.locator("#entry [value=accept]").click()


def mobile():
    return Matter.objects.filter(channel="mobile")


def test_entered_without_a_network_handed_in_once_and_gone_from_the_phone(visit, log_in, today):
    outing(today)
    page = visit("/")
    log_in(page, "desk")
    page.goto("/desk/mobile/")
    page.locator("#mobile[data-ready=yes]").wait_for()
    # Playwright does this by the browser's own network emulation, service workers included.
    page.context.set_offline(True)
    page.goto("/desk/mobile/")
    expect(page.locator("#net")).to_have_attribute("data-now", "offline")
    enter(page, today, "甘棠")
    expect(page.locator("#count")).to_have_text("1")
    enter(page, today, "林间", phone="没有号码")
    # What is not refused may be under way already: it is not offered for a second entry.
    expect(page.locator("#list [data-edit]").first).to_be_hidden()
    enter(page, today, "周行")
    expect(page.locator("#count")).to_have_text("3")
    assert mobile().count() == 0
    # The battery dies: what was kept is there when the page opens again, still without a network.
    page.reload()
    expect(page.locator("#list li")).to_have_count(3)
    before = page.evaluate(ENTRIES)

    page.context.set_offline(False)
    expect(page.locator("#net")).to_have_attribute("data-now", "synced")
    expect(page.locator("#list li")).to_have_count(1)
    expect(page.locator("#list [data-why]")).to_be_visible()
    assert {vault.for_delivery(m.stream).name for m in mobile()} == {"甘棠", "周行"}
    left = str(page.evaluate(ENTRIES))
    assert "林间" in left
    assert "甘棠" not in left
    assert "周行" not in left
    for matter in mobile():
        expect(page.locator("#done")).to_contain_text(matter.number)

    # The acknowledgement was lost, so the phone hands in the very same entries again.
    page.evaluate(
        """rows => new Promise(done => {
          const open = indexedDB.open('mobile', 1)
          open.onsuccess = () => {
            const work = open.result.transaction('entries', 'readwrite')
            rows.forEach(row => work.objectStore('entries').put(row))
            work.oncomplete = () => { open.result.close(); done() }
          }
        })""",
        before,
    )
    page.reload()
    expect(page.locator("#list li")).to_have_count(1)
    assert mobile().count() == 2

    # What was refused is corrected on the phone and comes in.
    page.locator("#list [data-edit]").click()
    expect(page.locator("#m-name")).to_have_value("林间")
    page.fill("#m-phone", "13900000002")
    page.locator("#entry [value=accept]").click()
    expect(page.locator("#list li")).to_have_count(0)
    assert mobile().count() == 3
    assert page.evaluate(ENTRIES) == []


def test_an_ended_session_keeps_what_was_entered(visit, log_in, today):
    outing(today)
    page = visit("/")
    log_in(page, "desk")
    page.goto("/desk/mobile/")
    page.locator("#mobile[data-ready=yes]").wait_for()
    page.context.clear_cookies()
    enter(page, today, "甘棠")
    expect(page.locator("#net")).to_have_attribute("data-now", "login")
    assert mobile().count() == 0
    log_in(page, "desk")
    page.locator("#sync").click()
    expect(page.locator("#net")).to_have_attribute("data-now", "synced")
    assert mobile().count() == 1
    assert page.evaluate(ENTRIES) == []

"""The mobile unit's phone: without a network, with two people, through restarts, in two tabs, full; what is
on it is sealed for whoever typed it, and what is refused is in nobody's way."""

import pytest
from playwright.sync_api import expect
from test_barriers import outing

from bihuan.foundation.audit.api import vault
from bihuan.kernel.afield.api import PhoneEntry
from bihuan.kernel.matters.api import Matter

pytestmark = pytest.mark.browser
# All that the browser keeps, as text: what a finder of the phone can read without tools for its memory.
STORED = """async () => {
  const opened = await new Promise((ok, no) => {
    const request = indexedDB.open('mobile', 1)
    request.onsuccess = () => ok(request.result)
    request.onerror = () => no(request.error)
  })
  const all = (name, what) => new Promise(ok => {
    const request = opened.transaction(name).objectStore(name)[what]()
    request.onsuccess = () => ok(request.result)
  })
  const text = raw => new TextDecoder().decode(raw)
  const entries = await all('entries', 'getAll')
  const known = await all('known', 'getAll')
  const names = await all('known', 'getAllKeys')
  opened.close()
  const keys = known.flatMap(one => Object.values(one?.keys || {}))
  const pages = []
  for (const name of await caches.keys()) {
    const cache = await caches.open(name)
    for (const one of await cache.keys()) pages.push(new URL(one.url).pathname)
  }
  return {
    entries: entries.length,
    names,
    pages,
    extractable: keys.some(one => one.extractable),
    text: JSON.stringify([entries, known]) + entries.map(one => text(one.sealed)).join()
      + JSON.stringify(localStorage) + JSON.stringify(sessionStorage),
  }
}"""
NET, COUNT = "#net", "#count"


def enter(page, today, name, *, phone="13900000001", service="plate"):
    page.locator("#m-service").select_option(str(today.service(service).pk))
    page.fill("#m-name", name)
    page.fill("#m-phone", phone)
    page.locator("#entry [value=accept]").click()


def mobile():
    return Matter.objects.filter(channel="mobile")


def names():
    return sorted(vault.for_delivery(m.stream).name for m in mobile())


def state(page, now):
    expect(page.locator(NET)).to_have_attribute("data-now", now)


@pytest.fixture
def phone(visit, log_in, today):
    """A phone on which the page was opened once with a network, by `desk`; now it has none."""
    outing(today)
    page = visit("/")
    log_in(page, "desk")
    page.goto("/desk/mobile/")
    page.locator("#mobile[data-ready=yes]").wait_for()
    # Playwright does this by the browser's own network emulation, service workers included.
    page.context.set_offline(True)
    return page


def test_entered_without_a_network_handed_in_once_and_gone_from_the_phone(phone, today):
    phone.goto("/desk/mobile/")
    state(phone, "offline")
    enter(phone, today, "甘棠")
    expect(phone.locator(COUNT)).to_have_text("1")
    enter(phone, today, "林间", phone="没有号码")
    expect(phone.locator(COUNT)).to_have_text("2")
    # What is not refused may be under way already: it is not offered for a second entry.
    expect(phone.locator("#list [data-edit]").first).to_be_hidden()
    enter(phone, today, "周行")
    expect(phone.locator(COUNT)).to_have_text("3")
    phone.fill("#m-remark", "还没写完")
    expect(phone.locator(COUNT)).to_have_text("3")
    assert mobile().count() == 0
    # The battery dies: what was kept is there when the page opens again, still without a network.
    phone.wait_for_timeout(100)
    phone.reload()
    expect(phone.locator("#list li")).to_have_count(3)
    expect(phone.locator("#list")).to_contain_text("甘棠")
    expect(phone.locator("#m-remark")).to_have_value("还没写完")
    phone.fill("#m-remark", "")
    stored = phone.evaluate(STORED)
    assert stored["entries"] == 3
    assert not stored["extractable"]
    assert not any(
        word in stored["text"] for word in ("甘棠", "林间", "周行", "13900000001", "没写完")
    )

    phone.context.set_offline(False)
    state(phone, "synced")
    expect(phone.locator("#list li")).to_have_count(1)
    # The refused one stood in the middle and kept nobody out.
    expect(phone.locator("#list [data-why]")).to_be_visible()
    assert names() == ["周行", "甘棠"]
    for matter in mobile():
        expect(phone.locator("#done")).to_contain_text(matter.number)
    # What was refused is corrected on the phone and comes in, once.
    phone.locator("#list [data-edit]").click()
    expect(phone.locator("#m-name")).to_have_value("林间")
    phone.fill("#m-phone", "13900000002")
    phone.locator("#entry [value=accept]").click()
    expect(phone.locator("#list li")).to_have_count(0)
    assert names() == ["周行", "林间", "甘棠"]
    assert phone.evaluate(STORED)["entries"] == 0


def test_two_people_on_one_phone_do_not_read_each_other(phone, log_in, today):
    enter(phone, today, "甘棠")
    expect(phone.locator(COUNT)).to_have_text("1")
    phone.fill("#m-name", "打了一半")
    # Handed to a colleague where there is no network: locked at once, across a restart.
    phone.locator("#leave").click()
    state(phone, "left")
    expect(phone.locator("#locked")).to_contain_text("1")
    expect(phone.locator("#unlocked")).to_be_hidden()
    assert "甘棠" not in phone.inner_text("body")
    assert "打了一半" not in phone.locator("#m-name").input_value()
    stored = phone.evaluate(STORED)
    assert "me" not in stored["names"]
    assert stored["pages"] == []
    assert not any(word in stored["text"] for word in ("甘棠", "打了一半", "13900000001"))

    # With a network the session that was left ends, whatever page is opened first. Its own page is
    # closed before, or it might end the session itself while the other one is on its way.
    phone.goto("about:blank")
    phone.context.set_offline(False)
    phone.goto("/desk/me")
    phone.wait_for_url("**/")
    phone.goto("/desk/me")
    phone.wait_for_url("**/desk/login**")
    expect(phone.locator("#sealed")).to_contain_text("1")

    log_in(phone, "desk2")
    phone.goto("/desk/mobile/")
    expect(phone.locator("#others-count")).to_contain_text("1")
    state(phone, "online")
    expect(phone.locator(COUNT)).to_have_text("0")
    assert "甘棠" not in phone.inner_text("body")
    assert phone.locator("#m-name").input_value() == ""
    assert mobile().count() == 0
    enter(phone, today, "周行")
    state(phone, "synced")
    assert names() == ["周行"]

    # Their owner is back: theirs comes in, and what they had half typed is there.
    log_in(phone, "desk")
    phone.goto("/desk/mobile/")
    state(phone, "synced")
    assert names() == ["周行", "甘棠"]
    expect(phone.locator("#m-name")).to_have_value("打了一半")
    expect(phone.locator("#others")).to_be_hidden()


def test_a_colleague_hands_them_on_unread(phone, log_in, today):
    enter(phone, today, "甘棠")
    expect(phone.locator(COUNT)).to_have_text("1")
    # The session goes before the network comes: else its owner's own entry may come in by itself.
    phone.context.clear_cookies()
    phone.context.set_offline(False)
    log_in(phone, "desk2")
    phone.goto("/desk/mobile/")
    phone.locator("#others-hand-on").click()
    state(phone, "handed")
    expect(phone.locator("#others")).to_be_hidden()
    assert phone.evaluate(STORED)["entries"] == 0
    held = PhoneEntry.objects.get()
    assert (held.state, held.person) == ("held", today.person("desk"))
    assert vault.for_delivery(held.stream).name == "甘棠"


def test_an_ended_session_locks_what_was_entered(visit, log_in, today):
    outing(today)
    page = visit("/")
    log_in(page, "desk")
    page.goto("/desk/mobile/")
    page.locator("#mobile[data-ready=yes]").wait_for()
    page.context.clear_cookies()
    enter(page, today, "甘棠")
    state(page, "login")
    expect(page.locator("#locked")).to_contain_text("1")
    assert "甘棠" not in page.inner_text("body")
    assert "me" not in page.evaluate(STORED)["names"]
    assert mobile().count() == 0
    log_in(page, "desk")
    page.goto("/desk/mobile/")
    state(page, "synced")
    assert names() == ["甘棠"]
    assert page.evaluate(STORED)["entries"] == 0


def test_logging_out_anywhere_takes_the_key_and_the_page_along(visit, log_in, today):
    outing(today)
    page = visit("/")
    log_in(page, "desk")
    page.goto("/desk/mobile/")
    page.locator("#mobile[data-ready=yes]").wait_for()
    assert "me" in page.evaluate(STORED)["names"]
    other = page.context.new_page()
    other.goto("/desk/me")
    other.locator("details.who summary").click()
    other.locator("form[data-leave] button").click()
    other.wait_for_url("**/")
    stored = other.evaluate(STORED)
    assert "me" not in stored["names"]
    assert "outings" not in stored["names"]
    assert stored["pages"] == []
    # The tab that is still open shows nothing either.
    expect(page.locator("#locked")).to_be_visible()


def test_the_log_in_ends_on_the_phone_too(phone, today):
    phone.clock.install()
    phone.goto("/desk/mobile/")
    enter(phone, today, "甘棠")
    expect(phone.locator(COUNT)).to_have_text("1")
    phone.clock.fast_forward("12:01:00")
    expect(phone.locator("#locked")).to_be_visible()
    assert "甘棠" not in phone.inner_text("body")
    assert "me" not in phone.evaluate(STORED)["names"]


def test_closed_in_the_middle_of_handing_in_nothing_comes_twice(phone, today):
    for name in ("甘棠", "林间", "周行"):
        enter(phone, today, name)
    expect(phone.locator(COUNT)).to_have_text("3")
    # The server takes them in; its answer is lost with the page.
    lost = []
    phone.context.route(
        "**/desk/mobile/sync",
        lambda route: (lost.append(route.fetch()), route.abort("internetdisconnected")),
    )
    with phone.expect_event("requestfailed", lambda one: one.url.endswith("/sync")):
        phone.context.set_offline(False)
    context = phone.context
    phone.close()
    assert lost
    assert mobile().count() == 3
    context.unroute("**/desk/mobile/sync")
    again = context.new_page()
    again.goto("/desk/mobile/")
    state(again, "synced")
    expect(again.locator(COUNT)).to_have_text("0")
    assert names() == ["周行", "林间", "甘棠"]


def test_two_tabs_hand_in_once(phone, today):
    other = phone.context.new_page()
    other.goto("/desk/mobile/")
    for page, name in ((phone, "甘棠"), (other, "林间"), (phone, "周行")):
        enter(page, today, name)
    expect(phone.locator(COUNT)).to_have_text("3")
    expect(other.locator(COUNT)).to_have_text("3")
    sent = []
    phone.context.on("request", lambda one: sent.append(one) if one.url.endswith("/sync") else None)
    phone.context.set_offline(False)
    phone.locator("#sync").click()
    other.locator("#sync").click()
    expect(phone.locator(COUNT)).to_have_text("0")
    expect(other.locator(COUNT)).to_have_text("0")
    assert names() == ["周行", "林间", "甘棠"]
    assert len(sent) == 1


def test_one_the_server_cannot_even_refuse_keeps_nobody_out(phone, today):
    for name in ("甘棠", "林间", "周行"):
        enter(phone, today, name)
    expect(phone.locator(COUNT)).to_have_text("3")

    def fail(route):
        if "林间" in route.request.post_data:
            route.fulfill(status=400, json={"problem": "?"})
        else:
            route.continue_()

    phone.context.route("**/desk/mobile/sync", fail)
    phone.context.set_offline(False)
    expect(phone.locator(COUNT)).to_have_text("1")
    state(phone, "failed")
    assert names() == ["周行", "甘棠"]


def test_given_up_or_handed_on_by_its_owner(phone, today):
    for name in ("甘棠", "林间"):
        enter(phone, today, name, phone="没有号码")
    expect(phone.locator(COUNT)).to_have_text("2")
    phone.context.set_offline(False)
    expect(phone.locator("#list [data-why]:visible")).to_have_count(2)
    first = phone.locator("#list li").first
    first.locator("[data-drop]").click()
    first.locator("[name=reason]").fill("重复登记")
    first.locator("[data-reason] button").click()
    expect(phone.locator(COUNT)).to_have_text("1")
    state(phone, "dropped")
    phone.locator("#list [data-hand-on]").click()
    expect(phone.locator(COUNT)).to_have_text("0")
    state(phone, "handed")
    assert sorted(PhoneEntry.objects.values_list("state", flat=True)) == ["dropped", "held"]
    assert mobile().count() == 0


def test_a_full_phone_says_so_and_keeps_what_was_typed(visit, log_in, today):
    # What a full phone could not keep is missing once the network is gone.
    visit.watch.expected.append("net::ERR_FAILED")
    outing(today)
    page = visit("/")
    session = page.context.new_cdp_session(page)
    origin = page.evaluate("location.origin")
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 4_000_000})
    log_in(page, "desk")
    page.goto("/desk/mobile/")
    state(page, "online")
    page.context.set_offline(True)
    page.fill("#m-name", "甘棠")
    # Longer than the field takes: there is no other way to fill a phone in a moment.
    page.locator("#m-remark").evaluate("one => { one.value = 'x'.repeat(5e6) }")
    page.locator("#entry").evaluate("one => { one.noValidate = true }")
    page.locator("#entry [value=accept]").click()
    state(page, "full")
    expect(page.locator("#m-name")).to_have_value("甘棠")
    assert page.locator("#m-remark").evaluate("one => one.value.length") == 5_000_000
    expect(page.locator(COUNT)).to_have_text("0")
    page.fill("#m-remark", "短一些")
    # Somebody makes room. How soon a browser gives back what it refused is its own affair.
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 40_000_000})
    page.locator("#entry [value=accept]").click()
    expect(page.locator(COUNT)).to_have_text("1")
    expect(page.locator("#m-name")).to_have_value("")


def test_rows_of_before_are_sealed_for_whoever_logs_in_first(visit, log_in, today):
    row = outing(today)
    page = visit("/")
    page.evaluate(
        """entry => new Promise(done => {
          const open = indexedDB.open('mobile', 1)
          open.onupgradeneeded = () => {
            open.result.createObjectStore('entries', { keyPath: 'key' })
            open.result.createObjectStore('known')
          }
          open.onsuccess = () => {
            const work = open.result.transaction('entries', 'readwrite')
            work.objectStore('entries').put(entry)
            work.oncomplete = () => { open.result.close(); done() }
          }
        })""",
        {
            "key": "old", "visit": row.pk, "taken": today.at.isoformat(), "step": "accept",
            "service": today.service("plate").pk, "name": "甘棠", "phone": "没有号码", "remark": "",
            "problem": "",
        },
    )  # fmt: skip
    page.goto("/desk/login")
    expect(page.locator("#sealed")).to_contain_text("1")
    log_in(page, "desk")
    page.goto("/desk/mobile/")
    expect(page.locator("#list [data-why]")).to_be_visible()
    assert "甘棠" not in page.evaluate(STORED)["text"]

"""The member face as an app on a phone: installable; without a network, with another person, with a newer version;
nothing that somebody was shown stays in it, and nothing that they typed is lost."""

import pytest
from playwright.sync_api import Page, expect

from bihuan.web.member import app

pytestmark = pytest.mark.browser
FORM, TYPED = "/m/say/supervision/plan", "独有的一句：请把周六的志愿服务改到周日上午。"
# What is kept on the phone besides the tab's own memory: addresses and texts.
KEPT = """async () => {
  const found = {}
  for (const name of await caches.keys()) {
    const cache = await caches.open(name)
    for (const one of await cache.keys()) {
      found[name + new URL(one.url).pathname] = await (await cache.match(one)).text()
    }
  }
  return found
}"""
READY = """async () => {
  await navigator.serviceWorker.ready
  while (!navigator.serviceWorker.controller) await new Promise(done => setTimeout(done, 20))
}"""


@pytest.fixture
def phone(visit, log_in, today) -> Page:
    """A phone on which the member face was opened once, by `leader`."""
    del today
    page = visit("/")
    # What a test takes away on purpose.
    visit.watch.expected += ["ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "Failed to load resource"]
    log_in(page, "leader")
    page.goto("/m/")
    page.evaluate(READY)
    return page


def typed(page: Page, text: str = TYPED) -> None:
    page.goto(FORM)
    page.locator("main form input[type=date]").fill("2099-01-05")
    page.locator("#body").fill(text)


def test_a_phone_may_keep_it_among_its_apps(phone):
    found = phone.evaluate(
        "fetch(document.querySelector('link[rel=manifest]').href).then(one => one.json())"
    )
    assert (found["display"], found["start_url"], found["scope"]) == ("standalone", "/m/", "/")
    assert {(one["sizes"], one["purpose"]) for one in found["icons"]} >= {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    sizes = phone.evaluate(
        """icons => Promise.all(icons.map(one => new Promise((ok, no) => {
            const image = new Image()
            image.onload = () => ok(`${image.naturalWidth}x${image.naturalHeight}`)
            image.onerror = no
            image.src = one.src
        })))""",
        found["icons"],
    )
    assert sizes == [one["sizes"] for one in found["icons"]]
    scope = phone.evaluate("navigator.serviceWorker.ready.then(one => new URL(one.scope).pathname)")
    assert scope == "/m/"


def test_without_a_network_nothing_typed_is_lost_and_nothing_shown_is_kept(phone, today):
    typed(phone)
    phone.context.set_offline(True)
    # Sent without a network: it stays in front of its writer, who is told.
    phone.locator("main form button[type=submit]").click()
    expect(phone.locator("#offline")).to_be_visible()
    expect(phone.locator("#body")).to_have_value(TYPED)
    # A page that is not there says so, and that what was typed is.
    phone.reload()
    expect(phone.locator("h1")).to_have_text("没有网络")
    expect(phone.locator("#held")).to_be_visible()
    kept = phone.evaluate(KEPT)
    assert {path.partition("/")[2] for path in kept} >= {"m/offline/en", "m/offline/zh-hans"}
    assert not [path for path in kept if path.endswith(("/m/", FORM, "/m/mine"))]
    name = today.person("leader").name
    assert not [path for path, text in kept.items() if name in text or "独有的一句" in text]
    # It tries again by itself, and the form is as it was left.
    phone.context.set_offline(False)
    expect(phone.locator("#body")).to_have_value(TYPED)


def test_a_newer_version_takes_over_and_keeps_what_is_being_typed(phone, monkeypatch):
    typed(phone)
    (old,) = {path.partition("/")[0] for path in phone.evaluate(KEPT)}
    monkeypatch.setattr(app, "version", lambda shell, site: "newer")
    phone.evaluate("navigator.serviceWorker.ready.then(one => one.update())")
    expect(phone.locator("#renewed")).to_be_visible()
    expect(phone.locator("#body")).to_have_value(TYPED)
    phone.wait_for_function(
        "async () => (await caches.keys()).join() === 'member-newer'", polling=50
    )
    assert old != "member-newer"
    # The page of before goes on working; loaded again it is the new one, with what was typed.
    phone.locator("[data-renew]").click()
    expect(phone.locator("#renewed")).to_be_hidden()
    expect(phone.locator("#body")).to_have_value(TYPED)


def test_whoever_logs_in_next_is_shown_nothing_and_leaving_clears(phone, log_in):
    typed(phone)
    phone.context.clear_cookies(name="sessionid")
    log_in(phone, "supervisor")
    phone.goto(FORM)
    expect(phone.locator("#body")).to_have_value("")
    phone.locator("#body").fill("别人的话")
    phone.locator("details.who summary").click()
    phone.locator("details.who button").click()
    phone.wait_for_url("**/")
    left = "Object.keys(sessionStorage).filter(one => one.startsWith('draft:')).length"
    assert phone.evaluate(left) == 0


def test_without_scripts_it_is_forms(visit, log_in, today):
    page = visit("/", java_script_enabled=False)
    log_in(page, "leader")
    typed(page)
    page.locator("main form button[type=submit]").click()
    # It is opened, and its page stands between a member's places too.
    expect(page.locator("main")).to_contain_text(TYPED)

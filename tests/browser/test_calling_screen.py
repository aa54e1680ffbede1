"""The calling screen on a wall: it says that it lost the network, and recovers by itself."""

import pytest
from playwright.sync_api import expect

from bihuan.kernel.matters.api import Matter

pytestmark = pytest.mark.browser


def test_a_screen_that_loses_its_network_says_so_and_recovers(visit, house):
    hall = f"/halls/{house.org('center').pk}"
    citizen, clerk = house.client(), house.client("desk")
    citizen.post(hall)
    page = visit(f"{hall}/screen", viewport={"width": 1920, "height": 1080})
    sign, calls = page.locator("#stale"), page.locator("#calls")
    expect(sign).to_be_hidden()
    page.context.set_offline(True)
    expect(sign).to_be_visible()
    clerk.post("/desk/window", {"do": "next", "label": "3"})
    number = Matter.objects.get(kind="ticket").facts["queue_number"]
    expect(calls.locator(".newest")).to_have_count(0)
    expect(sign).to_contain_text("网络中断")
    page.context.set_offline(False)
    expect(sign).to_be_hidden()
    expect(calls.locator(".newest")).to_contain_text(number)
    # One failed look is said too, though the browser thinks it has a network.
    page.route("**/screen", lambda route: route.abort("internetdisconnected"))
    # The part may just be swapped and not hear this; then it looks by itself after five seconds.
    page.evaluate("htmx.trigger('#calls', 'again')")
    expect(sign).to_be_visible(timeout=15_000)
    page.unroute("**/screen")
    page.evaluate("htmx.trigger('#calls', 'again')")
    expect(sign).to_be_hidden(timeout=15_000)


SPOKEN = """
window.said = [];
Object.defineProperty(window, "speechSynthesis", {
  value: { speak: (one) => window.said.push([one.lang, one.text]) },
});
"""


@pytest.mark.parametrize("voice", [True, False])
def test_numbers_are_said_aloud_where_the_link_asks_for_it(visit, house, voice):
    hall = f"/halls/{house.org('center').pk}"
    house.client().post(hall)
    page = visit("/healthz", viewport={"width": 1920, "height": 1080})
    page.add_init_script(SPOKEN)
    page.goto(f"{page.url.removesuffix('/healthz')}{hall}/screen{'?aloud=1' if voice else ''}")
    expect(page.locator("#clock")).to_contain_text(":")
    house.client("desk").post("/desk/window", {"do": "next", "label": "3"})
    number = Matter.objects.get(kind="ticket").facts["queue_number"]
    page.evaluate("htmx.trigger('#calls', 'again')")
    newest = page.locator("#calls .newest b")
    expect(newest).to_contain_text(number)
    said = page.evaluate("window.said")
    assert [one[0] for one in said] == ["zh-CN"] * voice
    assert all(number in one[1] for one in said)
    # Read from five metres, and it does not run over the wall.
    assert newest.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") > 100
    size = page.evaluate("[document.body.scrollWidth, document.body.scrollHeight]")
    assert size[0] <= 1920
    assert size[1] <= 1080
    outline = "getComputedStyle(document.getElementById('calls')).outlineStyle"
    assert page.evaluate(outline) == "none"


def test_the_voice_is_switched_on_at_the_screen_and_stays_so(visit, house):
    hall = f"/halls/{house.org('center').pk}"
    page = visit("/healthz", viewport={"width": 1920, "height": 1080})
    page.add_init_script(SPOKEN)
    screen = f"{page.url.removesuffix('/healthz')}{hall}/screen"
    page.goto(screen)
    expect(page.locator("#calls")).to_contain_text("请在取号机取号")
    switch = page.locator("#aloud")
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "true")
    page.goto(screen)
    expect(switch).to_have_attribute("aria-pressed", "true")
    house.client().post(hall)
    house.client("desk").post("/desk/window", {"do": "next", "label": "3"})
    page.evaluate("htmx.trigger('#calls', 'again')")
    expect(page.locator("#calls .newest span")).to_have_text("请到3号窗口")
    assert [text for _, text in page.evaluate("window.said")][-1].endswith("号到3号窗口办理")

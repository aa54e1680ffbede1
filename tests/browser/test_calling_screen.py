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
    expect(calls.locator("table")).to_have_count(0)
    expect(sign).to_contain_text("网络中断")
    page.context.set_offline(False)
    expect(sign).to_be_hidden()
    expect(calls.locator("table")).to_contain_text(number)
    # One failed look is said too, though the browser thinks it has a network.
    page.route("**/screen", lambda route: route.abort("internetdisconnected"))
    # The part may just be swapped and not hear this; then it looks by itself after five seconds.
    page.evaluate("htmx.trigger('#calls', 'again')")
    expect(sign).to_be_visible(timeout=15_000)
    page.unroute("**/screen")
    page.evaluate("htmx.trigger('#calls', 'again')")
    expect(sign).to_be_hidden(timeout=15_000)

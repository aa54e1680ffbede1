"""A passkey of a real browser with an authenticator that Chromium plays: added, asked for, enough alone."""

import pytest
from playwright.sync_api import expect

from bihuan.foundation.access import factors
from bihuan.foundation.orgs import api as orgs

pytestmark = pytest.mark.browser
RIGHT = "Quiet-harbour-71"


def test_a_passkey_is_added_and_logs_in_with_and_without_a_password(
    visit, today, live_server, settings
):
    settings.PUBLIC_URL = live_server.url
    person = today.person("desk")
    orgs.set_password(person.pk, RIGHT, at=today.at, actor="system")
    page = visit("/desk/login?next=/desk/me/factors")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )

    def leave():
        page.locator(".who summary").click()
        page.locator("form[data-leave] button").click()
        expect(page).to_have_url(f"{live_server.url}/")

    def with_password():
        page.goto("/desk/login")
        page.fill("#username", person.username)
        page.fill("#password", RIGHT)
        page.locator("form:has(#password) button[type=submit]").click()

    page.fill("#username", person.username)
    page.fill("#password", RIGHT)
    page.locator("form:has(#password) button[type=submit]").click()
    page.fill("#passkey-name", "办公室电脑")
    page.locator("form[data-passkey] button").click()
    expect(page.locator("table.list")).to_contain_text("办公室电脑")
    leave()
    with_password()
    expect(page).to_have_url(f"{live_server.url}/desk/login/second")
    page.locator("form[data-passkey] button").click()
    expect(page.locator("header.strip")).to_be_visible()
    leave()
    page.goto("/desk/login")
    page.locator("form[data-passkey] button").click()
    expect(page.locator("header.strip")).to_be_visible()
    (one,) = factors.of(person.pk)
    assert (one.kind, one.name) == (factors.PASSKEY, "办公室电脑")
    assert one.used is not None

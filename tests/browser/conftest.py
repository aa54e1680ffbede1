"""A real Chromium against a real server; every page it opens is watched for what must not happen."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import house as city
import pytest
from looks import Looks
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from bihuan.lib.clock import now

# Playwright's loop runs in this thread, and Django would refuse the database beside any loop.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# Nobody looks at it: without a graphics card's stand-in it needs a fifth less of the processor.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--in-process-gpu",
    "--use-gl=disabled",
    "--kiosk",
]
# A busy machine is slow, not wrong.
expect.set_options(timeout=30_000)
PHONE = {"width": 390, "height": 800}
# The same engine without a window around its pages needs half of the processor.
SYSTEM_CHROMIUM = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
# Chromium reports every 4xx page as a console error; the tests ask for such pages on purpose.
EXPECTED = (
    "the server responded with a status of 4",
    # Only where a test takes the network away.
    "net::ERR_INTERNET_DISCONNECTED",
    "htmx:afterRequest",
    "htmx:sendError",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, or the one that Playwright installed."""
    path = next((one for one in SYSTEM_CHROMIUM if one.exists()), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a context did that a page of this house must never do."""

    origin: str
    faults: list[str] = field(default_factory=list)
    # What one test alone brings about; it says why.
    expected: list[str] = field(default_factory=list)

    def request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.faults.append(f"external request: {request.url}")

    def response(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status}: {response.url}")
        if "text/html" in response.headers.get("content-type", ""):
            policy = response.headers.get("content-security-policy", "")
            if "default-src 'none'" not in policy or "unsafe" in policy:
                self.faults.append(f"weak policy {policy!r}: {response.url}")

    def page(self, page: Page) -> None:
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", self._console)

    def _console(self, message) -> None:
        if message.type == "error" and not any(
            one in message.text for one in (*EXPECTED, *self.expected)
        ):
            self.faults.append(f"console: {message.text}")


@pytest.fixture
def visit(chromium: Browser, live_server) -> Iterator[Callable[..., Page]]:
    """Opens a page in a fresh browser; at the end nothing forbidden may have happened."""
    watch = Watch(live_server.url)
    contexts: list[BrowserContext] = []

    def open_page(path: str = "/", *, language: str = "zh-CN", **options) -> Page:
        options.setdefault("viewport", PHONE)
        context = chromium.new_context(base_url=live_server.url, locale=language, **options)
        contexts.append(context)
        context.on("request", watch.request)
        context.on("response", watch.response)
        context.on("page", watch.page)
        page = context.new_page()
        page.goto(path)
        return page

    open_page.watch = watch
    yield open_page
    for context in contexts:
        context.close()
    assert watch.faults == []


@pytest.fixture
def today(house: city.House) -> city.House:
    """The city at the server's own time, which the pages compare with."""
    return city.House(at=now())


@pytest.fixture
def log_in(house: city.House, live_server) -> Callable[[Page, str], None]:
    """Gives a page the session of a person of the city; '' is nobody."""

    def do(page: Page, who: str) -> None:
        if who:
            value = house.client(who).cookies["sessionid"].value
            page.context.add_cookies(
                [{"name": "sessionid", "value": value, "url": live_server.url}]
            )

    return do


@pytest.fixture(scope="session")
def looks() -> Looks:
    """Judges pages with axe; knows over all tests which looks of texts were judged."""
    return Looks()


@pytest.fixture
def axe(looks: Looks) -> Callable[[Page], list[str]]:
    """What axe finds in a page as it stands, and whether anything is wider than the screen."""
    return looks.judge

"""Bar W1: what the pages weigh over the wire, and when a slow phone has painted the most of them.

    python benchmarks/w1_weight.py [--at http://127.0.0.1:8000]

Headless Chromium as a phone (390 × 844, four times slower processor, 1.6 Mbit/s with 150 ms, as Lighthouse
simulates one) opens the front page and the page that takes a message; the bytes are those the browser counts
on the wire, the first time with an empty cache, then again. A clerk's list is told beside them. `--at` measures
a server that runs already, for instance of the version before. Medians of five.
"""

import argparse
from pathlib import Path
from typing import Any

import ground
from p2_list import _session

TURNS = 5
FIRST, LATER, PAINTED = 100_000, 15_000, 1_000
PUBLIC = ("/", "/ask")
BYTES = 1_600_000 / 8


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--at", help="a server that runs already")


def _visit(context: Any, address: str) -> tuple[int, float]:
    """Bytes over the wire, and milliseconds until the largest part was painted."""
    page = context.new_page()
    wire = context.new_cdp_session(page)
    taken = {"bytes": 0}
    wire.on(
        "Network.loadingFinished",
        lambda e: taken.update(bytes=taken["bytes"] + int(e["encodedDataLength"])),
    )
    wire.send("Network.enable")
    slow = {
        "offline": False,
        "latency": 150,
        "downloadThroughput": BYTES,
        "uploadThroughput": BYTES,
    }
    wire.send("Network.emulateNetworkConditions", slow)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    answer = page.goto(address, wait_until="networkidle")
    assert answer.status == 200, f"{address} {answer.status}"
    painted = page.evaluate(
        """() => new Promise(told => new PerformanceObserver(seen => {
          told(seen.getEntries().at(-1).startTime);
        }).observe({type: 'largest-contentful-paint', buffered: true}))"""
    )
    page.close()
    return taken["bytes"], float(painted)


def measure(arguments: argparse.Namespace) -> int:
    from playwright.sync_api import sync_playwright

    if arguments.at:
        with sync_playwright() as playwright:
            return _told(playwright, arguments.at, dict.fromkeys(PUBLIC, ""))
    house = ground.city()
    for _ in range(3):
        house.answered()
    session = _session(house.person("desk"))
    with ground.served("bihuan.conf.wsgi:application") as port, sync_playwright() as playwright:
        pages = dict.fromkeys(PUBLIC, "") | {"/desk/": session}
        return _told(playwright, f"http://127.0.0.1:{port}", pages)


def _told(playwright: Any, base: str, pages: dict[str, str]) -> int:
    chromium = Path("/usr/bin/chromium")
    browser = playwright.chromium.launch(
        executable_path=chromium if chromium.exists() else None, args=["--no-sandbox"]
    )
    worst = True
    for path, session in pages.items():
        first, later, painted = [], [], []
        for _ in range(TURNS):
            phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
            if session:
                phone.add_cookies([{"name": "sessionid", "value": session, "url": base}])
            took, at = _visit(phone, base + path)
            first.append(took)
            painted.append(at)
            later.append(_visit(phone, base + path)[0])
            phone.close()
        seen, again, lcp = map(ground.median, (first, later, painted))
        met = seen <= FIRST and again <= LATER and lcp <= PAINTED
        worst = worst and met
        print(
            f"  {path}: first {seen / 1000:.1f} kB, later {again / 1000:.1f} kB, LCP {lcp:.0f} ms {ground.verdict(met)}"
        )
    browser.close()
    print(
        f"W1 (bars: {FIRST // 1000} kB, {LATER // 1000} kB, {PAINTED} ms), {ground.quiet()}: {ground.verdict(worst)}"
    )
    return 0 if worst else 1


if __name__ == "__main__":
    raise SystemExit(ground.main(__doc__, measure, _options))

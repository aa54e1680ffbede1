"""Bar P9: the cockpit over a million matters against the desk's list, until something is painted.

    python benchmarks/p9_cockpit.py [--small] [--matters 1000000]

A leader's browser (headless Chromium) opens the list and the cockpit in turns; what counts is the first
contentful paint that the browser itself reports, the median of each. PostgreSQL, granian with two processes,
the facts exported from the same database. The very first cockpit, of a process that has put no figure into
words yet, is told beside it.
"""

import argparse
from pathlib import Path

import ground
from p2_list import _session

TURNS = 7


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--matters", type=int, default=1_000_000)


def _painted(page, address: str) -> float:
    """Milliseconds from asking to the first paint with contents."""
    answer = page.goto(address, wait_until="load")
    assert answer.status == 200, f"{address} {answer.status}"
    return float(
        page.evaluate("""() => new Promise(told => new PerformanceObserver(seen => {
          for (const one of seen.getEntries())
            if (one.name === 'first-contentful-paint') told(one.startTime);
        }).observe({type: 'paint', buffered: true}))""")
    )


def measure(arguments: argparse.Namespace) -> int:
    from django.conf import settings
    from playwright.sync_api import sync_playwright

    from bihuan.insight import api as insight
    from bihuan.lib import clock

    house = type(ground.city())(at=clock.now())
    many = 5_000 if arguments.small else arguments.matters
    closed = [house.closed(rating=rating) for rating in ("satisfied", "basically", "not_satisfied")]
    templates = [house.open(), house.handling(), house.answered(), *closed]
    ground.multiply([one.matter.pk for one in templates], many, events="all")
    ground.settle()
    done = insight.export(insight.Store(Path(settings.FACTS_ROOT)))
    print(f"{many:,} matters, {done.rows:,} facts", flush=True)
    session = _session(house.person("leader"))
    # Playwright's loop runs in this thread while it is open: the house is asked in between.
    with sync_playwright() as playwright:
        found, first = _looked(playwright, session, TURNS)
        # What was put into words is kept in files: whoever starts it again waits for what it loads alone.
        again = _looked(playwright, session, 0)[1]
    house.open()
    insight.export(insight.Store(Path(settings.FACTS_ROOT)))
    with sync_playwright() as playwright:
        newer = _looked(playwright, session, 0)[1]
    times = ground.median(found["cockpit"]) / ground.median(found["list"])
    print(
        f"P9 on PostgreSQL, {many:,} matters, {ground.quiet()}\n"
        f"  list {ground.median(found['list']):.0f} ms, cockpit {ground.median(found['cockpit']):.0f} ms; "
        f"the first of all {max(first):.0f} ms, the first after a start {max(again):.0f} ms, "
        f"with newer facts {max(newer):.0f} ms\n"
        f"  P9 × {times:.2f} of the list (bar 3) {ground.verdict(times <= 3)}"
    )
    return 0 if times <= 3 else 1


def _looked(playwright, session: str, turns: int) -> tuple[dict[str, list[float]], list[float]]:
    """Milliseconds of lists and cockpits in turns at a server just started, and of its first cockpits."""
    with ground.served("bihuan.conf.wsgi:application") as port:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context()
        here = f"http://127.0.0.1:{port}"
        context.add_cookies([{"name": "sessionid", "value": session, "url": here}])
        page = context.new_page()
        page.set_default_timeout(120_000)
        # One for each of the two processes at least.
        first = [_painted(page, f"{here}/desk/cockpit") for _ in range(4)]
        found: dict[str, list[float]] = {"list": [], "cockpit": []}
        for _ in range(turns):
            found["list"].append(_painted(page, f"{here}/desk/?tab=all"))
            found["cockpit"].append(_painted(page, f"{here}/desk/cockpit"))
        browser.close()
    return found, first


if __name__ == "__main__":
    raise SystemExit(ground.main(__doc__, measure, _options))

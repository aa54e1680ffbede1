"""In the dark look nothing is lost: axe finds no pale text on the pages of each sort. All else of a page
is what it is in the light."""

from datetime import timedelta

import pytest
from testing_settings import PROVING

from bihuan.insight import api as insight
from bihuan.lib.clock import now
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.rules import periods

pytestmark = pytest.mark.browser
# Of the sorts of the others.
MORE = {
    "": ["/promise", "/services", "/follow"],
    "desk": ["/desk/today", "/desk/register"],
    "admin": ["/studio/people"],
} if PROVING else {"": [], "desk": [], "admin": []}  # fmt: skip


@pytest.fixture
def pages(today):
    for _ in range(5):
        today.closed()
    matter = today.handling().matter
    insight.export(insight.store())
    period = periods.parse(f"{now():%Y-%m}")
    center, desk = today.org("center"), today.actor("desk")
    kept = [
        bulletins.draft("public_voice", "monthly", center, period, actor=desk, at=now())
        for _ in range(2)
    ]
    after, leader = now() + timedelta(days=32), today.actor("leader")
    bulletins.issue(kept[0].pk, version=kept[0].version, actor=leader, at=after)
    return {
        "": ["/", "/ask", "/published", f"/bulletins/{kept[0].pk}", *MORE[""]],
        "desk": ["/desk/", f"/desk/matters/{matter.pk}", f"/desk/bulletins/{kept[1].pk}", *MORE["desk"]],
        "leader": ["/desk/cockpit", "/desk/figures/public_voice/received?period=2026&by=category"],
        "admin": ["/studio/", "/studio/calendar", *MORE["admin"]],
    }  # fmt: skip


def test_no_page_has_a_barrier_in_the_dark(pages, visit, log_in, looks):
    faults = []
    for who, paths in pages.items():
        page = visit(color_scheme="dark")
        log_in(page, who)
        for path in paths:
            assert page.goto(path).status == 200, path
            ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert sum(map(int, ground[4:-1].split(","))) < 200, (path, ground)
            faults += [f"{path} {fault}" for fault in looks.judge(page, contrast_only=True)]
    assert not faults, "\n".join(faults)

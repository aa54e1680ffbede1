"""The chair's list ticked in a room without a network: sent when there is one, once."""

import aliens
import pytest

from bihuan.facets.gathering import shown
from bihuan.kernel.matters import api as matters

pytestmark = pytest.mark.browser


def test_what_was_ticked_waits_and_is_sent_once(visit, log_in, today):
    aliens.land_one("qqq_evenings")
    matter = aliens.singing(today)
    warden = today.actor("qqq_warden")

    def came():
        found = matters.matter(warden, matter.pk)
        return shown.shown(found, warden, today.at)["counts"]["came"]

    page = visit("/desk/login")
    # The browser tells of each request that it could not make.
    visit.watch.expected.append("ERR_INTERNET_DISCONNECTED")
    log_in(page, "qqq_warden")
    page.goto(f"/desk/matters/{matter.pk}")
    form = page.locator("#gathering form[data-later]").last
    form.evaluate("one => (one.closest('details').open = true)")
    box = form.locator("input[type=checkbox]").first
    box.check()
    page.context.set_offline(True)
    form.locator("button").click()
    page.get_by_text("恢复网络后自动提交").locator("visible=true").wait_for()
    assert box.is_checked()
    assert came() == 0
    page.context.set_offline(False)
    page.locator("#gathering", has_text="到会 1").wait_for()
    assert came() == 1
    assert not page.get_by_text("恢复网络后自动提交").locator("visible=true").count()

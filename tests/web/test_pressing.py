"""One press that meets what is owed: found from today, counted at once, done once, and not for everybody."""

from datetime import UTC, datetime

import pytest
import time_machine
from at_once import at_once
from django.test import Client
from house import BUILT, SINCE

from bihuan.foundation.access import api as access
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters.api import Matter, Opening, act, open_matter
from bihuan.kernel.obligations import api as obligations
from bihuan.kernel.obligations import board
from bihuan.lib.problems import NotAllowedError, RefusedError
from bihuan.rules.owing import LACKING
from bihuan.rules.periods import Grain, Period

WEEKLY = "monitoring.weekly"
# Thursday of that week: no day of grace of the one before is left.
AT = datetime(2026, 3, 5, 2, tzinfo=UTC)


def _somebody(house, username, role, org):
    who = orgs.create_person(username, username, at=BUILT, actor="system", password=None)
    orgs.give_post(who.pk, org.pk, start=SINCE, at=BUILT, actor="system")
    access.give(who.pk, role, org.pk, start=SINCE, at=BUILT, actor="system")
    return who


def _village(house):
    """A village post with somebody who reports, and who looks after it from above."""
    city = house.org("city")
    village = orgs.create_org(
        "柳溪村", parent=city, at=BUILT, actor="system", code="willow", level="village"
    )
    post = _somebody(house, "willow", "post_reporter", village)
    return village, post, _somebody(house, "above", "township_checker", city)


def _client(who):
    client = Client()
    client.force_login(who)
    return client


@time_machine.travel(AT, tick=False)
@pytest.mark.django_db
def test_a_clerk_says_with_one_press_that_there_was_nothing(house):
    village, post, above = _village(house)
    week = Period.of(Grain.WEEK, AT.date())
    client, cell = _client(post), f"/desk/obligations/{WEEKLY}/{village.pk}/{week.text}"
    # With the press at hand, and beside it the form for what is not nothing.
    today = client.get("/m/").content.decode()
    assert cell in today
    assert "零报告：本周没有" in today
    assert "/desk/open/monitoring/case_report" in today
    assert "/desk/open/monitoring/nil_report" not in today
    page = client.get(cell).content.decode()
    assert "零报告：本周没有" in page
    # Whoever sees it from above is told how it stands, and presses nothing.
    assert "零报告：本周没有" not in _client(above).get(cell).content.decode()
    for _ in range(2):
        assert client.post(cell, {"do": "press", "key": "same"}).status_code == 302
    done = client.post(cell, {"do": "press", "key": "other", "back": "member:today"})
    assert done["location"] == "/m/"
    assert "零报告：本周没有" not in client.get("/m/").content.decode()
    found = Matter.objects.get(kind="nil_report")
    assert (found.home_id, found.state) == (village.pk, "nothing_found")
    page = client.get(cell).content.decode()
    assert found.number in page
    assert "零报告：本周没有" not in page
    assert _client(house.person("handler")).post(cell, {"do": "press"}).status_code == 404


@pytest.mark.django_db
def test_what_is_not_lacking_or_not_theirs_is_refused(house):
    village, post, above = _village(house)
    one = obligations.find(WEEKLY)
    mine = access.actor(post, AT.date())
    assert not obligations.may_press(access.actor(above, AT.date()), one, village, AT)
    with pytest.raises(NotAllowedError):
        obligations.press(one, village, actor=access.actor(above, AT.date()), at=AT)
    obligations.press(one, village, actor=mine, at=AT)
    with pytest.raises(RefusedError):
        obligations.press(one, village, actor=mine, at=AT)
    audits = obligations.find("monitoring.audits")
    assert not obligations.may_press(mine, audits, village, AT)


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_report_once(house):
    village, post, _ = _village(house)
    one, mine = obligations.find(WEEKLY), access.actor(post, AT.date())
    done = at_once([lambda: obligations.press(one, village, actor=mine, at=AT)] * 3)
    assert Matter.objects.filter(kind="nil_report").count() == 1, done


@pytest.mark.django_db
def test_who_has_the_role_above_presses_nothing_for_a_place_and_what_is_struck_off_reports_nothing(
    house,
):
    village, post, above = _village(house)
    one, on = obligations.find(WEEKLY), AT.date()
    over = access.actor(_somebody(house, "over", "post_reporter", house.org("city")), on)
    with pytest.raises(NotAllowedError):
        obligations.press(one, village, actor=over, at=AT)
    with pytest.raises(NotAllowedError):
        open_matter(Opening("monitoring", "nil_report", village, "x"), actor=over, at=AT)

    def lacks():
        line = board.line_of(one, [Period.of(Grain.WEEK, on)], village, on)
        return next(cell.state for cell in line.cells) in LACKING

    mine = access.actor(post, on)
    rows = [{"group": "intestinal", "found": 1}]
    told = Opening("monitoring", "case_report", village, "x", fields={"seen_cases": rows})
    found = open_matter(told, actor=mine, at=AT).matter
    assert not lacks()
    act(found.pk, "strike_off", actor=access.actor(above, on), at=AT, data={"reason": "重复。"})
    assert lacks()
    found = obligations.press(one, village, actor=mine, at=AT)
    assert not lacks()
    act(found.pk, "take_back", actor=mine, at=AT, data={"reason": "有。"})
    assert lacks()

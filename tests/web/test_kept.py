"""Promised and kept: the limit with its clause beside the figure, in bands, with an honest nothing."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest
import time_machine

from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity import honours
from bihuan.rules import periods

pytestmark = pytest.mark.django_db(transaction=True)

APRIL = datetime(2026, 4, 2, 1, 0, tzinfo=UTC)


def page(house, path="/kept"):
    with time_machine.travel(APRIL, tick=False):
        return house.client().get(path).content.decode()


def test_what_is_promised_stands_beside_how_it_was_kept(house):
    assert "还没有统计数据" in page(house)
    for _ in range(3):
        house.answered()
    insight.export(insight.store())
    few = page(house)
    assert "不足5件" in few
    assert "100" not in few.partition("民意直通 · ")[2].partition("</section>")[0]

    for _ in range(3):
        house.answered()
    late = house.handling()
    house.act(late, "reply", "handler", reply="已修复。", at=house.after(days=25))
    insight.export(insight.store())
    told = page(house)
    assert "7件到期，6件按期" in told
    assert "85.7%" in told
    assert "2026-03-01至2026-03-31" in told
    # The unit stands in a band, not with a number of its own.
    assert "基本兑现" in told
    assert told.count("85.7%") == 1
    # The rule of the limit, the definition and its version are on the page.
    march = periods.parse("2026-03")
    found = publicity.kept(house.org("city"), march, at=APRIL).rows
    voice = next(row for row in found if row.kind == "voice")
    for limit in voice.limits:
        assert limit.resolved.clause not in told, "another city's rule is no ground here"
        assert "本单位承诺" in told
    assert voice.programme.strings["zh-Hans"][voice.definition.text_key] in told
    assert dict(voice.bands) == {"kept": [], "mostly": ["车辆管理所"], "behind": []}
    # Nothing came to its end at the windows, and no share is made of that.
    assert "没有到期的承诺" in told
    quarter = page(house, "/kept?of=quarter&org=999999")
    assert "2026-01-01至2026-03-31" in quarter
    assert "7件到期" in quarter


def test_what_is_late_and_unanswered_stands_beside_what_was_kept(house):
    for _ in range(5):
        house.answered()
    house.handling()
    with time_machine.travel(APRIL, tick=False):
        matters.sweep(APRIL)
    insight.export(insight.store())
    told = page(house)
    assert "100.0%" in told
    assert "另有 1 件已过承诺期限" in told
    with time_machine.travel(APRIL, tick=False):
        promises = house.client().get("/api/v1/public/kept").json()["promises"]
    assert sum(one["late_now"] for one in promises) == 1


def settled(house, rating, at):
    """An application at the window: accepted, settled and rated."""
    opened = house.apply(at=at)
    house.act(opened, "accept", "desk", at=at)
    house.act(opened, "settle", "desk", at=at)
    house.act(opened, "rate", "sender", at=at, rating=rating)


def of_windows(org, period):
    """The lists of the programme whose matters these tests settle."""
    found = publicity.lists_of_honour(org, period).lists
    return [one for one in found if one.programme.id == "service_window"]


def test_on_the_list_of_honour_stands_who_reached_every_figure(house):
    assert "还没有统计数据" in page(house, "/honours")
    for _ in range(5):
        settled(house, "very_satisfied", house.at)
    insight.export(insight.store())
    org, march = house.org("city"), periods.parse("2026-03")
    listed, best, *_ = of_windows(org, march)
    assert (len(listed.units), [one.least for one in listed.asked]) == (1, [95, 95])
    assert (best.id, best.units) == ("top_ten", listed.units)
    told = page(house, "/honours")
    assert f"<strong>{listed.units[0]}</strong>" in told
    assert "不低于95%" in told
    assert "最高的10个单位" in told
    assert "评价率：100.0%（5件中5件）" in told
    # One bad rating among six: four in five is no benchmark, however punctual.
    settled(house, "very_dissatisfied", house.at)
    insight.export(insight.store())
    listed, best, *_ = of_windows(org, march)
    assert listed.units == []
    assert len(best.units) == 1
    assert "没有单位达到全部条件" in page(house, "/honours")


@pytest.mark.parametrize(
    ("parts", "most", "chosen"),
    [
        ({}, 2, set()),
        ({1: "9/10"}, 2, {1}),
        ({1: "9/10", 2: "8/10", 3: "7/10"}, 2, {1, 2}),
        ({1: "9/10", 2: "8/10", 3: "16/20", 4: "1/2"}, 2, {1, 2, 3}),
        # A third is a third, however many it is taken of.
        ({1: "1/3", 2: "333333333/1000000000", 3: "2/6"}, 1, {1, 3}),
    ],
)
def test_the_best_are_as_many_as_asked_and_whoever_is_level(parts, most, chosen):
    shares = {unit: Fraction(text) for unit, text in parts.items()}
    assert honours.best(shares, most) == chosen

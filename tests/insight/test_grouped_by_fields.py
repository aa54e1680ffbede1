"""Figures by a field that a kind declares: as the matters stood, in the programme's words, never by somebody's."""

from functools import partial

import aliens
import pytest
from aliens.test_types import chore
from test_figures import ENGINES

from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Opening
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.rules import periods

pytestmark = pytest.mark.django_db(transaction=True)
MARCH = periods.parse("2026-03")


def by(programme, name, field, scope=None):
    found = insight.definition(programme, name)
    result = insight.figure(found, MARCH, scope, by=(f"field.{field}",))
    return {row.key[f"field.{field}"]: row.value for row in result.rows}


@pytest.mark.parametrize("engine", ENGINES)
def test_every_type_groups_as_it_was_filled_in(house, settings, engine):
    house, settings.ENGINE = aliens.land(), engine
    streets, center = house.org("streets").pk, house.org("center").pk
    for fields in (
        {"paid": True, "due_month": "2026-05"},
        {"paid": False, "due_month": "2026-05", "weight": "light"},
        {"place_of_work": center},
    ):
        told = chore(house, **fields)
        opening = Opening(
            told["programme"], told["kind"], house.org("city"), told["body"], fields=told["fields"]
        )
        matters.open_matter(opening, actor=house.actor("aaa_doer"), at=house.at)
    insight.export(insight.store())
    chores = partial(by, "aaa_wishes", "chores")
    assert chores("weight") == {"heavy": 2, "light": 1}
    assert chores("place_of_work") == {str(streets): 2, str(center): 1}
    assert chores("paid") == {"true": 1, "false": 1, None: 1}
    assert chores("due_month") == {"2026-05": 2, None: 1}
    page = house.client("aaa_doer")
    for field, names in {
        "place_of_work": (house.org("streets").name, "词语049甲"),
        "paid": ("是", "否"),
        "weight": ("词语044甲", "词语045甲"),
        "due_month": ("2026-05",),
    }.items():
        address = f"/desk/figures/aaa_wishes/chores?period=2026-03&by=field.{field}"
        shown = page.get(address).content.decode()
        assert [name for name in names if name not in shown] == [], field
    for kind, named in {
        "paid": {"是": "1", "否": "1", "（空）": "1"},
        "places": {house.org("streets").name: "2", house.org("center").name: "1"},
    }.items():
        drawn = bulletins.draft(
            "aaa_wishes", kind, house.org("city"), MARCH, actor=house.actor("aaa_doer"), at=house.at
        ).chart
        assert {name: shown for name, _, shown in drawn["rows"]} == named
    behind = "/desk/figures/aaa_wishes/chores/matters?period=2026-03&by=field.weight&key="
    assert page.get(behind + "light").content.decode().count("data-row") == 1
    assert page.get(behind + "x' OR '1'='1").content.decode().count("data-row") == 0
    assert page.get(behind.replace("weight", "brief") + "x").status_code == 400

"""36 symposiums and 38 villages, 36 teams of three at most: the documents' figures come out of events; what was
agreed comes late, is pressed for and overseen to its end."""

import pytest

from bihuan import stories
from bihuan.facets.counts.shown import shown
from bihuan.facets.plan.models import PlanMember
from bihuan.foundation.access import api as access
from bihuan.foundation.audit import api as audit
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.rules import periods
from bihuan.stories import contact_points, county
from bihuan.stories.stage import account, root_of

pytestmark = pytest.mark.either


def value(name, org, period="2011"):
    found = insight.figure(insight.definition("contact_points", name), periods.parse(period), org)
    return found.total.value


def at(org, kind):
    return Matter.objects.filter(home_path__startswith=org.path, kind=kind).order_by("pk")


@pytest.mark.django_db(transaction=True)
def test_the_small_one_counts_and_oversees_what_comes_late(house):
    told = contact_points.tell(contact_points.SMALL)
    assert told == 103
    assert all(one.equal for one in contact_points.figures_of(contact_points.SMALL))
    place = root_of("story-contact_points-county")
    regulator = root_of("story-contact_points-regulator")
    # Of the regulator's, one department chose too few: it is named, with all who owe as the denominator.
    assert value("duties_owed", regulator, "2026") == 5
    (short,) = at(regulator, "contact_duty").filter(state="to_choose")
    assert short.home.name == "第3部"
    late, *others = sorted(
        at(regulator, "tasks_agreed"), key=lambda one: not one.facts.get("pressed")
    )
    assert (late.unit.name, late.state) == ("第3监管局", "settled")
    assert not any(one.facts.get("pressed") for one in others)
    orders = matters.open_children(late)
    assert {one.state for one in orders} == {"closed"}
    assert len(orders) == 2
    assert value("handed_in_on_time", regulator, "2026") == pytest.approx(4 / 5)
    for team in Matter.objects.filter(kind="research_team"):
        there = PlanMember.objects.filter(stream=team.stream, until=None)
        assert 1 <= len(there) <= 3
    # What is taken off falls out again, in the year of that.
    who = access.actor(account("contact_points-county-research-1"), house.day)
    visit = at(place, "grassroots_visit").filter(category="symposium").first()
    (table, _) = shown(visit, who, house.at)["tables"]
    before = value("met_in_all", place)
    matters.act(visit.pk, "take_off", actor=who, at=house.at, data={"reason": "重复。"})
    insight.export(insight.store())
    assert value("met_in_all", place, "2026") == -table["sums"][0]["value"]
    assert value("met_in_all", place) == before
    assert list(audit.everything()) == []
    assert contact_points.tell(contact_points.SMALL) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.long
@pytest.mark.again
def test_the_documents_figures(house):
    assert contact_points.tell() == 691
    found = contact_points.figures_of()
    assert [one for one in found if not one.equal] == []
    assert [one.computed for one in found if one.name in ("symposiums_held", "teams_formed")] == [
        36,
        23,
        36,
    ]
    (paper,) = contact_points.bulletins()
    assert (paper.state, paper.programme) == ("issued", "contact_points")
    assert list(audit.everything()) == []


def test_parts_add_up():
    assert county.spread(7, 3) == [2, 2, 3]
    assert sum(county.spread(2800, 61)) == 2800


@pytest.mark.django_db
def test_it_is_among_the_stories(house):
    assert {"contact_points", "contact_points-small"} <= {*stories.names()}
    with pytest.raises(LookupError):
        contact_points.figures_of()

"""What goes wrong among people and their organisations in the middle of things, at the doors."""

import branches as place
import pytest
from branches import AT, DAY, ON, PARTY

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.orgs import memberships
from bihuan.foundation.orgs.api import OrgError
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import ProblemError

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db):
    return place.build()


def spans(town, who):
    rows = memberships.memberships_of(town.person(who))
    return [(row.org_id, row.start, row.end) for row in rows]


def test_nobody_is_a_member_of_two_branches_by_whatever_door(town):
    """One by one, in bulk and by a move: the one that is there stays as it was."""
    before = spans(town, "a")
    with pytest.raises(OrgError):
        town.begin("a", "two", "full", "registrar")
    wanted = people.Beginning(town.org("two"), PARTY, "full", ON, town.person("a"))
    keeper = people.Keeper(town.actor("registrar"), ON)
    (first,) = people.begin_all([wanted], keeper, at=AT)
    assert isinstance(first, ProblemError)
    assert spans(town, "a") == before
    there = people.Beginning(town.org("two"), PARTY, "full", ON)
    people.move(town.memberships["a"], there, at=AT, actor=SYSTEM)
    lasting = [
        org for org, start, end in spans(town, "a") if start <= ON and (end is None or end >= ON)
    ]
    assert lasting == [town.org("two").pk]
    assert list(audit.everything()) == []


def test_the_same_row_twice_in_one_list_begins_once(town):
    before = len(spans(town, "wants"))
    wanted = people.Beginning(town.org("one"), PARTY, "activist", ON, town.person("wants"))
    keeper = people.Keeper(town.actor("one_secretary"), ON)
    people.begin_all([wanted, wanted], keeper, at=AT)
    people.begin_all([wanted], keeper, at=AT)
    assert len(spans(town, "wants")) == before + 1


def test_who_left_is_asked_for_nothing_and_stays_told_of_before(town):
    people.leave(town.memberships["b"], last=ON - DAY, at=AT, actor=town.actor("one_secretary"))
    found = {
        one.person_id
        for one in people.resolve(town_programme(town), "members", town.org("one"), ON)
    }
    earlier = people.resolve(town_programme(town), "members", town.org("one"), ON - DAY)
    assert town.person("b") not in found
    assert town.person("b") in {one.person_id for one in earlier}


def town_programme(town):
    return programmes.held("party_members", town.org("root").path, ON).programme

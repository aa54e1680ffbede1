"""More than two hundred proposals and opinions, forty-two common problems: the document's figures come out
of events, each put right by one and verified by another, and confirmed by whoever said it."""

from collections import Counter

import pytest

from bihuan import stories
from bihuan.facets.stances.models import Stance
from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters.api import Matter, Party
from bihuan.outcomes.publicity import api as publicity
from bihuan.stories import proposals
from bihuan.stories.stage import root_of

pytestmark = pytest.mark.either


def who_did(matter, action):
    return [e.actor for e in audit.history(matter.stream) if audit.read(e).get("action") == action]


@pytest.mark.django_db(transaction=True)
@pytest.mark.long
@pytest.mark.again
def test_what_two_hundred_said_is_put_right_and_confirmed_by_them(house):
    opened = proposals.tell()
    found = proposals.figures_of()
    assert all(one.equal for one in found), found
    assert {one.name: one.computed for one in found} == {
        "heard": 207,
        "common_problems": 42,
        "rectified": 42,
        "reverified": 42,
        "councils": 4,
    }
    rows = Matter.objects.filter(home_path__startswith=root_of("story-proposals").path)
    assert rows.count() == opened == 207 + 4
    said = rows.exclude(kind="council")
    assert set(said.values_list("state", flat=True)) <= {"closed", "answered"}
    leads = said.filter(merged_into=None)
    assert leads.count() == 42
    assert set(leads.values_list("state", flat=True)) == {"closed"}
    for lead in leads:
        (verifiers, handlers) = ({*who_did(lead, name)} for name in ("verify", "answer"))
        assert verifiers
        assert not verifiers & handlers
    # Everybody who spoke has a part in their own, and nobody else said it was done.
    openers = dict(Party.objects.filter(role="opener").values_list("matter_id", "person_id"))
    for one in said:
        assert {*who_did(one, "confirm")} <= {f"person:{openers[one.pk]}"}
    assert sum(len(who_did(one, "send_back")) for one in leads) == 1
    assert Counter(len(who_did(one, "confirm")) for one in leads) == {1: 41, 2: 1}
    seconded = leads.filter(kind="proposal")
    for one in seconded:
        assert Stance.objects.filter(matter_id=one.pk).count() == 3
    assert len(publicity.published(board="forum", limit=9)) == 2
    assert list(audit.everything()) == []

    before = audit.Event.objects.count()
    assert proposals.tell() == 0
    assert audit.Event.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_the_small_one_has_the_same_shape_and_its_paper(house):
    assert proposals.tell(proposals.SMALL) == 7 * 5 + 4
    assert all(one.equal for one in proposals.figures_of(proposals.SMALL))
    (paper,) = proposals.bulletins()
    assert (paper.state, paper.programme) == ("issued", "proposals")
    assert [row.pk for row in proposals.bulletins()] == [paper.pk]


@pytest.mark.django_db
def test_it_is_among_the_stories(house):
    assert {"proposals", "proposals-small"} <= {*stories.names()}
    with pytest.raises(LookupError):
        proposals.figures_of()

"""Three hundred whom a works trains, 800 measures, more than a hundred grown; a second year in which no pair repeats
and all are across branches, two of them by hand: the documents' figures come out of events."""

import pytest

from bihuan import stories
from bihuan.facets.pair.models import PairLink, PairOf
from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters.api import Matter
from bihuan.stories import pairing
from bihuan.stories.stage import root_of

pytestmark = pytest.mark.either


@pytest.mark.django_db(transaction=True)
def test_the_small_one_pairs_twice_and_nobody_as_before(house):
    assert pairing.tell(pairing.SMALL) == 52
    found = pairing.figures_of(pairing.SMALL)
    assert all(one.equal for one in found), found
    rounds = Matter.objects.filter(kind="training_round").order_by("pk")
    first, second = (
        {frozenset((row.first, row.second)) for row in PairOf.objects.filter(parent_id=one.pk)}
        for one in rounds
    )
    assert (len(first), len(second), first & second) == (7, 7, set())
    bent = PairLink.objects.filter(stream=rounds[1].stream, by_hand=True)
    assert [row.breaks for row in bent] == [["poor"], ["poor"]]
    # One grade for both, by somebody who is neither.
    pairs = Matter.objects.filter(parent_id=rounds[0].pk)
    assert {one.state for one in pairs} == {"rated"}
    (paper,) = pairing.bulletins()
    assert (paper.state, paper.programme) == ("issued", "pairing")
    assert list(audit.everything()) == []
    assert root_of("story-pairing") is not None
    assert pairing.tell(pairing.SMALL) == 0


def test_it_is_told_by_name():
    assert {"pairing", "pairing-small"} <= {*stories.names()}

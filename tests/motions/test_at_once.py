"""Many take a stance at the same moment: none is lost, nobody has two."""

from collections import Counter

import pytest
from at_once import at_once

import motions
from bihuan.facets.stances.models import Stance
from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.lib.problems import RefusedError
from motions import MEMBERS, opened

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def landed(house):
    del house
    return motions.land()


def said(house, found, action, who, version=None, **data):
    actor = house.actor(who)
    return lambda: matters.act(
        found.pk, action, actor=actor, at=house.at, data=data, version=version
    )


def told(results):
    return Counter(type(one).__name__ for one in results)


def test_each_of_many_is_counted(landed):
    found = opened(landed)
    voters = MEMBERS[1:]
    jobs = [
        said(landed, found, "vote", who, found.version, stance="yes" if n % 3 else "no")
        for n, who in enumerate(voters)
    ]
    results = at_once(jobs)
    assert told(results) == {"Matter": len(voters)}, results
    rows = Stance.objects.filter(matter_id=found.pk)
    assert Counter(rows.values_list("choice", flat=True)) == {"no": 5, "yes": 10}
    assert list(audit.everything()) == []


def test_two_of_one_person_at_once_are_one_and_a_change(landed):
    found = opened(landed)
    jobs = [said(landed, found, "vote", "m02", stance=c) for c in ("yes", "no") * 4]
    results = at_once(jobs)
    assert told(results) == {"Matter": 8}, results
    (row,) = Stance.objects.filter(matter_id=found.pk)
    last = audit.read(audit.history(found.stream)[-1])
    assert row.choice == last["inputs"]["stance"]
    assert len(audit.history(found.stream)) == 9
    assert list(audit.everything()) == []


def test_the_last_one_that_is_wanted_moves_it_on_once(landed):
    found = opened(landed)
    results = at_once([said(landed, found, "back", who) for who in MEMBERS[1:9]])
    # Three are wanted; who came after it was moved on is told that it is over.
    assert told(results) == {"Matter": 3, "RefusedError": 5}
    assert all(isinstance(one, Matter | RefusedError) for one in results)
    assert Matter.objects.get(pk=found.pk).state == "backed"
    assert Stance.objects.filter(matter_id=found.pk).count() == 3
    assert list(audit.everything()) == []


def test_one_withdraws_while_another_counts(landed):
    for _ in range(4):
        found = opened(landed)
        for who in ("m02", "m03"):
            said(landed, found, "back", who)()
        results = at_once(
            [said(landed, found, "take_back", "m03"), said(landed, found, "push", "chair")]
        )
        moved = Matter.objects.get(pk=found.pk).state == "backed"
        stands = Stance.objects.filter(matter_id=found.pk).count()
        # Either it was pushed on with two, and nothing can be withdrawn, or one withdrew first.
        assert stands == (2 if moved else 1), results
    assert list(audit.everything()) == []

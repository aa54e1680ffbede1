"""An input sets a field of its kind where it says so, and only there."""

import json

import pytest

import aliens
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes.models import Release

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(house):
    return aliens.land()


def test_what_is_named_alike_is_only_said(house):
    row = aliens.opinion(house)
    done = house.act(row, "hear", "kkk_elder", weight="light", agreed="heavy")
    assert Matter.objects.get(pk=done.pk).facts["weight"] == "heavy"
    said = matters.timeline(done, house.actor("kkk_elder"))[-1].inputs
    assert said == {"weight": "light", "agreed": "heavy"}
    other = house.act(aliens.opinion(house), "hear", "kkk_elder", weight="light")
    assert "weight" not in other.facts


def test_a_matter_of_a_release_of_before_keeps_its_meaning(house):
    """A release stored by a house that had no word for it is read as that house read it."""
    row = aliens.opinion(house)
    text = json.loads(Release.objects.get(pk=row.release_id).text)
    hear = text["kinds"]["opinion"]["actions"]["hear"]["inputs"]
    assert hear["weight"].pop("sets") is False
    del hear["agreed"]
    Release.objects.filter(pk=row.release_id).update(text=json.dumps(text), head="of before")
    programmes.forget_cached()
    done = house.act(Matter.objects.get(pk=row.pk), "hear", "kkk_elder", weight="light")
    assert done.facts["weight"] == "light"

"""More than thirty lectures, a hundred lecturers, 1,500 people: the figures come out of events; who came scores once,
and the lecturer sees four averages and how they moved, and never who gave what."""

import json

import pytest
from django.test import Client

from bihuan import stories
from bihuan.facets.scores.models import Score, ScoreResult
from bihuan.facets.scores.shown import shown
from bihuan.foundation.access import api as access
from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters.api import Matter
from bihuan.outcomes.publicity import api as publicity
from bihuan.stories import open_lecture
from bihuan.stories.stage import account, root_of

pytestmark = pytest.mark.either
ITEMS = ["attitude_shown", "content_given", "form_used", "effect_felt"]


def lectures(state="scores_returned"):
    path = root_of("story-open_lecture").path
    rows = Matter.objects.filter(home_path__startswith=path, kind="lecture", state=state)
    return list(rows.order_by("pk"))


def told(found, key, house):
    return shown(found, access.actor(account(key), house.day), house.at)


@pytest.mark.django_db(transaction=True)
def test_a_lecturer_sees_four_averages_and_how_they_moved(house):
    # Four lectures and one that is called off, three topics, six offers.
    assert open_lecture.tell(open_lecture.SMALL) == 4 + 1 + 3 + 6
    assert all(one.equal for one in open_lecture.figures_of(open_lecture.SMALL))
    first, second, third, few = lectures()
    series = [told(one, open_lecture.LECTURER, house) for one in (first, second, third)]
    assert [one["item"] for one in series[0]["lines"]] == ITEMS
    assert series[0]["before"] is None
    assert series[2]["before"]["id"] == second.pk
    form = [one["lines"][2] for one in series]
    assert form[0]["moved"] == ""
    assert float(form[0]["average"]) < float(form[1]["average"]) < float(form[2]["average"])
    assert form[1]["moved"].startswith("+")
    # A listener is told how many gave theirs and what they gave themselves; the host of another branch nothing.
    own = told(first, open_lecture.listener(1, 2), house)
    assert (own["told"], own["lines"], own["before"]) == (False, [], None)
    assert sorted(own["mine"]) == sorted(ITEMS)
    assert told(first, open_lecture.host(1), house)["mine"] == {}
    # Of three forms nothing is worked out, for whomever.
    assert {one["average"] for one in told(few, open_lecture.host(4), house)["lines"]} == {""}
    assert [row.numbers for row in ScoreResult.objects.filter(stream=few.stream)] == [
        {"forms": 3}
    ] * 4
    page = Client()
    page.force_login(account(open_lecture.LECTURER))
    text = page.get(f"/desk/people/{account(open_lecture.LECTURER).pk}").content.decode()
    assert f"({form[2]['moved']})" in text
    # What anybody gave stands in no other half of the log than the one that can be erased.
    said = [audit.read(event) for event in audit.history(first.stream)]
    given = [one for one in said if one.get("action") == "score_lecture"]
    assert len(given) == Score.objects.filter(stream=first.stream).count() == 6
    assert not [one for one in given if "very_good" in json.dumps(one.get("set", {}))]
    assert len(publicity.published(board="lecture_library", limit=9)) == 1
    assert list(audit.everything()) == []
    assert open_lecture.tell(open_lecture.SMALL) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.long
@pytest.mark.again
def test_more_than_a_hundred_lecturers_and_fifteen_hundred_people(house):
    assert open_lecture.tell() == 32 + 1 + 3 + 104
    found = {one.name: one.computed for one in open_lecture.figures_of()}
    assert found == {"lectures_held": 32, "lecturers_taken_on": 104, "people_there": 1536}
    (paper,) = open_lecture.bulletins()
    assert (paper.state, paper.programme) == ("issued", "open_lecture")
    assert {"open_lecture", "open_lecture-small"} <= {*stories.names()}

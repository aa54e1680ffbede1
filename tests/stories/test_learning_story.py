"""A pledge and a test with 100 % of those who should, the exempt and the excused named with their reasons; a quality
month of trainings on topics: the documents' figures come out of events."""

import pytest

from bihuan import stories
from bihuan.facets.quiz import pages, shown
from bihuan.facets.quiz.models import QuizAttempt
from bihuan.foundation.access import api as access
from bihuan.foundation.audit import api as audit
from bihuan.insight import api as insight
from bihuan.kernel.matters import attached
from bihuan.kernel.matters.api import Matter
from bihuan.rules import periods
from bihuan.stories import learning
from bihuan.stories.stage import account, local, root_of, script

pytestmark = pytest.mark.either


@pytest.mark.django_db(transaction=True)
def test_the_small_one_tests_all_who_should_and_names_the_others(house):
    assert learning.tell(learning.SMALL) == 11
    found = learning.figures_of(learning.SMALL)
    assert all(one.equal for one in found), found
    plan = script("learning")
    at = local(plan["month"])
    organiser = access.actor(account(learning.BUILDER), at.date())
    quiz = Matter.objects.get(kind="study_quiz")
    assert quiz.state == "shut"
    lines = pages.lines(quiz, organiser, shown.run_of(quiz), at)
    need_not = {
        one["name"]: (one["state"], one["reason"]["zh-Hans"])
        for one in lines
        if one["state"] in ("exempt", "excused")
    }
    assert sorted(need_not.values()) == [
        ("excused", plan["words"]["excused"]),
        ("exempt", "外出流动"),
        ("exempt", "年老体弱"),
        ("exempt", "掌握试题答案，不参加作答"),
        ("exempt", "请长假"),
    ]
    assert {one["state"] for one in lines} == {"succeeded", "exempt", "excused"}
    # One needed two attempts; nobody's second hand-in of the first counted.
    assert QuizAttempt.objects.count() == len([one for one in lines if one["tries"]]) + 1
    pledge = Matter.objects.get(kind="signed_pledge")
    roll = attached.shown(pledge, organiser, at)["roll"]
    assert (roll["missing"], roll["exempt"], roll["excused"]) == (0, 3, 1)
    reasons = {
        one["reason"]["zh-Hans"]
        for each in roll["lists"]
        if each["state"] in ("exempt", "excused")
        for group in each["groups"]
        for one in group["who"]
    }
    assert len(reasons) == 4

    def told(name):
        return insight.figure(
            insight.definition("learning", name), periods.parse("2010")
        ).total.value

    passed = len([one for one in lines if one["state"] == "succeeded"])
    assert told("study_minutes_passed") == 45 * passed
    # Four trainings of two hours: all but one of seven each time, and one who made up for it.
    assert told("study_minutes_attended") == 120 * (4 * learning.SMALL_STAFF + 1)
    (paper,) = learning.bulletins()
    assert (paper.state, paper.programme) == ("issued", "learning")
    assert list(audit.everything()) == []
    assert root_of("story-learning") is not None
    assert learning.tell(learning.SMALL) == 0


def test_it_is_told_by_name():
    assert {"learning", "learning-small"} <= {*stories.names()}

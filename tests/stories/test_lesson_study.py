"""A term in which everybody hears two lessons a week: drawn by lot, confirmed by the classes; who fell short, who made
up for it, who was free; the draw is worked out again by hand."""

import hashlib
import hmac

import pytest

from bihuan import stories
from bihuan.facets.draw.models import DrawMade
from bihuan.facets.draw.shown import shown
from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters.api import Matter
from bihuan.outcomes.papers.api import IssuedPaper
from bihuan.rules.owing import State
from bihuan.stories import lesson_study

pytestmark = pytest.mark.either


def by_hand(draw, n):
    """Which rows of a draw as it is shown win, by common tools."""
    lots = {
        line["number"]: hmac.new(
            draw["seed"].encode(), line["text"].encode(), hashlib.sha256
        ).hexdigest()
        for line in draw["lines"]
    }
    return {*sorted(lots, key=lambda number: lots[number])[:n]}


@pytest.mark.django_db(transaction=True)
def test_two_lessons_a_week(house):
    part = lesson_study.SMALL
    teachers, weeks, classes = 8, 4, 3
    # Timetables, what was drawn is opened by the house; a parents' day, two visits, a contest and its prizes.
    assert lesson_study.tell(part) == classes + 1 + 2 + 1 + 3
    assert [one for one in lesson_study.figures_of(part) if not one.equal] == []
    told = lesson_study.became(part)
    asked = teachers * weeks
    assert told[State.LATE] == told[State.MISSED] == 1
    assert told[State.SPARED] == 2
    assert told[State.MET] == asked - 4
    assert DrawMade.objects.count() == classes * weeks
    for row in DrawMade.objects.all():
        found = Matter.objects.get(pk=row.matter_id)
        for draw in shown(found, None, None)["draws"]:
            won = {line["number"] for line in draw["lines"] if line["drawn"]}
            assert by_hand(draw, 2) == won
    assert IssuedPaper.objects.filter(paper="award_certificate").count() == 1
    assert list(audit.everything()) == []
    assert lesson_study.tell(part) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.long
@pytest.mark.again
def test_the_whole_term(house):
    assert lesson_study.tell() == 12 + 1 + 2 + 1 + 3
    assert [one for one in lesson_study.figures_of() if not one.equal] == []
    told = lesson_study.became()
    assert (told[State.LATE], told[State.MISSED], told[State.SPARED]) == (1, 1, 2)
    assert told[State.MET] == 40 * 18 - 4
    (paper,) = lesson_study.bulletins()
    assert (paper.state, paper.programme) == ("issued", "lesson_study")
    assert {"lesson_study", "lesson_study-small"} <= {*stories.names()}

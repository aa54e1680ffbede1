"""20,000 members, 169 first secretaries, 2,143 people in 169 teams: a month's three publications of each, and who is
missing, named inside and nowhere else."""

from datetime import date

import pytest

from bihuan import stories
from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.obligations import api as obligations
from bihuan.outcomes.publicity import api as publicity
from bihuan.rules import periods
from bihuan.rules.owing import State
from bihuan.stories import show_work
from bihuan.stories.stage import root_of

pytestmark = pytest.mark.either
AFTER = date(2025, 10, 15)


def states(name, period="2025-09"):
    path = root_of("story-show_work").path
    rows, _ = obligations.lines(
        obligations.find(f"show_work.{name}"), [periods.parse(period)], path, AFTER
    )
    return [row.cells[0].state for row in rows]


@pytest.mark.django_db(transaction=True)
def test_a_month_and_who_is_missing(house):
    # The action in two towns, two rounds, 24 lists of people, 4 of units, two who show who they are, an example.
    assert show_work.tell(show_work.SMALL) == 2 + 2 + 24 + 4 + 2 + 1
    assert all(one.equal for one in show_work.figures_of(show_work.SMALL))
    missing = show_work.missing(AFTER, show_work.SMALL)
    assert {name: len(who) for name, who in missing.items()} == {
        "person_tasks": 2,
        "person_progress": 3,
        "person_results": 2,
        "unit_tasks": 0,
        "unit_progress": 0,
        "unit_results": 1,
    }
    # Whose list it is counts, not who wrote it down: the second's was shown by the first.
    assert states("identity_shown", "2025").count(State.MET) == 2
    assert states("unit_results").count(State.LATE) == 1
    path = root_of("story-show_work").path
    lists = Matter.objects.filter(home_path__startswith=path, kind="person_month")
    assert lists.filter(state="not_shown").count() == 2
    told = [row.question + row.answer for row in publicity.published(board="unit_lists", limit=9)]
    assert len(told) == 3
    assert not [who for names in missing.values() for who in names if who in "".join(told)]
    assert len(publicity.published(board="examples_set", limit=9)) == 1
    assert list(audit.everything()) == []
    assert show_work.tell(show_work.SMALL) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.long
@pytest.mark.again
def test_20_000_members_and_169_teams(house):
    assert show_work.tell() == 21 + 2 + 2312 + 169 + 2 + 1
    found = {one.name: one.computed for one in show_work.figures_of()}
    assert found == {
        "members_meant": 20100,
        "own_lists": 2312,
        "unit_lists_opened": 169,
        "first_secretaries": 169,
        "people_in_teams": 2143,
    }
    missing = {name: len(who) for name, who in show_work.missing(AFTER).items()}
    assert missing == {
        "person_tasks": 2312 // 700,
        "person_progress": 2312 // 300,
        "person_results": 2312 // 500,
        "unit_tasks": 0,
        "unit_progress": 0,
        "unit_results": 1,
    }
    (paper,) = show_work.bulletins()
    assert (paper.state, paper.programme) == ("issued", "show_work")
    assert {"show_work", "show_work-small"} <= {*stories.names()}

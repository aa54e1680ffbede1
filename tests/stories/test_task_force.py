"""36 projects and 11 teams in a centre, 1,084 projects in a plant's records: the documents' figures come out of
events; weeks without a journal are seen, and nobody of a team accepts its own project."""

from datetime import date

import pytest

from bihuan import stories
from bihuan.facets.plan import board
from bihuan.facets.plan.board import Wanted
from bihuan.facets.plan.owed import MISSED
from bihuan.foundation.access import api as access
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import standing
from bihuan.insight import api as insight
from bihuan.kernel.matters.api import Matter
from bihuan.outcomes.publicity import api as publicity
from bihuan.rules import periods
from bihuan.stories import task_force
from bihuan.stories.stage import account, root_of

pytestmark = pytest.mark.either
ON = date(2026, 6, 1)


def value(name, org, period="2026"):
    found = insight.figure(insight.definition("task_force", name), periods.parse(period), org)
    return found.total.value


def reader(username):
    return access.actor(account(username), ON)


@pytest.mark.django_db(transaction=True)
def test_the_small_one_shows_missing_weeks_and_who_accepted(house):
    assert task_force.tell(task_force.SMALL) == 12 + 108
    assert all(one.equal for one in task_force.figures_of(task_force.SMALL))
    centre = root_of("story-task_force-centre")
    teams = board.portfolio(reader("task_force-head-1"), Wanted(status="done"), ON)
    accepted = [row for row in teams.rows if row.matter.state == "passed"]
    assert len(accepted) == 4
    squares = board.journals([row.matter for row in accepted], ON)
    missed = sorted(
        one.period for found in squares.values() for one in found if one.state == MISSED
    )
    # Of the second team the fifth week, of the fourth the eighth and the ninth.
    assert missed == ["2026-W09", "2026-W12", "2026-W13"]
    # The last week's days of grace are not over where the log ends.
    assert value("journals_due", centre) == 4 * 11
    assert value("journals_missing", centre) == 3
    assert value("journals_written", centre) == 4 * 12 - 3
    assert value("journals_late", centre) == 1
    # By two levels, three times each team; but what was not written nobody can judge.
    assert value("judged", centre) == 4 * 3 * 2 - 2
    assert value("steps_in_time_rate", centre) == pytest.approx(11 / 12)
    for row in accepted:
        events = [
            audit.read(one) | {"actor": one.actor} for one in audit.history(row.matter.stream)
        ]
        (accepting,) = {e["actor"] for e in events if e.get("action") == "pass_test"}
        writers = {e["actor"] for e in events if e.get("action") == "write_up"}
        assert len(writers) == 3
        assert accepting not in writers
    # The months' progress is for staff only.
    assert publicity.published(board="monthly_progress", limit=9) == []
    plant = board.portfolio(reader("task-office"), Wanted(year=2011), ON)
    assert (plant.count, plant.years) == (15, list(range(2013, 2005, -1)))
    (paper,) = task_force.bulletins()
    assert (paper.state, paper.programme) == ("issued", "task_force")
    assert [row.pk for row in task_force.bulletins()] == [paper.pk]
    assert list(audit.everything()) == []
    before = audit.Event.objects.count()
    assert task_force.tell(task_force.SMALL) == 0
    assert audit.Event.objects.count() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.long
@pytest.mark.again
def test_a_portfolio_of_more_than_a_thousand_projects(house, django_assert_max_num_queries):
    assert task_force.tell() == 36 + 1084
    found = task_force.figures_of()
    assert all(one.equal for one in found), found
    assert [one.computed for one in found] == [36, 11, 1084, 610]
    rows = Matter.objects.filter(home_path__startswith=root_of("story-task_force-plant").path)
    assert set(rows.values_list("state", flat=True)) == {"from_record"}
    who = reader("task-head")
    with standing.steady(), django_assert_max_num_queries(40):
        page = board.portfolio(who, Wanted(), ON, skip=50)
    assert (page.count, len(page.rows)) == (1084, 50)
    centre = board.portfolio(reader("task_force-company-1"), Wanted(), ON)
    states = {one.state: one.count for one in centre.statuses}
    assert states == {"not_singled_out": 25, "passed": 10, "under_way": 1}
    assert list(audit.everything()) == []


@pytest.mark.django_db
def test_it_is_among_the_stories(house):
    assert {"task_force", "task_force-small"} <= {*stories.names()}
    with pytest.raises(LookupError):
        task_force.figures_of()

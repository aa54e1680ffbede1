"""Twelve branches through a year: the matrix with what was missed, made up for, freed, founded and joined; leaders in
their own branch; the year's report. Its small form is told here, the whole of it where everything is proved."""

from datetime import date

import pytest

from bihuan import stories
from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.obligations import api as obligations
from bihuan.rules import owing
from bihuan.stories import org_life
from bihuan.stories.stage import root_of

pytestmark = pytest.mark.either


def row(branch: str, name: str = "theme_day") -> list[str]:
    """A branch's year of one obligation, by what became of its periods."""
    one = obligations.find(f"org_life.{name}")
    run = owing.of_year(one.spec.grain, org_life.YEAR)
    root = root_of("story-org_life")
    lines, _ = obligations.lines(one, run, root.path, date(2026, 1, 20))
    (mine,) = [line for line in lines if line.name == branch]
    return [cell.state.value for cell in mine.cells]


@pytest.mark.django_db(transaction=True)
def test_the_small_one_is_held_missed_made_up_freed_founded_and_joined(house):
    assert org_life.tell(org_life.SMALL) == 36
    found = org_life.figures_of(org_life.SMALL)
    assert all(one.equal for one in found), found
    met, none = "in_time", "none"
    assert row("第三党支部")[6:9] == [met, "missed", met]
    assert row("第四党支部")[5:7] == ["late", met]
    assert row("第五党支部")[5:9] == [met, "freed", "freed", met]
    # Founded in July; joined another in September, and what it had held stays its own.
    assert row("第十二党支部") == [none] * 6 + [met] * 6
    assert row("第十一党支部") == [none] * 5 + [met] * 3 + [none] * 4
    assert set(row("第十党支部")[5:]) == {met}
    # Two signatures, of two people; a gathering that was only held waits for them.
    signed = Matter.objects.filter(programme="org_life", kind="assembly")
    assert {one.state for one in signed} == {"on_file"}
    assert list(audit.everything()) == []
    assert org_life.tell(org_life.SMALL) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.long
@pytest.mark.again
def test_the_whole_year_of_twelve_branches(house):
    assert org_life.tell() == 332
    found = org_life.figures_of()
    assert all(one.equal for one in found), found
    (paper,) = org_life.bulletins()
    assert (paper.state, paper.period) == ("issued", "2025")
    assert "规定动作" in paper.text


def test_it_is_told_by_name():
    assert {"org_life", "org_life-small"} <= {*stories.names()}

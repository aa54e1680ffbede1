"""Eight types of issues; one climbs three pools and comes back with a result; a batch is solved once."""

import pytest

from bihuan import stories
from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import shown
from bihuan.outcomes.publicity import api as publicity
from bihuan.stories import issues
from bihuan.stories.stage import account, root_of

pytestmark = pytest.mark.django_db(transaction=True)


def rows():
    return Matter.objects.filter(home_path__startswith=root_of("story-issues").path)


def test_what_was_found_is_solved_and_told_back(house):
    opened = issues.tell()
    assert issues.tell() == 0
    assert rows().count() == opened == 8 + 1 + 5 + 1 + 3 + 1 + 2
    found = issues.figures_of()
    assert [(one.name, one.computed) for one in found if not one.equal] == []
    assert list(audit.everything()) == []

    climbed = rows().get(kind="issue", subject__startswith="同一数据")
    told = shown(climbed, house.actor("system"), house.at)
    stays = told["levels"]["stays"][::-1]
    assert [(one["pool"], one["how"]) for one in stays] == [
        ("team", "opened"), ("department", "raised"), ("company", "late"),
    ]  # fmt: skip
    assert all(one["until"] for one in stays)
    assert climbed.state == "done"
    batch = rows().get(kind="batch")
    assert batch.state == "settled"
    assert rows().filter(kind="issue", facts__in_batch=True).count() == 5
    (waiting,) = rows().filter(kind="issue", phase="open")
    assert waiting.unit == root_of("story-issues")
    library = publicity.published(board="library")
    assert {one.category for one in library} == {"burden", "contests"}
    assert len(library) == 2


def test_the_command_tells_it_and_compares(house, capsys):
    assert stories.run("issues")
    assert "8" in capsys.readouterr().out
    assert not account("issues-organizer").has_usable_password()

"""`bihuan new programme`: what it makes passes every check, and runs."""

from pathlib import Path

import pytest

from bihuan import cli
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Opening
from bihuan.kernel.programmes import api as programmes
from bihuan.outcomes.publicity import api as publicity
from bihuan.stories.rehearsal import rehearse


@pytest.fixture
def made(settings, tmp_path, capsys) -> Path:
    settings.PROGRAMMES_ROOT = tmp_path / "programmes"
    assert cli.main(["new", "programme", "street_tasks"]) == 0
    folder = tmp_path / "programmes" / "street_tasks"
    assert str(folder) in capsys.readouterr().out
    return folder


def test_it_is_checked_and_known(made):
    assert programmes.check_folder(made) == []
    assert made in list(programmes.folders())
    assert (made / "README.md").exists()
    spec = programmes.read_folder(made)
    assert spec.kinds["task"].doors is not None
    assert spec.kinds["task"].fields["category"].choices
    assert all((publicity.BOARDS.of(spec), spec.figures, spec.parts["bulletins"]))


@pytest.mark.django_db
def test_its_scenarios_hold_and_reach_every_end(made, house):
    assert rehearse(made) == []


@pytest.mark.django_db
def test_it_runs_where_it_is_put_in_force(made, house):
    release = programmes.install(made, at=house.at, actor="system")
    programmes.put_in_force(
        release.pk, house.org("city"), start=house.day, at=house.at, actor=house.actor("admin")
    )
    opening = Opening(
        "street_tasks", "task", house.org("city"), "清理井盖。", unit=house.org("vehicles")
    )
    opened = matters.open_matter(opening, actor=house.actor("leader"), at=house.at)
    house.act(opened, "report", "handler", result="清理完了。")
    assert house.act(opened, "confirm", "leader").state == "finished"
    house.act(opened, "propose", "leader")
    (draft,) = publicity.of_subject(opened.matter.stream)
    assert (draft.question, draft.answer) == ("", "清理完了。")
    assert "井盖" not in draft.title
    who = house.actor("leader")
    publicity.publish(draft.pk, version=draft.version, actor=who, at=house.at)
    # Nobody sent it, so nobody is asked whether they have the like to send.
    page = house.client().get(f"/published/{draft.pk}").content.decode()
    assert "清理完了。" in page
    for told in ("井盖", "我也有类似的事", "答复单位"):
        assert told not in page


@pytest.mark.parametrize("name", ["Street", "1st", "with space", "a-b", "", "x" * 41, "../up"])
def test_what_is_no_name_is_refused(name, settings, tmp_path, capsys):
    settings.PROGRAMMES_ROOT = tmp_path
    assert cli.main(["new", "programme", name]) == 2
    assert list(tmp_path.iterdir()) == []
    assert "small letters" in capsys.readouterr().err


def test_what_is_there_already_is_left_alone(made, capsys):
    assert cli.main(["new", "programme", "street_tasks"]) == 2
    assert cli.main(["new", "programme", next(programmes.folders()).name]) == 2
    assert "choose another" in capsys.readouterr().err


def test_a_folder_is_made_where_one_says(tmp_path, capsys):
    assert cli.main(["new", "programme", "street_tasks", "--to", str(tmp_path)]) == 0
    assert programmes.check_folder(tmp_path / "street_tasks") == []

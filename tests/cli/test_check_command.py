"""`bihuan check` from the command line: folders, then scenarios in a process and database of their own."""

import shutil

import pytest

from bihuan import cli
from bihuan.kernel.programmes import api as programmes

NOTICE = next(p for p in programmes.folders() if p.name == "public_notice")
DROPPED = "scenarios/dropped.toml"


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(NOTICE, tmp_path / "public_notice")


def test_a_scenario_that_fails_is_told_and_counted(folder, capsys, monkeypatch, tmp_path):
    # An address that nobody answers: whatever the operator has is not asked.
    monkeypatch.setenv("BIHUAN_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
    path = folder / DROPPED
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('state = "dropped"', 'state = "drafted"'), encoding="utf-8")
    assert cli.main(["check", str(folder)]) == 1
    told = capsys.readouterr().out
    assert f"public_notice/{DROPPED}: step.2.then.state" in told
    assert "it is 'dropped', not 'drafted'" in told
    assert told.endswith("1 programmes, 1 problems\n")


def test_a_broken_folder_is_not_lived_through(folder, capsys):
    path = folder / "matters.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('to = "dropped"', 'to = "gone"'), encoding="utf-8"
    )
    assert cli.main(["check", str(folder)]) == 1
    told = capsys.readouterr().out
    assert "no state 'gone'" in told
    assert "scenarios/" not in told


def test_the_folder_alone_can_be_read(folder, capsys):
    shutil.rmtree(folder / "scenarios")
    assert cli.main(["check", "--no-scenarios", str(folder)]) == 0
    assert capsys.readouterr().out == "1 programmes, 0 problems\n"

"""`bihuan check` from the command line: folders, then scenarios in a process and database of their own."""

import json
import shutil
import tomllib

import pytest

from bihuan import cli
from bihuan.kernel.programmes import api as programmes

NOTICE = next(p for p in programmes.folders() if p.name == "public_notice")
DROPPED = "scenarios/dropped.toml"
WELL = next(p for p in programmes.folders() if p.name == "party_members")


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(NOTICE, tmp_path / "public_notice")


def test_what_fails_is_told_and_counted_and_what_went_well_told_too(
    folder, capsys, monkeypatch, tmp_path
):
    # An address that nobody answers: whatever the operator has is not asked.
    monkeypatch.setenv("BIHUAN_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
    path = folder / DROPPED
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('state = "dropped"', 'state = "drafted"'), encoding="utf-8")
    assert cli.main(["check", str(folder), str(WELL)]) == 1
    told = capsys.readouterr().out
    assert f"public_notice/{DROPPED}: step.2.then.state" in told
    assert "it is 'dropped', not 'drafted'" in told
    many = len(list((WELL / "scenarios").glob("*.toml")))
    assert f"{WELL.name}: {many} scenarios, which end with transfer: received, " in told
    assert told.endswith("2 programmes, 1 problems\n")


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


def test_check_says_which_input_gives_which_part_of_a_board(capsys):
    voice = next(p for p in programmes.folders() if p.name == "public_voice")
    assert cli.main(["check", "--no-scenarios", str(voice)]) == 0
    told = capsys.readouterr().out
    assert "board answers: question = what it was opened with; answer = settle.reply, " in told


def test_missing_words_are_printed_to_paste(folder, capsys):
    english = folder / "strings" / "en.toml"
    said = tomllib.loads(english.read_text(encoding="utf-8"))
    # A whole table, one key of another, and one that stands in none.
    table = next(key for key, one in said.items() if isinstance(one, dict) and key != "roles")
    role = next(iter(said["roles"]))
    left = {k: v for k, v in said.items() if k not in (table, "summary")}
    left["roles"] = {k: v for k, v in said["roles"].items() if k != role}
    english.write_text(as_toml(left), encoding="utf-8")
    assert cli.main(["check", "--words", str(folder)]) == 1
    told = capsys.readouterr().out
    assert told.startswith("# public_notice/strings/en.toml\n")
    assert "zh-Hans" not in told
    assert f'# below [roles], which is there:\n{role} = ""\n' in told
    # Pasted where it says, nothing is missing any more; what is there is empty.
    top, below = '# above the first table:\nsummary = ""\n', f'{role} = ""\n'
    rest = told.replace(top, "").replace(f"# below [roles], which is there:\n{below}", "")
    text = english.read_text(encoding="utf-8").replace("[roles]\n", f"[roles]\n{below}")
    english.write_text(f"{top}{text}\n{rest}", encoding="utf-8")
    assert cli.main(["check", "--words", str(folder)]) == 0
    found = programmes.check_folder(folder)
    assert {one.cause for one in found} == {"the text is empty"}
    assert cli.main(["check", "--words", str(folder.parent / "none")]) == 1


def as_toml(tree, above=""):
    """TOML of nested tables of texts."""
    own = [f"{key} = {json.dumps(one)}" for key, one in tree.items() if isinstance(one, str)]
    inner = [
        f"\n[{above}{key}]\n{as_toml(one, f'{above}{key}.')}"
        for key, one in tree.items()
        if isinstance(one, dict)
    ]
    return "\n".join([*own, *inner])

"""Scenarios of programmes: those that ship hold, and each line that does not says what happened instead."""

import shutil

import pytest

from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.spec import load, release, scenarios
from bihuan.stories.rehearsal import rehearse

FOLDERS = {p.name: p for p in programmes.folders()}
RECEIVED = 'then = { state = "received", clocks = { promise = "running" }, told = { "notice.received" = ["desk", "desk2"] } }'
# what a line asks → (what stands there, by what it is replaced, path, part of what is said)
FAILING = {
    "a state": (RECEIVED, 'then = { state = "accepted" }', "step.0.then.state", "it is 'received'"),
    "a level": (RECEIVED, 'then = { level = "late" }', "step.0.then.level", "it is 'none'"),
    "a clock": (RECEIVED, 'then = { clocks = { promise = "late" } }', "step.0.then.clocks.promise", "running"),
    "a clock that never ran": (RECEIVED, 'then = { clocks = { slice = "running" } }', "step.0.then.clocks.slice", "never started"),
    "somebody told": (RECEIVED, 'then = { told = { "notice.received" = ["leader"] } }', "step.0.then.told.notice.received", "told were ['desk', 'desk2']"),
    "a text nobody got": (RECEIVED, 'then = { told = { "notice.gone" = ["desk"] } }', "step.0.then.told.notice.gone", "nobody"),
    "a fact": (RECEIVED, "then = { facts = { asked = true } }", "step.0.then.facts.asked", "it is ''"),
    "a child": (RECEIVED, 'then = { children = ["directive"] }', "step.0.then.children", "there are []"),
    "who has it": (RECEIVED, 'then = { assignee = "desk" }', "step.0.then.assignee", "it is ''"),
    "where it is": (RECEIVED, 'then = { unit = "unit" }', "step.0.then.unit", "it is 'home'"),
    "a refusal": (RECEIVED, 'then = { refused = "input.required" }', "step.0.then.refused", "not refused"),
    "another refusal": ('then = { refused = "hidden" }', 'then = { refused = "matters.wrong_state" }', "step.2.then.refused", "refused: hidden"),
    "a step that is refused": ('act = "dispatch"\nby = "desk"', 'act = "dispatch"\nby = "supervisor"', "step.1", "matters.may_not_act"),
    "nobody of that name": ('person = "handler"', 'person = "nobody"', "step.1", "input.unknown"),
    "a matter that is none": ('act = "sign"\n', 'act = "sign"\nmatter = "it/directive"\n', "step.3", "it/directive"),
}  # fmt: skip
# what is wrong with the form → (edit, path, part of the cause)
MISWRITTEN = {
    "a key": ('about =', 'abuot =', "abuot", "Extra"),
    "a kind": ('open = "voice"', 'open = "noise"', "step.0.open", "no kind 'noise'"),
    "an action": ('act = "sign"', 'act = "sing"', "step.3.act", "no action 'sing'"),
    "a person": ('by = "desk"', 'by = "mayor"', "step.1.by", "no 'mayor'"),
    "a state": ('state = "received"', 'state = "recieved"', "step.0.then.state", "no state 'recieved'"),
    "two things at once": ('act = "sign"', 'act = "sign"\nwait = "3 days"', "step.3", "one thing"),
    "nobody": ('act = "sign"\nby = "handler"', 'act = "sign"', "step.3", "by whom"),
    "a time": ('act = "sign"\nby = "handler"', 'wait = "soon"', "step.3.wait", "pattern"),
    "no TOML": ("[[step]]", "[[step", "", "not TOML"),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(FOLDERS["public_voice"], tmp_path / "public_voice")


def edit(folder, old, new):
    path = folder / "scenarios" / "answered.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.django_db
@pytest.mark.parametrize("programme", FOLDERS)
def test_what_ships_holds_and_reaches_every_end(programme, house):
    before = Matter.objects.count()
    assert rehearse(FOLDERS[programme]) == []
    assert Matter.objects.count() == before, "nothing is left behind"


@pytest.mark.django_db
@pytest.mark.parametrize("name", FAILING)
def test_a_line_that_fails_says_what_happened_instead(name, house, folder):
    old, new, path, said = FAILING[name]
    for other in (folder / "scenarios").glob("*.toml"):
        if other.stem != "answered":
            other.unlink()
    edit(folder, old, new)
    found = [one for one in rehearse(folder) if one.file == "scenarios/answered.toml"]
    assert [(one.path, said in one.cause, bool(one.remedy)) for one in found] == [
        (path, True, True)
    ], "\n".join(map(str, found))


@pytest.mark.parametrize("name", MISWRITTEN)
def test_a_mistake_of_form_is_named(name, folder):
    old, new, path, cause = MISWRITTEN[name]
    edit(folder, old, new)
    found = [p for p in programmes.check_folder(folder) if p.file == "scenarios/answered.toml"]
    assert any(one.path == path and cause in one.cause and one.remedy for one in found), found


@pytest.mark.django_db
def test_ends_that_no_scenario_reaches_are_named(house, folder):
    (folder / "scenarios" / "withdrawn.toml").unlink()
    assert {(one.file, one.path) for one in rehearse(folder)} == {
        ("matters.toml", "voice.states.withdrawn"),
        ("matters.toml", "outreach.states.held"),
        ("matters.toml", "outreach.states.cancelled"),
    }


def test_scenarios_are_no_part_of_a_release(folder):
    with_them = release.digest(load.read(folder))
    shutil.rmtree(folder / "scenarios")
    assert release.digest(load.read(folder)) == with_them
    assert scenarios.read(folder) == ({}, [])

"""Scenarios of programmes: those that ship hold, and each line that does not says what happened instead."""

import re
import shutil

import pytest

from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.spec import load, release, scenarios
from bihuan.spec.schema import Input
from bihuan.stories.rehearsal import rehearse, rehearsed
from bihuan.stories.rehearsal.repeats import Repeats

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
    "a matter before there is one": ('open = "voice"\n', 'wait = "5 minutes"\nthen = { state = "received" }\n\n[[step]]\nopen = "voice"\n', "step.0.then.state", "is called it"),
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


# What asks for what is known in every scenario, and why it is right to: programme → path → reason.
REASONS: dict[str, dict[str, str]] = {}


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
    went = rehearsed(FOLDERS[programme])
    assert went.problems == []
    # Nor does anything ask for what an event holds already.
    assert {one.path for one in went.again} == {*REASONS.get(programme, {})}
    assert Matter.objects.count() == before, "nothing is left behind"


@pytest.mark.once
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


@pytest.mark.django_db
def test_time_may_pass_before_anything_is_opened(house, folder):
    edit(folder, 'open = "voice"\n', 'wait = "5 minutes"\n\n[[step]]\nopen = "voice"\n')
    assert [one for one in rehearse(folder) if one.file == "scenarios/answered.toml"] == []


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


KNOWN = {
    "person": {"actor": 3, "assignee": 4},
    "org": {"home": 1, "unit": 2},
    "date": {"day of the step": "2026-03-02"},
    "month": {"month of the step": "2026-03"},
    "": {"facts.place": "东门", "facts.times": 2, "facts.year": "2026"},
}
# a field → (its type, what two scenarios fill in, where it is known each time)
FILLED = {
    "who acts": ("date", ["2026-03-02", "2026-03-02"], "day of the step"),
    "another day once": ("date", ["2026-03-02", "2026-03-03"], ""),
    "the month": ("month", ["2026-03", "2026-03"], "month of the step"),
    "what was filled in before": ("text", ["东门", "东门"], "facts.place"),
    "once only": ("text", ["东门"], ""),
    "two answers that are equal": ("int", ["2", "2"], ""),
    "times": ("int", ["2", "2"], "facts.times"),
}


@pytest.mark.parametrize("name", FILLED)
def test_a_field_that_asks_for_what_is_known_is_named(name):
    type_, given, where = FILLED[name]
    repeats = Repeats()
    for one in given:
        repeats.note(
            "voice.actions.x.inputs", {name: Input(type=type_, required=True)}, {name: one}, KNOWN
        )
    found = list(repeats.found())
    assert [one.path for one in found] == ([f"voice.actions.x.inputs.{name}"] if where else [])
    assert all(where in one.cause and one.remedy for one in found)


@pytest.mark.django_db
def test_a_programme_that_asks_for_the_day_of_the_step_is_told(house, folder):
    """The very day of a step is what its event says: `bihuan check` tells it as advice."""
    manifest = folder / "programme.toml"
    said = manifest.read_text(encoding="utf-8")
    # Another text is another release.
    version = re.search(r'version = "[^"]+"', said)[0]
    manifest.write_text(said.replace(version, 'version = "99.0.0"'), encoding="utf-8")
    matters = folder / "matters.toml"
    text = matters.read_text(encoding="utf-8")
    old = "[voice.actions.dispatch]\n"
    assert old in text
    matters.write_text(
        text.replace(old, f'{old}inputs.signed_on = {{ type = "date", required = true }}\n', 1),
        encoding="utf-8",
    )
    for path in (folder / "strings").glob("*.toml"):
        words = path.read_text(encoding="utf-8")
        path.write_text(
            words.replace("[fields]\n", '[fields]\nsigned_on = "签收日期"\n', 1), encoding="utf-8"
        )
    for path in (folder / "scenarios").glob("*.toml"):
        told = path.read_text(encoding="utf-8")
        told = told.replace("inputs = { unit =", 'inputs = { signed_on = "2026-03-02", unit =')
        path.write_text(told, encoding="utf-8")
    asked = [one.path for one in rehearsed(folder).again]
    assert asked == ["voice.actions.dispatch.inputs.signed_on"]

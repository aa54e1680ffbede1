"""`bihuan check`: every class of mistake is named, with file, path, cause and remedy, all at once."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bihuan.kernel.programmes import api as programmes
from bihuan.spec.load import Problem

VOICE = next(p for p in programmes.folders() if p.name == "public_voice")
Edit = Callable[[Path], None]
# A public notice that speaks of what there is not.
NOTICE = """
[voice.notice]
shown = ["nowhere"]
clock = "never"
text = "text"
told = ["reply"]
objection = "voice"
object = "add"
named = "second_signature"
"""


def swap(file: str, old: str, new: str) -> Edit:
    def edit(folder: Path) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} no longer holds {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def append(file: str, text: str) -> Edit:
    def edit(folder: Path) -> None:
        with (folder / file).open("a", encoding="utf-8") as out:
            out.write(text)

    return edit


def remove(file: str) -> Edit:
    return lambda folder: (folder / file).unlink()


def put(file: str, content: bytes) -> Edit:
    def edit(folder: Path) -> None:
        (folder / file).write_bytes(content)

    return edit


def limbo(folder: Path) -> None:
    swap(
        "matters.toml",
        'held = { phase = "done" }',
        'held = { phase = "done" }\nlimbo = { phase = "open" }',
    )(folder)
    swap(
        "matters.toml",
        '[outreach.actions.cancel]\nfrom = ["planned"]\nto = "cancelled"',
        '[outreach.actions.cancel]\nfrom = ["planned"]\nto = "limbo"',
    )(folder)


# what is wrong: (edit, file, path, part of the cause, part of the remedy)
BROKEN: dict[str, tuple[Edit, str, str, str, str]] = {
    "a file that belongs to nothing": (put("forms.toml", b""), "forms.toml", "", "no part of a programme", "one of"),
    "no manifest": (remove("programme.toml"), "programme.toml", "", "missing", "add it"),
    "no matters": (remove("matters.toml"), "matters.toml", "", "missing", "add it"),
    "broken TOML": (append("clocks.toml", "\n[broken"), "clocks.toml", "", "not TOML", "correct the line"),
    "not UTF-8": (put("boards.toml", b"\xff\xfe"), "boards.toml", "", "not TOML", "correct the line"),
    "broken words": (append("strings/en.toml", "\n= 3"), "strings/en.toml", "", "not TOML", "correct"),
    "another folder's name": (swap("programme.toml", 'id = "public_voice"', 'id = "voice"'), "programme.toml", "id", "not the folder's name", "public_voice"),
    "a contact for nobody we know": (swap("matters.toml", 'contact_by = ["desk"', 'contact_by = ["mayor"'), "matters.toml", "voice.contact_by", "mayor", "one of"),
    "a contact for its own sender": (swap("matters.toml", 'contact_by = ["desk"', 'contact_by = ["sender"'), "matters.toml", "voice.contact_by", "sender", "one of"),
    "an honour for a count": (put("honours.toml", b"[best]\nleast = { received = 90 }\n"), "honours.toml", "best.least", "no share", "on_time_rate"),
    "a notice shown nowhere": (append("matters.toml", NOTICE), "matters.toml", "voice.notice.shown", "nowhere", "received"),
    "a notice without a period": (append("matters.toml", NOTICE), "matters.toml", "voice.notice.clock", "never", "promise"),
    "a version that is none": (swap("programme.toml", 'version = "1.9.2"', 'version = "1"'), "programme.toml", "version", "pattern", "form"),
    "a spec of the future": (swap("programme.toml", "spec = 1", "spec = 2"), "programme.toml", "spec", "1", "listed"),
    "an unknown key": (swap("programme.toml", "spec = 1", "spec = 1\ncolour = 3"), "programme.toml", "colour", "not permitted", "spelling"),
    "a key missing": (swap("matters.toml", 'prefix = "MY"\n', ""), "matters.toml", "voice.prefix", "required", "add the key"),
    "a prefix of the wrong form": (swap("matters.toml", 'prefix = "MY"', 'prefix = "my"'), "matters.toml", "voice.prefix", "pattern", "form"),
    "nobody may act": (swap("matters.toml", 'to = "accepted"\nby = ["desk"]', 'to = "accepted"\nby = []'), "matters.toml", "voice.actions.accept.by", "at least 1", "nobody"),
    "from nowhere": (swap("matters.toml", 'from = ["received"]\nto = "accepted"', 'from = []\nto = "accepted"'), "matters.toml", "voice.actions.accept.from", "at least 1", "at least one"),
    "an initial state that is none": (swap("matters.toml", 'initial = "received"', 'initial = "new"'), "matters.toml", "voice.initial", "no state 'new'", "name a state"),
    "to a state that is none": (swap("matters.toml", 'to = "accepted"', 'to = "acepted"'), "matters.toml", "voice.actions.accept.to", "no state 'acepted'", "name a state"),
    "a turn to a state that is none": (swap("matters.toml", 'to = "closed"\n\n[[voice.actions.settle.turns]]', 'to = "shut"\n\n[[voice.actions.settle.turns]]'), "matters.toml", "voice.actions.settle.turns.0.to", "no state 'shut'", "name a state"),
    "from a state that is none": (swap("matters.toml", 'from = ["merged"]', 'from = ["joined"]'), "matters.toml", "voice.actions.unmerge.from", "no state 'joined'", "name a state"),
    "from a phase that is none": (swap("matters.toml", 'from = ["*open"]', 'from = ["*opened"]'), "matters.toml", "voice.actions.co_handle.from", "no state '*opened'", "name a state"),
    "a phase that is none": (swap("matters.toml", 'accepted = { phase = "open" }', 'accepted = { phase = "busy" }'), "matters.toml", "voice.states.accepted.phase", "'open'", "listed"),
    "a state nothing leads to": (swap("matters.toml", 'closed = { phase = "done" }', 'closed = { phase = "done" }\nlost = { phase = "done" }'), "matters.toml", "voice.states.lost", "no action leads here", "add one"),
    "a state nothing leads out of": (limbo, "matters.toml", "outreach.states.limbo", "no end can be reached", "leads on"),
    "another programme that is not needed": (swap("programme.toml", 'needs = ["supervision"]', ""), "matters.toml", "voice.actions.rate.", "no programme 'supervision'", "needs"),
    "nothing ever ends": (swap("matters.toml", 'held = { phase = "done" }\ncancelled = { phase = "done" }', 'held = { phase = "open" }\ncancelled = { phase = "open" }'), "matters.toml", "outreach.states", "nothing ever ends", "phase done"),
    "a role nobody declared": (swap("matters.toml", 'to = "accepted"\nby = ["desk"]', 'to = "accepted"\nby = ["reception"]'), "matters.toml", "voice.actions.accept.by", "no role 'reception'", "one of"),
    "opened by nobody known": (swap("matters.toml", 'opened_by = ["sender", "desk"]', 'opened_by = ["sender", "clerk"]'), "matters.toml", "voice.opened_by", "no role 'clerk'", "one of"),
    "a step for a role nobody declared": (swap("clocks.toml", 'notify = ["supervisor"]', 'notify = ["inspector"]'), "clocks.toml", "promise.steps.escalate.notify", "no role 'inspector'", "one of"),
    "a role at no place": (swap("programme.toml", 'id = "desk"\nat = "home"', 'id = "desk"\nat = "desk"'), "programme.toml", "roles.0.at", "'home'", "listed"),
    "a clock of no kind": (swap("clocks.toml", '[slice]\nkind = "voice"', '[slice]\nkind = "vocal"'), "clocks.toml", "slice.kind", "no kind 'vocal'", "name a kind"),
    "a clock without a source": (swap("clocks.toml", 'setting = "limit_slice"\n', ""), "clocks.toml", "slice", "a source", "both"),
    "a clock by a setting that is none": (swap("clocks.toml", 'setting = "limit_sign"', 'setting = "limit_signing"'), "clocks.toml", "sign.setting", "no setting 'limit_signing'", "declare it"),
    "a clock by a setting that is no limit": (swap("clocks.toml", 'setting = "limit_sign"', 'setting = "extension"'), "clocks.toml", "sign.setting", "of type limit", "declare it"),
    "a step that does what nobody can": (swap("clocks.toml", 'act = "escalate"', 'act = "explode"'), "clocks.toml", "promise.steps.escalate.act", "no action 'explode'", "name an action"),
    "a step at no time": (swap("clocks.toml", 'at = "70%"', 'at = "soon"'), "clocks.toml", "promise.steps.0.at", "pattern", "form"),
    "a step after weeks that are no unit": (swap("clocks.toml", '"+2 workdays"', '"+2 fortnights"'), "clocks.toml", "promise.steps.3.at", "pattern", "form"),
    "a level that is none": (swap("clocks.toml", 'level = "near"', 'level = "red"'), "clocks.toml", "promise.steps.0.level", "'near'", "listed"),
    "a limit without a unit": (swap("settings.toml", 'type = "limit"\nunit = "workdays"', 'type = "limit"'), "settings.toml", "limit_answer.unit", "unit belongs", "add or drop"),
    "a number with a unit": (swap("settings.toml", '[extension]\ntype = "int"', '[extension]\ntype = "int"\nunit = "days"'), "settings.toml", "extension.unit", "unit belongs", "add or drop"),
    "a unit that is none": (swap("settings.toml", 'unit = "hours"', 'unit = "weeks"'), "settings.toml", "limit_sign.unit", "'workdays'", "listed"),
    "a value without a source": (swap("settings.toml", 'source = "jinan"', 'source = "tianjin"'), "settings.toml", "limit_answer.values.0.source", "no source 'tianjin'", "cite one"),
    "a value that ends before it begins": (swap("settings.toml", "from = 2018-11-01", "from = 2018-11-01\nuntil = 2018-10-01"), "settings.toml", "limit_answer.values.0.until", "ends before", "order"),
    "local practice as a default": (swap("settings.toml", 'grade = "C"\nexample = true', 'grade = "C"'), "settings.toml", "limit_answer.values.1.grade", "not law", "example = true"),
    "a grade that is none": (swap("settings.toml", 'grade = "A"', 'grade = "D"'), "settings.toml", "limit_answer.values.0.grade", "'A'", "listed"),
    "a switch that is a number": (swap("settings.toml", "value = false", "value = 0"), "settings.toml", "second_signature.values.0.value", "not a switch", "correct"),
    "a limit that is a word": (swap("settings.toml", "value = 5\n", 'value = "five"\n'), "settings.toml", "limit_answer.values.0.value", "not a limit", "correct"),
    "a limit of nothing": (swap("settings.toml", "value = 5\n", "value = 0\n"), "settings.toml", "limit_answer.values.0.value", "not a limit", "correct"),
    "a negative number": (swap("settings.toml", "[[reopen_limit.values]]\nvalue = 1", "[[reopen_limit.values]]\nvalue = -1"), "settings.toml", "reopen_limit.values.0.value", "not a int", "correct"),
    "a setting without a value in force": (swap("settings.toml", 'grade = "A"', 'grade = "A"\nexample = true'), "settings.toml", "limit_answer.values", "no value holds", "default"),
    "a guard that is none": (swap("matters.toml", 'do = "unit.allowed"', 'do = "unit.welcome"'), "matters.toml", "voice.actions.dispatch.guards", "no guard 'unit.welcome'", "one of"),
    "a guard misspelt": (swap("matters.toml", '{ do = "unit.allowed", with = { input = "unit" } }', '{ do = "unit.allowed", with = { inputs = "unit" } }'), "matters.toml", "voice.actions.dispatch.guards.0.with", "", "see the guard"),
    "an effect that is none": (swap("matters.toml", 'do = "assign.self"', 'do = "assign.me"'), "matters.toml", "voice.actions.accept.effects", "no effect 'assign.me'", "one of"),
    "an effect on opening that is none": (swap("matters.toml", '{ do = "tell", with = { roles = ["desk"], text = "notice.received" } }', '{ do = "shout" }'), "matters.toml", "voice.on_open", "no effect 'shout'", "one of"),
    "a clock that is none": (swap("matters.toml", '{ do = "clock.start", with = { clock = "sign" } }', '{ do = "clock.start", with = { clock = "signing" } }'), "matters.toml", "voice.actions.dispatch.", "no clock 'signing'", "declare it"),
    "a setting that is none": (swap("matters.toml", 'setting = "dispute_limit"', 'setting = "disputes"'), "matters.toml", "voice.actions.redispatch.", "no setting 'disputes'", "declare it"),
    "an input that is none": (swap("matters.toml", '{ do = "unit.allowed", with = { input = "unit" } }', '{ do = "unit.allowed", with = { input = "office" } }'), "matters.toml", "voice.actions.dispatch.", "no input 'office'", "declare it"),
    "a notice in nobody's words": (swap("matters.toml", 'text = "notice.received"', 'text = "notice.unheard"'), "strings/en.toml", "notice.unheard", "missing", "add it"),
    "a mail in nobody's words": (swap("matters.toml", '{ text = "asked" }', '{ text = "unasked" }'), "strings/en.toml", "mail.unasked", "missing", "add it"),
    "a notice that is none": (swap("matters.toml", 'text = "notice.received"', 'text = "received"'), "matters.toml", "voice.on_open", "no notice", "name it"),
    "a role told that is none": (swap("matters.toml", 'roles = ["desk"], text = "notice.received"', 'roles = ["reception"], text = "notice.received"'), "matters.toml", "voice.on_open", "no role 'reception'", "declare it"),
    "an action that is none": (swap("matters.toml", 'from_action = "request_extension"', 'from_action = "ask_extension"'), "matters.toml", "voice.actions.approve_extension.", "no action 'ask_extension'", "declare it"),
    "a board that is none": (swap("matters.toml", 'with = { board = "answers" }', 'with = { board = "replies" }'), "matters.toml", "voice.actions.publish.", "no board 'replies'", "declare it"),
    "a board of no kind": (swap("boards.toml", 'kind = "voice"', 'kind = "noise"'), "boards.toml", "answers.kind", "no kind 'noise'", "name a kind"),
    "a choice of senders that is none": (swap("matters.toml", 'senders = ["web", "open311"]', 'senders = ["web", "e_mail"]'), "matters.toml", "voice.fields.channel.senders", "no choice 'e_mail'", "name choices"),
    "a field that is required and not asked": (swap("matters.toml", 'senders = ["web", "open311"], required = true', 'later = true, required = true'), "matters.toml", "voice.fields.channel.later", "nobody could open", "drop required"),
    "an input of a step that comes later": (swap("matters.toml", 'inputs.rating = { type = "choice",', 'inputs.rating = { later = true, type = "choice",'), "matters.toml", "voice.actions.rate.inputs.rating", "belong to fields", "drop them"),
    "a choice without choices": (swap("matters.toml", 'rating = { type = "choice", choices = ["satisfied", "basically", "not_satisfied"], later = true }', 'rating = { type = "choice", later = true }'), "matters.toml", "voice.fields.rating", "choices", "give"),
    "a field of no type": (swap("matters.toml", 'place = { type = "text"', 'place = { type = "map"'), "matters.toml", "voice.fields.place.type", "'text'", "listed"),
    "a text missing": (swap("strings/en.toml", "accept = ", "acccept = "), "strings/en.toml", "actions.voice.accept", "missing", "add it"),
    "a text too many": (swap("strings/zh-Hans.toml", "accept = ", "acccept = "), "strings/zh-Hans.toml", "actions.voice.acccept", "nothing uses", "remove it"),
    "a language missing": (remove("strings/en.toml"), "strings/en.toml", "title", "missing", "add it"),
}  # fmt: skip


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "public_voice"
    shutil.copytree(VOICE, folder)
    return folder


@pytest.mark.parametrize("folder", list(programmes.folders()), ids=lambda p: p.name)
def test_what_ships_has_no_problem(folder):
    assert programmes.check_folder(folder) == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_is_named(copy, name):
    edit, file, path, cause, remedy = BROKEN[name]
    edit(copy)
    found = programmes.check_folder(copy)
    assert [
        p
        for p in found
        if p.file == file and path in p.path and cause in p.cause and remedy in p.remedy
    ], "\n".join(map(str, found)) or "nothing was found"
    assert all(p.cause and p.remedy for p in found)


def test_all_at_once(copy):
    """Mistakes of the same depth never hide each other."""
    names = [
        "an initial state that is none",
        "a role nobody declared",
        "a clock of no kind",
        "a value without a source",
        "a guard that is none",
        "a text missing",
        "a board of no kind",
    ]
    for name in names:
        BROKEN[name][0](copy)
    found = programmes.check_folder(copy)
    for name in names:
        _, file, path, cause, _ = BROKEN[name]
        assert any(p.file == file and path in p.path and cause in p.cause for p in found), name


def test_schema_problems_of_several_files_at_once(copy):
    for name in (
        "a phase that is none",
        "a step at no time",
        "a version that is none",
        "a grade that is none",
    ):
        BROKEN[name][0](copy)
    assert {p.file for p in programmes.check_folder(copy)} >= {
        "matters.toml",
        "clocks.toml",
        "programme.toml",
        "settings.toml",
    }


def test_no_such_folder(tmp_path):
    assert programmes.check_folder(tmp_path / "nothing") == [
        Problem("nothing", "", "no such folder", "name a programme folder")
    ]


def test_a_problem_reads_as_help():
    text = str(Problem("matters.toml", "voice.initial", "no state 'new'", "name a state"))
    assert text == "matters.toml: voice.initial\n  no state 'new'\n  → name a state"


def test_a_slip_in_the_form_hides_only_what_could_follow_from_it(copy):
    """A misspelt key takes nothing with it, a wrong value the thing it stands in; all the rest is
    checked, in every file, and nothing is said of what is only gone with them."""
    slips = ("a phase that is none", "a grade that is none")
    for name in (*slips, "a role nobody declared", "a board of no kind", "a text missing"):
        BROKEN[name][0](copy)
    path = copy / "matters.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[voice.fields]", "[voice.fields]\n", 1), encoding="utf-8")
    (copy / "scenarios" / "more.toml").write_text('abuot = "x"\n', encoding="utf-8")
    found = programmes.check_folder(copy)
    for name in (*slips, "a role nobody declared", "a board of no kind", "a text missing"):
        _, file, path, cause, _ = BROKEN[name]
        assert any(p.file == file and path in p.path and cause in p.cause for p in found), name
    assert any(p.file == "scenarios/more.toml" for p in found)
    assert len(found) < 15, "\n".join(map(str, found))


def test_a_misspelt_key_hides_nothing(copy):
    path = copy / "matters.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("anonymous = true", "anonymus = true", 1), encoding="utf-8")
    BROKEN["a board of no kind"][0](copy)
    found = programmes.check_folder(copy)
    assert {(p.file, p.path) for p in found} >= {
        ("matters.toml", "voice.anonymus"),
        ("boards.toml", "answers.kind"),
    }


def test_a_file_that_is_no_toml_is_said_once(copy):
    (copy / "matters.toml").write_text("[voice", encoding="utf-8")
    BROKEN["a grade that is none"][0](copy)
    files = [p.file for p in programmes.check_folder(copy)]
    assert files.count("matters.toml") == 1
    assert "settings.toml" in files

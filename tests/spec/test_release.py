"""A release's digest follows facts, not layout; the diff names what changed."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from bihuan.kernel.programmes import api as programmes
from bihuan.lib import canonical
from bihuan.spec import diagram, load, release

VOICE = next(p for p in programmes.folders() if p.name == "public_voice")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "public_voice"
    shutil.copytree(VOICE, folder)
    return folder


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_release_of_before_keeps_its_digest():
    """What comes to the format later may not show where it is not used: the same programme would
    be refused at an upgrade as another one under a version that is taken."""
    frozen = (
        Path(__file__).with_name("public_notice-0.1.0.json").read_text(encoding="utf-8").strip()
    )
    known = "827b296383b5913b71a892c4abb2b5c4fb7bac771b07ddf2efab360e9999d108"
    assert canonical.digest(frozen) == known
    assert release.digest(release.from_text(frozen)) == known


def test_a_release_of_before_sets_what_is_named_alike():
    """Before an input could say that it sets a field, one with the field's name did."""
    path = Path(__file__).with_name("supervision-0.5.0.json")
    frozen = path.read_text(encoding="utf-8").strip()
    assert "sets" not in frozen
    read = release.from_text(frozen)
    assert read.kinds["accountability"].actions["decide"].sets() == {"decision": "decision"}
    assert release.text(read) == canonical.dumps(json.loads(frozen))


def test_an_input_sets_a_field_only_where_it_says_so(copy):
    """In a folder, in its release, and in its release read back."""
    was = 'inputs.visitors = { type = "int", max = 1000000, sets = true }'
    said = {"": {}, ", sets = true": {"visitors": "visitors"}}
    digests = set()
    for more, sets in said.items():
        now = f'inputs.visitors = {{ type = "int", max = 1000000{more} }}'
        edit(copy, "matters.toml", was, now)
        was = now
        read = load.read(copy)
        for each in (read, release.from_text(release.stored(read))):
            found = each.kinds["outreach"].actions["report_held"].sets()
            assert found == sets | {"forms_issued": "forms_issued"}
        digests.add(release.digest(read))
    assert len(digests) == len(said)


def test_comments_and_layout_do_not_show(copy):
    before = release.digest(load.read(copy))
    for path in copy.rglob("*.toml"):
        text = path.read_text(encoding="utf-8")
        path.write_text("# a remark\n\n" + text.replace(" = ", "   =   ", 40), encoding="utf-8")
    assert release.digest(load.read(copy)) == before


def test_the_order_of_keys_does_not_show(copy):
    before = release.digest(load.read(copy))
    edit(
        copy,
        "clocks.toml",
        'setting = "limit_slice"\nrole = "slice"',
        'role = "slice"\nsetting = "limit_slice"',
    )
    edit(
        copy,
        "programme.toml",
        'id = "public_voice"\nversion = "1.9.2"\nspec = 1',
        'spec = 1\nversion = "1.9.2"\nid = "public_voice"',
    )
    assert release.digest(load.read(copy)) == before


@pytest.mark.parametrize(
    ("file", "old", "new", "path"),
    [
        ("settings.toml", "value = 24", "value = 48", "settings.limit_sign.values[0].value"),
        ("clocks.toml", 'at = "70%"', 'at = "75%"', "clocks.promise.steps[0].at"),
        (
            "matters.toml",
            'to = "accepted"\nby = ["desk"]\neffects',
            'to = "accepted"\nby = ["desk", "leader"]\neffects',
            "kinds.voice.actions.accept.by",
        ),
        ("programme.toml", 'version = "1.9.2"', 'version = "1.9.3"', "manifest.version"),
    ],
)
def test_a_fact_shows(copy, file, old, new, path):
    before = load.read(copy)
    edit(copy, file, old, new)
    after = load.read(copy)
    assert release.digest(after) != release.digest(before)
    changed = release.diff(before, after)
    assert [p for p, _, _ in changed] == [path]
    assert changed[0][1] != changed[0][2]


def test_a_word_shows(copy):
    before = load.read(copy)
    words = (copy / "strings" / "en.toml").read_text(encoding="utf-8")
    title = tomllib.loads(words)["title"]
    edit(copy, "strings/en.toml", f'title = "{title}"', 'title = "Another title"')
    (found,) = release.diff(before, load.read(copy))
    assert found == ("strings.en.title", f'"{title}"', '"Another title"')


def test_what_one_side_lacks_is_none(copy):
    before = load.read(copy)
    edit(
        copy,
        "matters.toml",
        'bulk = true\nshown = true\ntone = "primary"\n\n# A call',
        'inputs.remark = { type = "text" }\ntone = "primary"\n\n# A call',
    )
    after = load.read(copy)
    there = {p: (a, b) for p, a, b in release.diff(before, after)}
    assert there["kinds.voice.actions.accept.inputs.remark.type"] == (None, '"text"')
    back = {p: (a, b) for p, a, b in release.diff(after, before)}
    assert back["kinds.voice.actions.accept.inputs.remark.type"] == ('"text"', None)


@pytest.mark.parametrize("folder", list(programmes.folders()), ids=lambda p: p.name)
def test_a_release_reads_back_the_same(folder):
    programme = load.read(folder)
    again = release.from_text(release.stored(programme))
    assert again == programme
    assert list(again.kinds) == list(programme.kinds)
    for kind_id, kind in programme.kinds.items():
        assert list(again.kinds[kind_id].actions) == list(kind.actions), "the author's order"
    assert release.digest(again) == release.digest(programme)
    assert release.diff(programme, again) == []


@pytest.mark.parametrize("folder", list(programmes.folders()), ids=lambda p: p.name)
@pytest.mark.parametrize("locale", ["zh-Hans", "en"])
def test_every_kind_draws(folder, locale):
    programme = load.read(folder)
    for kind_id, kind in programme.kinds.items():
        drawn = diagram.mermaid(programme, kind_id, locale)
        assert drawn.startswith("stateDiagram-v2\n    [*] --> ")
        for state in kind.states:
            assert f"    {state} : " in drawn

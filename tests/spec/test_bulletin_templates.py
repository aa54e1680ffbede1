"""`bihuan check` on bulletins: every tag, figure and role must exist; each mistake is named."""

import shutil

import pytest

from bihuan.kernel.programmes import api as programmes
from bihuan.outcomes.publicity.declared.bulletins import BULLETINS
from bihuan.spec import load, tags

FOLDERS = {p.name: p for p in programmes.folders()}
CARD = 'grain = "month"\ndrafted_by = ["desk"]\nissued_by = ["leader"]\n'
# (file, what is replaced, by what) → (path, part of the cause)
MISTAKES = {
    "a figure in the words": ("{{answered}}", "{{applause}}", "no figure 'applause'"),
    "a tag not closed": ("{{answered}}", "{{answered}", "line 1: {{answered}"),
    "a tag of nothing": ("{{answered}}", "{{Answered!}}", "line 1: {{Answered!}}: this is no tag"),
    "a table inside a line": ("{{answered}}", "{{table}}", "needs a line of its own"),
    "another's figure": ("{{answered}}", "{{pairing.pairs}}", "'pairing' is not needed"),
}
CARDS = {
    "a role": ('drafted_by = ["desk"]', 'drafted_by = ["poet"]', "drafted_by", "no role 'poet'"),
    "nobody": ('issued_by = ["leader"]', "issued_by = []", "issued_by", "at least 1 item"),
    "a grain": ('"month"', '"moon"', "grain", "Input should be"),
    "a figure": ('"month"', '"month"\ntable = ["noise"]', "table.0", "no figure 'noise'"),
    "a grouping": (
        '"month"', '"month"\nchart = { figure = "consults", by = "category" }',
        "chart.by", "not grouped by category",
    ),
    "an unknown key": ('"month"', '"month"\ncolour = "red"', "colour", "Extra"),
    "no TOML": ('"month"', "month", "", "not TOML"),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(FOLDERS["public_voice"], tmp_path / "public_voice")


def swap(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_words_is_named(mistake, folder):
    old, new, cause = MISTAKES[mistake]
    swap(folder / "strings" / "zh-Hans.toml", old, new)
    (found,) = programmes.check_folder(folder)
    assert (found.file, found.path) == ("strings/zh-Hans.toml", "bulletins.monthly.text")
    assert cause in found.cause
    assert found.remedy


@pytest.mark.parametrize("mistake", CARDS)
def test_a_mistake_on_the_card_is_named(mistake, folder):
    old, new, path, cause = CARDS[mistake]
    card = folder / "bulletins" / "monthly.toml"
    card.write_text(CARD, encoding="utf-8")
    assert programmes.check_folder(folder) == []
    swap(card, old, new)
    found = [p for p in programmes.check_folder(folder) if p.file == "bulletins/monthly.toml"]
    assert [(p.path, cause in p.cause, bool(p.remedy)) for p in found] == [(path, True, True)]


def test_a_bulletin_needs_its_words(folder):
    (folder / "bulletins" / "extra.toml").write_text(CARD, encoding="utf-8")
    assert {(p.file, p.path) for p in programmes.check_folder(folder)} == {
        (f"strings/{locale}.toml", f"bulletins.extra.{part}")
        for locale in ("zh-Hans", "en")
        for part in ("name", "series", "title", "text")
    }


def test_figures_of_other_programmes_exist():
    """What one folder alone cannot tell."""
    shipped = {name: load.read(path) for name, path in FOLDERS.items()}
    asked = {
        (number.programme, number.figure)
        for programme in shipped.values()
        for one in BULLETINS.of(programme)
        for words in programme.strings.values()
        for number in tags.numbers(words[f"bulletins.{one}.text"])
        if number.programme
    }
    assert asked
    assert [(p, f) for p, f in asked if f not in shipped[p].figures] == []


def test_what_a_tag_is():
    text = "收到{{received}}件，{{ supervision.bulletins:last }}期。\n{{table}}"
    assert list(tags.faults(text)) == []
    assert [n.text for n in tags.numbers(text)] == ["received", "supervision.bulletins:last"]
    assert tags.numbers(text)[1] == tags.Number(
        "supervision.bulletins:last", "supervision", "bulletins", "last"
    )
    assert tags.pieces("{{}} {{a:b}}") == ["{{}} {{a:b}}"]
    assert [f.kind for f in tags.faults("}} {{")] == ["unclosed"]

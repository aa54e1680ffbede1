"""docs/handbook: what the handbooks name is there — pictures, pages, commands, and each button as the product calls it."""

import re
import runpy
import tomllib
from functools import lru_cache
from pathlib import Path

import pytest
from django.urls import resolve
from PIL import Image

from bihuan import cli

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PICTURES = DOCS / "pictures"
BOOKS = ("desk", "window", "administrator", "secretary")
# Which catalogues a handbook quotes its labels from.
ENDINGS = {".md": "en", ".zh-CN.md": "zh-Hans"}
ALL = [f"{book}{ending}" for book in BOOKS for ending in ENDINGS]
NAMED = re.compile(r"!\[[^\]]*\]\((?:docs/|\.\./)pictures/([a-z-]+\.png)\)")
MOST_BYTES, MOST_PICTURES = 120_000, 24


def told(name):
    return (DOCS / "handbook" / name).read_text(encoding="utf-8")


def pictures_of(text):
    return NAMED.findall(text)


@lru_cache
def taken():
    """The names of what `make pictures` takes."""
    # Not imported: nothing compiled may lie in a folder that archives carry.
    pictures = runpy.run_path(str(PICTURES / "take.py"))["PICTURES"]
    return [f"{one.name}.png" for one in pictures]


def _leaves(table):
    for value in table.values():
        if isinstance(value, dict):
            yield from _leaves(value)
        elif isinstance(value, str):
            yield value


@lru_cache
def labels(locale):
    """Every word and sentence that pages say in a language; without what is put into them, too."""
    found = set()
    for path in (ROOT / "src" / "bihuan").rglob(f"*{locale}.toml"):
        if not re.fullmatch(rf"(.+\.)?{locale}\.toml", path.name):
            continue
        for value in _leaves(tomllib.loads(path.read_text(encoding="utf-8"))):
            bare = re.sub(r"\s*[（(][^（）()]*\{\w+\}[^（）()]*[）)]|\{\w+\}", "", value)
            found |= {value.strip(), bare.strip()}
    return frozenset(found)


def test_every_handbook_has_its_twin_with_the_same_pictures_and_as_many_headings():
    written = sorted(one.name for one in (DOCS / "handbook").glob("*.md"))
    assert written == sorted(ALL)
    for book in BOOKS:
        english, chinese = (told(f"{book}{ending}") for ending in ENDINGS)
        assert pictures_of(english) == pictures_of(chinese)
        marks = [re.findall(r"^#+ ", one, re.MULTILINE) for one in (english, chinese)]
        assert marks[0] == marks[1]
        assert f"({book}.zh-CN.md)" in english
        assert f"({book}.md)" in chinese


def test_every_picture_is_named_taken_and_small():
    readmes = [(ROOT / one).read_text(encoding="utf-8") for one in ("README.md", "README.zh-CN.md")]
    named = {one for text in (*readmes, *map(told, ALL)) for one in pictures_of(text)}
    there = {one.name for one in PICTURES.glob("*.png")}
    assert named == there == set(taken())
    assert len(taken()) == len(there) <= MOST_PICTURES
    for name in there:
        assert (PICTURES / name).stat().st_size <= MOST_BYTES, name
        with Image.open(PICTURES / name) as one:
            assert one.width in {390, 900, 1280}, name
            # A page on which there is nothing to see has few colours.
            assert len(one.convert("RGB").getcolors(1 << 16)) > 16, name


@pytest.mark.parametrize("name", ALL)
def test_every_label_in_bold_is_one_of_the_product(name):
    ending = next(one for one in sorted(ENDINGS, key=len, reverse=True) if name.endswith(one))
    known = labels(ENDINGS[ending])
    quoted = re.findall(r"\*\*([^*]+)\*\*", told(name))
    assert len(quoted) > 40
    assert [one for one in quoted if one not in known] == []


@pytest.mark.parametrize("name", ALL)
def test_every_page_and_command_is_there(name, capsys):
    code = re.findall(r"`([^`]+)`", told(name))
    pages = [one for one in code if one.startswith("/")]
    assert pages
    for one in pages:
        assert resolve(one)
    commands = [one.split() for one in code if one.startswith("bihuan ")]
    if name.startswith("administrator"):
        assert len(commands) > 8
    for _, *words in commands:
        assert cli.main([*words, "--help"]) == 0
    capsys.readouterr()
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for one in code:
        if one.startswith("make "):
            assert f"\n{one.split()[1]}:" in makefile


@pytest.mark.parametrize("name", ALL)
def test_every_link_leads_somewhere(name):
    links = re.findall(r"\]\(([^)#]+)\)", told(name))
    assert [one for one in links if not (DOCS / "handbook" / one).exists()] == []


def test_the_readmes_and_the_map_lead_to_them():
    for readme, ending in zip(("README.md", "README.zh-CN.md"), ENDINGS, strict=True):
        text = (ROOT / readme).read_text(encoding="utf-8")
        for book in BOOKS:
            assert f"docs/handbook/{book}{ending})" in text
    assert "docs/handbook/" in (DOCS / "where-things-go.md").read_text(encoding="utf-8")
